/** Types of peers that ship none: the part that is used. */
declare module "convnetjs" {
  /** A volume of activations or weights, x and y outside, depth innermost. */
  export class Vol {
    constructor(sx: number, sy: number, depth: number, fill?: number);
    readonly w: Float64Array;
    dw: Float64Array;
  }
  export interface Layer {
    forward(volume: Vol, isTraining: boolean): Vol;
    backward(): void;
    readonly layer_type: string;
    readonly filters: Vol[];
    readonly biases: Vol;
  }
  interface ConvOptions {
    readonly filters: number;
    readonly sx: number;
    readonly in_depth: number;
    readonly in_sx: number;
    readonly in_sy: number;
    readonly stride: number;
    readonly pad: number;
  }
  export class ConvLayer implements Layer {
    constructor(options: ConvOptions);
    forward(volume: Vol, isTraining: boolean): Vol;
    backward(): void;
    readonly layer_type: string;
    readonly filters: Vol[];
    readonly biases: Vol;
  }
  export class PoolLayer implements Layer {
    constructor(options: Omit<ConvOptions, "filters">);
    forward(volume: Vol, isTraining: boolean): Vol;
    backward(): void;
    readonly layer_type: string;
    readonly filters: Vol[];
    readonly biases: Vol;
  }
  export class Net {
    makeLayers(definitions: readonly object[]): void;
    readonly layers: Layer[];
  }
  export class SGDTrainer {
    constructor(net: Net, options: { learning_rate: number; momentum: number; batch_size: number });
    train(x: Vol, label: number): { readonly cost_loss: number };
  }
}
