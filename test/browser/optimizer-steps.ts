/** Whether the optimisers move parameters on a device of the browser as they do on the reference device. */
import {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  ASGD,
  type DeviceName,
  LAMB,
  LARS,
  Lion,
  mul,
  NAdam,
  type Optimizer,
  RAdam,
  RMSprop,
  Rprop,
  SGD,
  type Tensor,
  tensor,
  tidy,
} from "../../src/index.js";

const optimizers: Readonly<Record<string, (parameters: readonly Tensor[]) => Optimizer>> = {
  SGD: (parameters) => new SGD(parameters, { lr: 0.1 }),
  "SGD with weight decay": (parameters) => new SGD(parameters, { lr: 0.1, weightDecay: 0.2 }),
  "SGD with momentum": (parameters) => new SGD(parameters, { lr: 0.1, momentum: 0.9, dampening: 0.3 }),
  "SGD with all": (parameters) => new SGD(parameters, { lr: 0.1, momentum: 0.9, weightDecay: 0.2, nesterov: true }),
  Adam: (parameters) => new Adam(parameters, { lr: 0.1 }),
  "Adam with all": (parameters) => new Adam(parameters, { lr: 0.1, weightDecay: 0.2, amsgrad: true }),
  AdamW: (parameters) => new AdamW(parameters, { lr: 0.1, weightDecay: 0.2 }),
  Adadelta: (parameters) => new Adadelta(parameters, { weightDecay: 0.2 }),
  Adagrad: (parameters) => new Adagrad(parameters, { lr: 0.1, weightDecay: 0.2, maximize: true }),
  Adamax: (parameters) => new Adamax(parameters, { lr: 0.1, weightDecay: 0.2 }),
  ASGD: (parameters) => new ASGD(parameters, { lr: 0.1, t0: 1 }),
  LAMB: (parameters) => new LAMB(parameters, { lr: 0.1, weightDecay: 0.2 }),
  LARS: (parameters) => new LARS(parameters, { weightDecay: 0.2, maximize: true }),
  Lion: (parameters) => new Lion(parameters, { lr: 0.1, weightDecay: 0.2 }),
  NAdam: (parameters) => new NAdam(parameters, { lr: 0.1, weightDecay: 0.2 }),
  RAdam: (parameters) => new RAdam(parameters, { lr: 0.1, betas: [0.5, 0.9] }),
  RMSprop: (parameters) => new RMSprop(parameters, { lr: 0.1, weightDecay: 0.2 }),
  "RMSprop with all": (parameters) => new RMSprop(parameters, { lr: 0.1, momentum: 0.9, centered: true }),
  Rprop: (parameters) => new Rprop(parameters, { lr: 0.1, maximize: true }),
};

/** One line an optimiser that comes to other numbers. */
export async function optimizerSteps(device: DeviceName): Promise<string[]> {
  const lines: string[] = [];
  for (const [name, make] of Object.entries(optimizers)) {
    const [got, expected] = [await parameterAfterSteps(device, make), await parameterAfterSteps("reference", make)];
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - (got[i] as number))));
    if (!(worst < 1e-5)) lines.push(`${name}: ${got.join()} instead of ${expected.join()}`);
  }
  return lines;
}

/** Where four steps with other gradients and learning rates lead. */
async function parameterAfterSteps(device: DeviceName, make: (parameters: readonly Tensor[]) => Optimizer) {
  const theta = tensor([0.5, -1, 2, 0.3, -4], { device });
  const slope = tensor([0.1, -0.2, 0.3, 2, 1], { device });
  const optimizer = make([theta]);
  for (const scale of [1, -2, 0.5, 0.25]) {
    tidy(() => {
      optimizer.zeroGrad();
      theta.grad = mul(slope, scale);
      optimizer.step();
    });
    optimizer.lr *= 0.9;
  }
  return [...(await theta.data())];
}
