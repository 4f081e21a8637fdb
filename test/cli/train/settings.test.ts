/** Tests of what `livegrad train` makes of its options: recipes and what is changed of them, data by their files, mistakes. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadImages } from "../../../src/cli/train/images.js";
import { loadSubject, prepare } from "../../../src/cli/train/preparation.js";
import { askedFor, differences, settled, type TrainFlags } from "../../../src/cli/train/settings.js";
import { generator } from "../../../src/index.js";
import { viewOf } from "../../../src/ndarray.js";
import { encodePng } from "../../../src/train/logs/png.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "livegrad-settings-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = (flags: TrainFlags) => settled(askedFor({ model: "lenet5", ...flags }).options);
const recipes = readdirSync(fileURLToPath(new URL("../../../recipes", import.meta.url))).map(
  (name) => name.split(".")[0],
);

describe("recipes", () => {
  it.each(recipes)("%s is one that a net can be trained by", async (recipe) => {
    const given = settings({ recipe, images: 256 });
    const { optimizer, length } = prepare("train", await loadSubject("train", given), given);
    expect(optimizer.paramGroups[0]?.lr).toBeGreaterThan(0);
    expect(length.steps).toBeGreaterThan(0);
  });

  it("are changed by --set, by --epochs and their like, and for some nets", () => {
    const { recipe } = settings({
      ...{ recipe: "lecture", batchSize: 4, steps: 7 },
      set: ["lr=0.5", "schedule.patience=3", "augment=[]", "optimizer.nesterov=true"],
    });
    expect(recipe).toMatchObject({ batchSize: 4, steps: 7, augment: [], schedule: { patience: 3, mode: "max" } });
    expect(recipe.optimizer).toEqual({ name: "SGD", lr: 0.5, momentum: 0.9, weightDecay: 1e-5, nesterov: true });
    expect(recipe.epochs).toBeUndefined();
    expect(settings({ set: ["optimizer=Adam", "lr=1", "schedule=null"] }).recipe).toMatchObject({
      optimizer: { name: "Adam", lr: 1 },
    });
    expect(settings({ set: ["schedule=null"] }).recipe.schedule).toBeUndefined();
    const warmUp = (model: string) => settings({ model, recipe: "he2015" }).recipe.schedule?.["warmupLr"];
    expect([warmUp("resnet20"), warmUp("resnet110"), warmUp("resnet1202")]).toEqual([undefined, 0.01, 0.01]);
  });

  it("of 110 layers warm up until the training error is below 80 %", async () => {
    const given = settings({ recipe: "he2015", images: 128, set: ["schedule.warmupLr=0.01"] });
    const { scheduling, optimizer } = prepare("train", await loadSubject("train", given), given);
    const [schedule] = scheduling.callbacks;
    const rateAfter = (accuracy: number) => {
      schedule?.onStep?.(null as never, { metrics: { accuracy } } as never);
      return optimizer.paramGroups[0]?.lr;
    };
    expect([0.1, 0.2, 0.21, 0.1].map(rateAfter)).toEqual([0.01, 0.01, 0.1, 0.1]);
  });

  it("tell a schedule how long the run is, and how high its rate", async () => {
    const given = settings({ images: 130, batchSize: 10, epochs: 2, set: ["lr=0.4"] });
    const { optimizer, length } = prepare("train", await loadSubject("train", given), given);
    expect(length).toEqual({ steps: 26, epochs: 2 });
    expect(optimizer.paramGroups[0]?.lr).toBeCloseTo(0.4 / 25, 12);
  });
});

describe("files of options", () => {
  it("give way to the command line, and hold a whole run", () => {
    const path = join(folder, "options.json");
    writeFileSync(path, JSON.stringify({ model: "lenet5", seed: 3, epochs: 2, set: { lr: 0.2 } }));
    const { options } = askedFor({ config: path, seed: 4, set: ["momentum=0.5"] });
    const found = settled(options);
    expect(found).toMatchObject({ seed: 4, recipe: { epochs: 2, optimizer: { lr: 0.2, momentum: 0.5 } } });
    writeFileSync(path, JSON.stringify(found));
    expect(settled(askedFor({ config: path }).options)).toEqual(found);
  });

  it("differ by name", () => {
    const before = settings({ seed: 1, set: ["lr=0.1"] });
    expect(differences(settings({ seed: 1 }), before)).toEqual([]);
    expect(differences(settings({ seed: 2, epochs: 3, set: ["momentum=0"] }), before)).toEqual([
      "seed (2, and 1 in the run)",
      "epochs (3, and 10 in the run)",
      "optimizer.momentum (0, and 0.9 in the run)",
    ]);
  });
});

describe("mistakes", () => {
  const options = (content: object) => {
    const path = join(folder, "wrong.json");
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const cases: [flags: () => TrainFlags, says: string | RegExp][] = [
    [() => ({ model: undefined }), "say which net: --model resnet20"],
    [() => ({ model: "lenet6" }), 'it has no model "lenet6"; near it: lenet5'],
    [() => ({ recipe: "quik" }), 'there is no recipe "quik"; did you mean quick? (there are he2015, lecture, quick)'],
    [() => ({ recipe: "./no.json" }), "there is no file ./no.json"],
    [() => ({ recipe: options({ batchSize: 3 }) }), /recipe .*wrong.json: it needs an optimizer/],
    [() => ({ recipe: options({ bacthSize: 3 }) }), /it has no option bacthSize; did you mean batchSize\?/],
    [() => ({ config: options({ sed: 3 }) }), /wrong.json: it has no option sed; did you mean seed\?/],
    [() => ({ set: ["lr"] }), '--set takes NAME=VALUE, such as lr=0.1, got "lr"'],
    [() => ({ set: ["augment.padding=3"] }), "augment of the recipe is ["],
    [() => ({ set: ["epochs=0"] }), "epochs must be an integer of at least 1, got 0"],
    [() => ({ epochs: 1, steps: 1 }), "give --epochs or --steps, not both"],
    [() => ({ holdOut: 1 }), "holdOut must be a share above 0 and below 1, got 1"],
    [() => ({ seed: 0.5 }), "seed must be an integer, got 0.5"],
    [() => ({ data: "cifr10:x" }), 'there is no kind of data "cifr10"; did you mean cifar10?'],
    [() => ({ data: join(folder, "nowhere") }), "cannot read the folder"],
    [() => ({ device: "gpu" as never }), 'there is no device "gpu"'],
  ];

  it.each(cases)("are named with what is meant (%#)", (flags, says) => {
    expect(() => settings(flags())).toThrow(says);
  });

  it.each([
    ["optimizer=sgdd", 'there is no optimizer "sgdd"; did you mean SGD?'],
    ["schedule=StepLr", 'there is no schedule "StepLr"; did you mean StepLR?'],
    ["schedule.pctStrt=1", "OneCycleLR: it has no option pctStrt; did you mean pctStart?"],
    ["schedule.each=day", 'each of the schedule must be "step" or "epoch", got "day"'],
    ['augment=["randomFlip"]', 'there is no transform "randomFlip"; did you mean randomCrop?'],
  ])("of a recipe too: %s", async (change, says) => {
    const given = settings({ images: 64, set: [change] });
    await expect(async () => prepare("train", await loadSubject("train", given), given)).rejects.toThrow(says);
  });
});

describe("data", () => {
  it("are recognised by the files of a folder", () => {
    const made = (name: string, ...files: string[]) => {
      const path = join(folder, name);
      mkdirSync(path);
      for (const file of files) writeFileSync(join(path, file), "");
      return path;
    };
    const kindOf = (path: string) => settings({ data: path, split: "test" }).data.split(":")[0];
    expect(kindOf(made("ten", "data_batch_1.bin", "test_batch.bin"))).toBe("cifar10");
    expect(kindOf(made("hundred", "train.bin", "test.bin"))).toBe("cifar100");
    expect(kindOf(made("digits", "t10k-images-idx3-ubyte.gz"))).toBe("mnist");
    const trained = (path: string) => settings({ data: path }).holdOut;
    expect(trained(join(folder, "ten"))).toBeUndefined();
    expect(trained(made("no-test", "data_batch_1.bin"))).toBe(0.1);
    expect(() => trained(join(folder, "digits"))).toThrow(
      "has test images alone; --split test trains on a part of them",
    );
    expect(() => trained(made("other", "notes.txt"))).toThrow("are no data that are known; say which: --data KIND:");
  });

  it("are photographs in folders, of any size, brought to the net's", async () => {
    const path = join(folder, "pets");
    for (const [label, name] of ["cat", "dog"].entries()) {
      mkdirSync(join(path, name), { recursive: true });
      for (let i = 0; i < 4; i++) {
        const [height, width] = [20 + i, 30];
        const data = new Uint8Array(3 * height * width).fill(60 + 100 * label);
        writeFileSync(join(path, name, `${i}.png`), encodePng("test", viewOf(data, [3, height, width])).png);
      }
    }
    const given = settings({ model: "resnet20", data: path, size: 16, batchSize: 2 });
    expect(given).toMatchObject({ data: `folder:${resolve(path)}`, holdOut: 0.1 });
    const subject = await loadSubject("train", { ...given, holdOut: 0.5 });
    const { train, validation } = prepare("train", subject, given);
    expect([subject.images.train.length, subject.images.validation.length]).toEqual([4, 4]);
    expect(subject.network.input).toEqual([3, 16, 16]);
    for (const loader of [train, validation])
      for await (const { images } of loader) expect(images.shape).toEqual([2, 3, 16, 16]);
  });

  const cifar = fileURLToPath(new URL("../../../../shared/data/cifar-10-batches-bin", import.meta.url));
  it.skipIf(!existsSync(cifar))(
    "are CIFAR-10's photographs, where they are: a part held out is the same one again",
    async () => {
      const given = settings({ model: "resnet20", data: cifar, images: 200, holdOut: 0.1 });
      const [one, two] = [
        await loadImages("train", given, generator(1)),
        await loadImages("train", given, generator(1)),
      ];
      expect([one.train.length, one.validation.length]).toEqual([180, 20]);
      expect(two.validation).toEqual(one.validation);
    },
  );
});
