/** Tests of the SIMD kernels that move numbers around a convolution, against the portable ones. */
import fc from "fast-check";
import { describe, it } from "vitest";
import { interleavePhases, padPlanes, phaseWeight } from "../../../src/kernels/conv2d.js";
import { expectSame, numbers } from "./products.js";

const int = (min: number, max: number) => fc.integer({ min, max });

describe("padPlanes on simd", () => {
  it("puts zeros around planes, and cuts them, as the portable kernel does", () => {
    const sizes = fc.record({
      ...{ planes: int(1, 40), height: int(1, 9), width: int(1, 37), rows: int(1, 12), outWidth: int(1, 40) },
      ...{ top: int(-5, 5), left: int(-9, 9) },
    });
    const check = ({ planes, rows, ...constants }: Record<string, number> & { planes: number; rows: number }) => {
      const { height, width, outWidth } = constants as { height: number; width: number; outWidth: number };
      const threads = [rows * outWidth, planes, 1] as const;
      expectSame({ kernel: padPlanes, threads, constants }, [numbers(planes * height * width, width)]);
    };
    fc.assert(fc.property(sizes, check), { numRuns: 300 });
  });
});

/** An axis of a strided convolution, as `inputGrad` of src/ops/window/convolution.ts works it out. */
const axis = fc
  .record({ stride: int(1, 5), kernel: int(1, 5), dilation: int(1, 3), size: int(1, 33), padding: int(0, 4) })
  .map(({ stride, kernel, dilation, size, padding }) => {
    const reach = (kernel - 1) * dilation + 1;
    const first = Math.floor(padding / stride);
    return {
      ...{ stride, kernel, size, phases: Math.min(stride, reach), from: padding - first * stride },
      taps: stride === 1 ? kernel : Math.ceil(reach / stride),
      step: stride === 1 ? dilation : stride,
      dilation,
      count: Math.floor((size - 1 + padding) / stride) - first + 1,
    };
  });

const launches = fc.record({
  y: axis,
  x: axis,
  groups: int(1, 3),
  channels: int(1, 4),
  groupSize: int(1, 4),
  images: int(1, 3),
});

describe("phaseWeight on simd", () => {
  it("reverses the weight phase by phase as the portable kernel does", () => {
    fc.assert(
      fc.property(launches, ({ y, x, groups, channels, groupSize }) => {
        const launch = {
          kernel: phaseWeight,
          threads: [y.taps * x.taps, groupSize, groups * y.phases * x.phases * channels] as const,
          constants: {
            ...{
              channels,
              groupSize,
              kernelY: y.kernel,
              kernelX: x.kernel,
              dilationY: y.dilation,
              dilationX: x.dilation,
            },
            ...{ phasesY: y.phases, phasesX: x.phases, stepY: y.step, stepX: x.step, tapsY: y.taps, tapsX: x.taps },
          },
        };
        expectSame(launch, [numbers(groups * groupSize * channels * y.kernel * x.kernel, channels)]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("interleavePhases on simd", () => {
  it("puts the phases in order as the portable kernel does", () => {
    fc.assert(
      fc.property(launches, ({ y, x, groups, channels, images }) => {
        const launch = {
          kernel: interleavePhases,
          threads: [y.size * x.size, groups * channels, images] as const,
          constants: {
            ...{
              channels,
              groups,
              phasesY: y.phases,
              phasesX: x.phases,
              rows: y.count,
              columns: x.count,
              width: x.size,
            },
            ...{ fromY: y.from, fromX: x.from, strideY: y.stride, strideX: x.stride },
          },
        };
        expectSame(launch, [numbers(images * groups * channels * y.phases * x.phases * y.count * x.count, channels)]);
      }),
      { numRuns: 300 },
    );
  });
});
