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
