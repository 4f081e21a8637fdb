/** The loop of the page of `fit`, which what is added to a step is measured against. */
import { type AnyModule, crossEntropy, type Optimizer, type Tensor, tidy } from "../src/index.js";

/** One step; the loss is read at the end, so that nothing is left to do on a GPU.
 * @param batch makes the tensors, a part of the step */
export async function trainingStep(
  model: AnyModule,
  optimizer: Optimizer,
  batch: () => { readonly images: Tensor; readonly labels: Tensor },
): Promise<void> {
  const loss = tidy(() => {
    const { images, labels } = batch();
    const loss = crossEntropy(model.forward(images) as Tensor, labels);
    optimizer.zeroGrad();
    loss.backward();
    return loss;
  });
  optimizer.step();
  await loss.item();
  loss.dispose();
}
