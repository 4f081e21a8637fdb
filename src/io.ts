/** Files of tensors: safetensors, PyTorch's `.pth`, NumPy's `.npy` and `.npz`, read and written as named arrays.
 * @module livegrad/io */
export { type OpenFile, openFile } from "./file-system.js";
export * from "./io/index.js";
