/** Files of tensors: safetensors, PyTorch's `.pth`, NumPy's `.npy` and `.npz`, read and written as named arrays.
 * @module livegrad/io */
export * from "./io/index.js";
