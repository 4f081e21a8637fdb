/** Tests of where fit says that a number was not finite any more. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";

beforeAll(() => lg.setDevice("simd"));

const images = lg.drawnImages({ count: 16, size: 16 });
const train = () => lg.batches(images, { batchSize: 8, shuffle: false });

/** Takes the logarithm or the square root of what is sometimes 0 or below. */
class Risky extends lg.Module {
  readonly op: "log" | "sqrt";
  constructor(op: "log" | "sqrt") {
    super();
    this.op = op;
  }
  override forward(x: lg.Tensor): lg.Tensor {
    return this.op === "log" ? lg.log(lg.sub(x, 10)) : lg.sqrt(lg.mul(lg.relu(x), 0));
  }
}

function net(risky: lg.Module): lg.Sequential {
  const generator = lg.generator(1);
  const linear = (inputs: number, outputs: number) => new lg.Linear(inputs, outputs, { generator });
  return new lg.Sequential(new lg.Flatten(), linear(768, 8), new lg.Sequential(risky), linear(8, 10));
}

async function failureOf(
  model: lg.Sequential,
  lr = 0.1,
  data: () => Iterable<lg.LabelledBatch> = train,
): Promise<Error> {
  const events: lg.FitEvent[] = [];
  const optimizer = new lg.SGD(model.parameters(), { lr });
  const sinks: lg.EventSink[] = [(event) => void events.push(event)];
  const error = await lg.fit(model, { train: data, epochs: 5, optimizer, sinks }).catch((error: Error) => error);
  expect(error).toBeInstanceOf(lg.DivergenceError);
  const [stop, end] = events.slice(-2);
  expect(stop).toMatchObject({ kind: "stop", reason: "diverged", message: (error as Error).message });
  expect(end).toMatchObject({ kind: "end", stopped: "diverged" });
  return error as Error;
}

describe("fit, where a number is not finite", () => {
  it("names the op and the layer whose output was the first", async () => {
    const error = await failureOf(net(new Risky("log")));
    expect(error.message).toMatch(
      /the loss is NaN in step 1 .*the first NaN came out of log, in the layer 2\.0 \(Risky\)/,
    );
    expect(error.message).toContain("a learning rate below 0.1");
  });

  it("says that it was the data", async () => {
    const broken = function* () {
      for (const batch of train()) {
        batch.images.data[5] = Number.NaN;
        yield batch;
      }
    };
    const model = net(new lg.ReLU());
    expect((await failureOf(model, 0.1, broken)).message).toMatch(
      /was in what went into \w+, in the layer 0 \(Flatten\): data/,
    );
  });

  it("names the op whose backward made the gradient that spoiled the weights", async () => {
    const { message } = await failureOf(net(new Risky("sqrt")));
    expect(message).toMatch(
      /1\.weight and \d+ more of the weights became NaN .* for its gradients were: sqrt: its backward made/,
    );
  });

  it("says that a step was too large", async () => {
    const { message } = await failureOf(net(new lg.ReLU()), 1e30);
    expect(message).toMatch(/in step \d .*(learning rate below 1e\+30)/);
  });

  it("finds weights that were not finite at the end of an epoch, too", async () => {
    const model = net(new Risky("sqrt"));
    const one = () => lg.batches(images, { batchSize: 16, shuffle: false });
    expect((await failureOf(model, 0.1, one)).message).toMatch(/the weights are not finite after step 1 /);
  });
});
