/** Tests of the optimisers against numbers that PyTorch computed. */
import { describe, expect, it } from "vitest";
import {
  Adam,
  type AdamOptions,
  AdamW,
  type DeviceName,
  type Optimizer,
  SGD,
  type SGDOptions,
  tensor,
} from "../../src/index.js";

/** Two parameters after five steps, in float64, with PyTorch 2.13:
 *
 * ```python
 * def numbers(make):
 *     a = torch.tensor([[0.5, -1, 2]], dtype=torch.float64, requires_grad=True)
 *     b = torch.tensor([0.25, -0.75], dtype=torch.float64, requires_grad=True)
 *     optimizer = make([a, b])
 *     for t, scale in enumerate([1, -2, 0.5, 0.25, -0.125], 1):
 *         if t == 4: optimizer.param_groups[0]["lr"] *= 0.5
 *         a.grad = 0.5 * a.detach() + scale * torch.tensor([[0.1, -0.2, 0.3]], dtype=torch.float64)
 *         b.grad = None if t == 2 else 2 * b.detach() ** 2 - 0.7 * scale
 *         optimizer.step()
 *     return [*a.flatten().tolist(), *b.tolist()]
 * ``` */
const rows: readonly Row[] = [
  [
    SGD,
    { lr: 0.1 },
    [0.41165666406250007, -0.8233133281250001, 1.6424910468749998, 0.30713289517276116, -1.0474218117603693],
  ],
  [
    SGD,
    { lr: 0.1, weightDecay: 0.1 },
    [0.39483137040000005, -0.7896627408000001, 1.5752423540000002, 0.29947132085259237, -1.0129194611240928],
  ],
  [
    SGD,
    { lr: 0.1, momentum: 0.9 },
    [0.29521480468750005, -0.5904296093750001, 1.1718391406249997, 0.4027815480833201, -1.2919856654840027],
  ],
  [
    SGD,
    { lr: 0.1, momentum: 0.9, weightDecay: 0.1 },
    [0.2573196504, -0.5146393008, 1.020148004, 0.38750511609618654, -1.2224743311025943],
  ],
  [
    SGD,
    { lr: 0.1, momentum: 0.9, dampening: 0.3 },
    [0.32024261821328126, -0.6404852364265625, 1.2839405511984374, 0.40376141155490247, -1.1474542043564868],
  ],
  [
    SGD,
    { lr: 0.1, momentum: 0.9, dampening: 0.3, weightDecay: 0.1 },
    [0.28813857847704005, -0.5762771569540801, 1.1552608011854, 0.39092455255750874, -1.0954417112112373],
  ],
  [
    SGD,
    { lr: 0.1, momentum: 0.9, nesterov: true },
    [0.24709516550054686, -0.4941903310010937, 0.9762686554082811, 0.40179915425582463, -1.788018696873921],
  ],
  [
    SGD,
    { lr: 0.1, momentum: 0.9, weightDecay: 0.1, nesterov: true },
    [0.20421958559769599, -0.40843917119539197, 0.8048034362678598, 0.38150780440519766, -1.6386914059797744],
  ],
  [Adam, {}, [0.4964531270730878, -0.9964519627976004, 1.9962715460069045, 0.252454645782763, -0.7529561689396013]],
  [
    Adam,
    { lr: 0.1 },
    [0.17661560077451222, -0.6586279451245028, 1.6321710550424722, 0.44243015766284, -1.03848677825509],
  ],
  [
    Adam,
    { lr: 0.1, betas: [0.7, 0.8] },
    [0.17916621659506635, -0.6597535220723011, 1.632176609553459, 0.41965598891835354, -1.0419331073464502],
  ],
  [
    Adam,
    { lr: 0.1, betas: [0, 0.6] },
    [0.21865828922903288, -0.690105607725341, 1.6527745752197458, 0.30135062644403043, -1.094536047279319],
  ],
  [
    Adam,
    { lr: 0.1, eps: 0.5 },
    [0.3776605856583328, -0.8173427171200097, 1.749439351987558, 0.35731612032747584, -0.9173307716541167],
  ],
  [
    Adam,
    { lr: 0.1, weightDecay: 0.5 },
    [0.1359765367025196, -0.6214053922167007, 1.6105752195438559, 0.37900189869353496, -1.0175666130288037],
  ],
  [
    Adam,
    { lr: 0.1, amsgrad: true },
    [0.17664615156824207, -0.6586279451245028, 1.6321710550424722, 0.44243015766284, -1.03848677825509],
  ],
  [
    Adam,
    { lr: 0.1, betas: [0.5, 0.3] },
    [0.14489254205541063, -0.6361836533466836, 1.6134043873090695, 0.4072764915544379, -1.0279518574912438],
  ],
  [
    Adam,
    { lr: 0.1, betas: [0.5, 0.3], amsgrad: true },
    [0.24481862967855222, -0.7166927182170951, 1.677543175848042, 0.38312752378033127, -1.0279518574912438],
  ],
  [
    Adam,
    { lr: 0.1, betas: [0.5, 0.3], eps: 0.01, weightDecay: 0.2, amsgrad: true },
    [0.2290997479554973, -0.6946559840958276, 1.6559847762188127, 0.35787257464754, -1.0191201654420305],
  ],
  [AdamW, {}, [0.4964331957174831, -0.9964120317303247, 1.9961916153009127, 0.2524471257462637, -0.752933642495116]],
  [
    AdamW,
    { lr: 0.1 },
    [0.17535496398764522, -0.6553431346358659, 1.6248785562326618, 0.4415844827464507, -1.0359760641327191],
  ],
  [
    AdamW,
    { lr: 0.1, betas: [0.7, 0.8] },
    [0.17791816651363432, -0.6564723016931376, 1.6248857705900213, 0.4188341618712916, -1.0394085539572537],
  ],
  [
    AdamW,
    { lr: 0.1, betas: [0, 0.6] },
    [0.21743760981066362, -0.686874393699639, 1.6455751615087457, 0.3006536097976166, -1.0918811826215078],
  ],
  [
    AdamW,
    { lr: 0.1, eps: 0.5 },
    [0.37596030988710005, -0.8137696152698881, 1.7419787588691527, 0.3564848663706738, -0.9148298396622135],
  ],
  [
    AdamW,
    { lr: 0.1, weightDecay: 0 },
    [0.17661560077451222, -0.6586279451245028, 1.6321710550424722, 0.44243015766284, -1.03848677825509],
  ],
  [
    AdamW,
    { lr: 0.1, weightDecay: 0.5 },
    [0.11989598904271014, -0.5081851697559108, 1.296147049008701, 0.4020534789039786, -0.9190926269537247],
  ],
  [
    AdamW,
    { lr: 0.1, amsgrad: true },
    [0.1753853967282448, -0.6553431346358659, 1.6248785562326618, 0.4415844827464507, -1.0359760641327191],
  ],
  [
    AdamW,
    { lr: 0.1, betas: [0.5, 0.3] },
    [0.14355464486559288, -0.6328272668104967, 1.6060302197176002, 0.40645692648266213, -1.0254410921042716],
  ],
  [
    AdamW,
    { lr: 0.1, betas: [0.5, 0.3], amsgrad: true },
    [0.24359609486760148, -0.7135309528771475, 1.670477997628803, 0.38232483508179316, -1.0254410921042716],
  ],
  [
    AdamW,
    { lr: 0.1, betas: [0.5, 0.3], eps: 0.01, weightDecay: 0.2, amsgrad: true },
    [0.22710365699982943, -0.6592207812536205, 1.5430084236765427, 0.3658949983002361, -0.9750837475280278],
  ],
];

