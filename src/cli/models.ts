/** The models that `--model` names: of the zoo, or what a file of the user's exports. */
import { ValueError } from "../errors.js";
import type { ModelMaker, Models } from "../experiments/models.js";
import { zooModel } from "../models/zoo.js";
import type { ZooModel } from "../models/zoo-model.js";
import { isFile, modelsIn } from "./model-file.js";

/** The models of these words, by name.
 * @throws ValueError if the zoo has no such model, or two have one name; DataError if a file is not there, cannot be read or exports no
 * model */
export async function loadModels(words: readonly string[]): Promise<Models> {
  const models = new Map<string, ModelMaker | ZooModel>();
  const put = (name: string, model: ModelMaker | ZooModel) => {
    if (models.has(name)) throw new ValueError("gradient-flow", `--model names two models ${name}; rename an export`);
    models.set(name, model);
  };
  for (const word of words) {
    if (isFile(word)) for (const [name, make] of await modelsIn("gradient-flow", word)) put(name, make);
    else put(zooModel(word).name, zooModel(word));
  }
  return Object.fromEntries(models);
}
