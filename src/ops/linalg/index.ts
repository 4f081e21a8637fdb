/** Matrix products, what is made of them, and systems of equations. */

export * from "./added-products.js";
export { type AttentionOptions, scaledDotProductAttention } from "./attention.js";
export { type CholeskyOptions, cholesky } from "./cholesky.js";
export { det } from "./det.js";
export { eigh, eigvalsh, type SymmetricEigen } from "./eigh.js";
export { einsum } from "./einsum.js";
export { linear, matmul } from "./matmul.js";
export { matrixPower } from "./matrix-power.js";
export { type QR, qr } from "./qr.js";
export { logdet, type SignedLogDeterminant, slogdet } from "./slogdet.js";
export { inverse, solve } from "./solve.js";
export { type SolveTriangularOptions, solveTriangular } from "./solve-triangular.js";
export * from "./tensor-products.js";
export { dot, outer } from "./vectors.js";
