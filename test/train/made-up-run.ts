/** The events of a made-up run of three classes, as fit would tell them. */

import type { LayerRecord } from "../../src/trace/records.js";
import type { FitEvent, StartEvent } from "../../src/train/events.js";

export interface MadeUpRun {
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  /** Step of the checkpoint it goes on from. */
  readonly from?: number;
  readonly traceEvery?: number;
}

/** A run whose loss at step n is 2 / n. */
export function madeUpRun({ epochs = 3, stepsPerEpoch = 4, from = 0, traceEvery = 2 }: MadeUpRun = {}): FitEvent[] {
  const events: FitEvent[] = [
    startEvent({ step: from, epoch: Math.floor(from / stepsPerEpoch), stepsPerEpoch, epochs }),
  ];
  const total = epochs * stepsPerEpoch;
  for (let step = from + 1; step <= total; step++) {
    const epoch = Math.ceil(step / stepsPerEpoch);
    const lr = [step > total / 2 ? 0.01 : 0.1];
    events.push({
      ...{ kind: "step", step, epoch, loss: 2 / step, lr, metrics: { accuracy: 1 - 1 / (step + 1) } },
      ...{ examples: 8, seconds: 0.5, waited: 0.1 },
    });
    if (step % traceEvery === 0) events.push(traceEvent(step));
    if (step % stepsPerEpoch === 0) {
      const metrics = {
        loss: 3 / step,
        accuracy: 1 - 2 / (step + 2),
        confusion: [
          [4, 1, 0],
          [0, 5, 0],
          [2, 0, 3],
        ],
      };
      const predictions = {
        indices: Int32Array.from({ length: 5 }, (_, i) => i),
        labels: Int32Array.of(0, 0, 1, 2, 2),
        predicted: Int32Array.of(0, 1, 1, 0, 2),
      };
      events.push({ kind: "evaluation", step, epoch, metrics, examples: 15, predictions, seconds: 0.25 });
      const train = { loss: 2.5 / step, accuracy: 0.5 };
      events.push({ kind: "epoch", epoch, step, train, validation: metrics, lr, seconds: 2.25 });
      events.push({ kind: "checkpoint", step, path: "last.safetensors", role: "last" });
    }
  }
  events.push({
    ...{ kind: "end", step: total, epoch: epochs, stopped: null, validation: null, seconds: 7 },
    ...{ device: "simd", provenance: "WebAssembly SIMD" },
  });
  return events;
}

function startEvent(of: { step: number; epoch: number; stepsPerEpoch: number; epochs: number }): StartEvent {
  const { step, epoch, stepsPerEpoch, epochs } = of;
  return {
    ...{ kind: "start", step, epoch, stepsPerEpoch, totalEpochs: epochs, totalSteps: epochs * stepsPerEpoch },
    ...{ classNames: ["cat", "dog", "frog"], configuration: { model: "resnet20", lr: 0.1, note: "a|b <c>" } },
  };
}

function traceEvent(step: number): FitEvent {
  const layers = ["conv1", "layer1.0", "fc"].map(
    (name, index): LayerRecord => layerRecord(name, index, 10 ** (index - 3) / step),
  );
  return {
    kind: "trace",
    step,
    record: { pass: step, source: "backward", layers, parameters: [], parameterGradNorms: {} },
  };
}

function layerRecord(name: string, index: number, activationGradNorm: number): LayerRecord {
  return {
    ...{ index, name, forward: 0, depth: index, isBottleneck: true, outputShape: [2, 2], within: null, splits: [] },
    ...{ activationGradNorm, weightGradNorm: 1, identityGradNorm: null, branchGradNorm: null, activationMean: 0 },
    ...{ activationStd: 1, deadFraction: null, weightNorm: 1, updateRatio: 0.01, reasons: {} },
  };
}

/** Tells events to a sink one after another. */
export async function tell(
  sink: (event: FitEvent) => void | Promise<void>,
  events: readonly FitEvent[],
): Promise<void> {
  for (const event of events) await sink(event);
}
