// Rotations of rows of matrices. Words: those of elimination, whose a is what turns and b how; from 7: size.
import { int, pointer } from "./args";

/** Four numbers from the last one to the first. */
// @ts-ignore: decorator
@inline
function reversed(from: usize): v128 {
  const v = v128.load(from);
  return v128.shuffle<i32>(v, v, 3, 2, 1, 0);
}

// @ts-ignore: decorator
@inline
function lanes(x: f32): v128 {
  return f32x4.splat(x);
}

/** Rows of the matrix turn with their partners' and along themselves, those of vectors along themselves alone. Partners mostly run
 * backwards, four at a time. */
export function rotate(args: usize, begin: i32, end: i32): void {
  const size = int(args, 7);
  const last = min(int(args, 5), end * int(args, 6));
  for (let row = begin * int(args, 6); row < last; row++) {
    const z = row / (2 * size);
    const y = row - z * 2 * size;
    const out = pointer(args, 0) + (<usize>(row * size) << 2);
    const from = pointer(args, 2) + (<usize>(row * size) << 2);
    const versines = pointer(args, 3) + (<usize>(z * 3 * size) << 2);
    const sines = versines + (<usize>size << 2);
    const partners = sines + (<usize>size << 2);
    const isVector = y >= size;
    const own = <usize>(isVector ? 0 : y) << 2;
    const besideY = <i32>load<f32>(partners + own);
    const versineY: f32 = isVector ? 0 : load<f32>(versines + own);
    const sineY: f32 = isVector ? 0 : load<f32>(sines + own);
    const other = isVector ? from : pointer(args, 2) + (<usize>((z * 2 * size + besideY) * size) << 2);
    for (let x = 0; x < size; ) {
      const at = <usize>x << 2;
      const p = <i32>load<f32>(partners + at);
      if (x + 3 < size && runsBackwards(partners + at, <f32>p)) {
        const beside = <usize>(p - 3) << 2;
        const versineX = v128.load(versines + at);
        const sineX = v128.load(sines + at);
        const value = v128.load(from + at);
        const cosineX = f32x4.sub(lanes(1), versineX);
        const opposite = f32x4.mul(f32x4.mul(lanes(sineY), sineX), reversed(other + beside));
        const left = f32x4.mul(f32x4.mul(lanes(<f32>1 - versineY), sineX), reversed(from + beside));
        const right = f32x4.mul(f32x4.mul(cosineX, lanes(sineY)), v128.load(other + at));
        const both = f32x4.sub(f32x4.add(versineX, lanes(versineY)), f32x4.mul(versineX, lanes(versineY)));
        const change = f32x4.sub(f32x4.add(opposite, f32x4.add(left, right)), f32x4.mul(both, value));
        v128.store(out + at, f32x4.add(value, change));
        x += 4;
        continue;
      }
      const beside = <usize>p << 2;
      const versineX = load<f32>(versines + at);
      const sineX = load<f32>(sines + at);
      const value = load<f32>(from + at);
      const opposite = sineY * sineX * load<f32>(other + beside);
      const across = (<f32>1 - versineY) * sineX * load<f32>(from + beside) + (<f32>1 - versineX) * sineY * load<f32>(other + at);
      const both = versineX + versineY - versineX * versineY;
      store<f32>(out + at, value + (opposite + across - both * value));
      x++;
    }
    if (isVector || besideY == y) continue;
    const tangent = sineY / (<f32>1 - versineY);
    store<f32>(out + own, load<f32>(from + own) + tangent * load<f32>(from + (<usize>besideY << 2)));
    store<f32>(out + (<usize>besideY << 2), 0);
  }
}

/** Whether the next three partners are each one less than the one before. */
// @ts-ignore: decorator
@inline
function runsBackwards(partners: usize, first: f32): bool {
  return (
    load<f32>(partners, 4) == first - 1 && load<f32>(partners, 8) == first - 2 && load<f32>(partners, 12) == first - 3
  );
}
