// The words that a plan wrote for its kernel.

/** Word `i` as an integer. */
// @ts-ignore: decorator
@inline
export function int(args: usize, i: i32): i32 {
  return load<i32>(args + (<usize>i << 2));
}

/** Word `i` as a pointer. */
// @ts-ignore: decorator
@inline
export function pointer(args: usize, i: i32): usize {
  return <usize>load<u32>(args + (<usize>i << 2));
}

/** Word `i` as a float. */
// @ts-ignore: decorator
@inline
export function real(args: usize, i: i32): f32 {
  return load<f32>(args + (<usize>i << 2));
}

/** Where this thread may pack what its kernels read: 1 MiB of its own. */
export let scratch: usize = 0;

export function setScratch(pointer: usize): void {
  scratch = pointer;
}

/** Four neighbours, `stride` elements apart. */
// @ts-ignore: decorator
@inline
export function load4(from: usize, stride: i32): v128 {
  if (stride == 1) return v128.load(from);
  if (stride == 2) return v128.shuffle<i32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6);
  const step = <usize>stride << 2;
  let v = v128.load32_zero(from);
  v = v128.load_lane<f32>(from + step, v, 1);
  v = v128.load_lane<f32>(from + 2 * step, v, 2);
  return v128.load_lane<f32>(from + 3 * step, v, 3);
}