type Row =
  | readonly [typeof SGD, SGDOptions, readonly number[]]
  | readonly [typeof Adam | typeof AdamW, AdamOptions, readonly number[]];

/** The same five steps. */
function numbers([Class, options]: Row, device: DeviceName): number[] {
  const a = tensor([[0.5, -1, 2]], { device, requiresGrad: true });
  const b = tensor([0.25, -0.75], { device, requiresGrad: true });
  const optimizer: Optimizer =
    Class === SGD ? new SGD([a, b], options as SGDOptions) : new Class([a, b], options as SGDOptions);
  for (const [i, scale] of [1, -2, 0.5, 0.25, -0.125].entries()) {
    if (i === 3) optimizer.lr *= 0.5;
    const constant = [0.1, -0.2, 0.3];
    a.grad = tensor([[...a.dataSync()].map((x, j) => 0.5 * x + scale * (constant[j] as number))], { device });
    b.grad =
      i === 1
        ? null
        : tensor(
            [...b.dataSync()].map((x) => 2 * x ** 2 - 0.7 * scale),
            { device },
          );
    optimizer.step();
  }
  return [...a.dataSync(), ...b.dataSync()];
}

describe.each(rows.map((row) => [`${row[0].name} ${JSON.stringify(row[1])}`, row] as const))("%s", (_name, row) => {
  it.each([
    ["reference", 1e-12],
    ["cpu", 3e-6],
    ["webasm", 3e-6],
    ["simd", 3e-6],
  ] as const)("has PyTorch's numbers on %s", (device, tolerance) => {
    const got = numbers(row, device);
    expect(got).toHaveLength(5);
    for (const [i, expected] of row[2].entries())
      expect(Math.abs((got[i] as number) - expected)).toBeLessThan(tolerance);
  });
});

it("is given options that all make a difference, and AdamW without weight decay is Adam", () => {
  const all = rows.map(([, , numbers]) => numbers.join());
  const repeated = rows.filter(([, , numbers], i) => all.indexOf(numbers.join()) !== i);
  expect(repeated.map(([Class, options]) => [Class.name, options])).toEqual([["AdamW", { lr: 0.1, weightDecay: 0 }]]);
});
