/** The words of the command line. What does the work is loaded when it is called for, so that help is there at once. */
import { Command, InvalidArgumentError } from "commander";
import { version } from "../version.js";
import type { DegradationFlags } from "./degradation/degradation-command.js";
import type { Flags } from "./gradient-flow-command.js";
import type { SummaryFlags } from "./summary-command.js";
import type { EvaluateFlags } from "./train/evaluate-command.js";
import type { ExportFlags } from "./train/export-command.js";
import type { TrainFlags } from "./train/settings.js";
import type { ZooFlags } from "./zoo/settings.js";

/** In the order of `deviceNames`, which would load the devices. */
const DEVICES = "simd, webasm, cpu, headlessgl, webgl2, webgl, webgpu, reference";

/** The livegrad command with its subcommands. */
export function livegradProgram(): Command {
  const program = new Command("livegrad")
    .description("automatic differentiation that shows what happens to gradients on their way back")
    .version(version);
  addTrain(program);
  addEvaluate(program);
  addExport(program);
  addGradientFlow(program);
  addDegradation(program);
  addSummary(program);
  addZoo(program);
  program
    .command("devices")
    .description("print which devices work here, with provenance and a measured figure each")
    .action(async () => {
      const { devicesCommand } = await import("./devices-command.js");
      await devicesCommand();
    });
  return program;
}

function addTrain(program: Command): void {
  program
    .command("train")
    .description("train a net on images by a recipe; a run that is interrupted goes on where it stopped")
    .option("--model <name>", "of the zoo (resnet20, lenet5), or a file that exports one (./my-net.ts)")
    .option(
      "--data <data>",
      "a folder, KIND:FOLDER (cifar10, cifar100, mnist, fashion-mnist, kmnist, folder), or drawn (default)",
    )
    .option("--recipe <name>", "he2015, lecture, quick, or a file like them (./mine.json) (default: quick)")
    .option("--set <name=value>", "changes the recipe: lr=0.05, schedule.patience=5; may be repeated", repeated)
    .option("--epochs <n>", "the same as --set epochs=n", number)
    .option("--steps <n>", "the same as --set steps=n", number)
    .option("--batch-size <n>", "the same as --set batchSize=n", number)
    .option("--images <n>", "no more than the first n to train on", number)
    .option("--split <name>", "train or test: whose files are trained on (default: train)")
    .option(
      "--hold-out <share>",
      "validates with this share of the training images (default: with the test images, or 0.1 where there are none)",
      number,
    )
    .option(
      "--size <n>",
      "pixels a side that images are resized to (default: their own, or what the net was made for)",
      number,
    )
    .option("--seed <n>", "draws weights, order and augmentation (default: 0)", number)
    .option("--device <name>", `${DEVICES} (default: the fastest, or LIVEGRAD_DEVICE)`)
    .option("--trace <n>", "steps from one traced step to the next, 0 for none (default: some twenty in all)", number)
    .option("--save-every <n>", "steps between checkpoints, beside those at ends of epochs", number)
    .option("--config <file>", "holds any of these options as JSON, as the config.json of a run does")
    .option("--out <folder>", "where checkpoints, logs and report.html go (default: runs/train)")
    .option("--resume", "goes on with the run in that folder")
    .action(async (flags: TrainFlags) => {
      const { trainCommand } = await import("./train/train-command.js");
      await trainCommand(flags);
    });
}

function addEvaluate(program: Command): void {
  program
    .command("evaluate")
    .argument("<checkpoint>", "a file that livegrad train has written, or the folder of a run for its best")
    .description("print loss and accuracy of a checkpoint, class by class")
    .option("--data <data>", "as livegrad train takes it (default: what its run was validated with)")
    .option("--split <name>", "train or test (default: test)")
    .option("--images <n>", "no more than the first n", number)
    .option("--batch-size <n>", "images at a time (default: as in training)", number)
    .option("--device <name>", `${DEVICES} (default: the fastest, or LIVEGRAD_DEVICE)`)
    .option("--json", "print it as JSON")
    .action(async (checkpoint: string, flags: EvaluateFlags) => {
      const { evaluateCommand } = await import("./train/evaluate-command.js");
      await evaluateCommand(checkpoint, flags);
    });
}

function addExport(program: Command): void {
  program
    .command("export")
    .argument("<checkpoint>", "a file that livegrad train has written, or the folder of a run for its best")
    .description("write the weights of a checkpoint alone, by PyTorch's names")
    .requiredOption("--out <file>", "ends with .safetensors or .npz")
    .action(async (checkpoint: string, flags: ExportFlags) => {
      const { exportCommand } = await import("./train/export-command.js");
      await exportCommand(checkpoint, flags);
    });
}

function addGradientFlow(program: Command): void {
  program
    .command("gradient-flow")
    .description("measure how gradients travel back through plain and residual nets, or any models, and report it")
    .option(
      "--model <list>",
      "models of the zoo (resnet34), or files that export one (./net.ts), instead of CIFAR nets",
      words,
    )
    .option(
      "--input <c,h,w>",
      "channels, rows and columns of the images (default: 3,32,32, of larger nets 3,64,64)",
      numbers,
    )
    .option("--size <n>", "the same as --input 3,n,n", number)
    .option(
      "--depth <list>",
      "weighted layers of the CIFAR nets, each 6n + 2 (default: 20,56; with --model none)",
      numbers,
    )
    .option("--shortcut <list>", "none, identity (option A), A, B, C (default: none,identity)", words)
    .option("--norm <list>", "none, batch (default: none,batch)", words)
    .option(
      "--init <list>",
      "xavier, xavierUniform, kaiming, kaimingUniform, orthogonal (default: xavier; of --model their own)",
      words,
    )
    .option("--width <n>", "channels of the CIFAR nets' first stage (default: 16)", number)
    .option("--batch <n>", "images per batch (default: 32; npm start passes 16)", number)
    .option("--seeds <n>", "networks per configuration (default: 3)", number)
    .option("--seed <n>", "seed of the first (default: 0)", number)
    .option("--steps <n>", "optimiser steps; 0 looks at the initialisation alone (default: 0)", number)
    .option("--lr <rate>", "learning rate of SGD with momentum 0.9 (default: 0.01)", number)
    .option("--data <folder>", "CIFAR-10 in its binary format (default: images that livegrad draws)")
    .option("--device <name>", `${DEVICES} (default: the fastest, or LIVEGRAD_DEVICE)`)
    .option("--jobs <n>", "networks that run at a time (default: one a processor)", number)
    .option("--out <folder>", "where report.html, figures, trace.csv and trace.json go", "runs/gradient-flow")
    .action(async (flags: Flags) => {
      const { gradientFlowCommand } = await import("./gradient-flow-command.js");
      await gradientFlowCommand(flags);
    });
}

function addDegradation(program: Command): void {
  program
    .command("degradation")
    .description("train plain and residual nets of several depths, and report whether the deeper ones train worse")
    .option("--form <name>", "cifar or imagenet, the two forms of He et al.'s nets (default: cifar)")
    .option("--depths <list>", "weighted layers (default: 20,56; in ImageNet's form 18,34)", numbers)
    .option("--width <n>", "channels of the first stage (default: 8)", number)
    .option("--steps <n>", "optimiser steps of each network (default: 1000)", number)
    .option("--minutes <n>", "as many steps as fit into so many minutes here, instead of --steps", number)
    .option("--batch <n>", "images per batch (default: 16)", number)
    .option(
      "--lr <rate>",
      "learning rate; a tenth of it at first, from 1/2 and again from 3/4 of the steps on (default: 0.03)",
      number,
    )
    .option("--seeds <n>", "networks of each kind and depth (default: 3)", number)
    .option("--seed <n>", "seed of the first (default: 0)", number)
    .option("--data <folder>", "CIFAR-10 in its binary format (default: images that livegrad draws)")
    .option("--images <n>", "images to train on (default: 2000, or a batch where that is more)", number)
    .option("--test-images <n>", "images to test on (default: 500)", number)
    .option("--size <n>", "pixels a side (default: 16)", number)
    .option("--device <name>", `${DEVICES} (default: the fastest, or LIVEGRAD_DEVICE)`)
    .option("--jobs <n>", "networks that run at a time (default: one a processor)", number)
    .option("--out <folder>", "where report.html, the figures and results.json go", "runs/degradation")
    .action(async (flags: DegradationFlags) => {
      const { degradationCommand } = await import("./degradation/degradation-command.js");
      await degradationCommand(flags);
    });
}

function addSummary(program: Command): void {
  program
    .command("summary")
    .argument("<model>", "of the zoo, such as resnet50, or a file that exports one, such as ./my-net.ts")
    .description("print layers, shapes, parameters, operations and memory of a model")
    .option(
      "--input <list>",
      "shape of the input, once for each input (default: one image of the size that the model was made for)",
      (text: string, before: readonly number[][] = []) => [...before, numbers(text)],
    )
    .option("--depth <n>", "levels of the tree below the model (default: all)", number)
    .option("--train", "run it as in training (default: as in evaluation)")
    .option("--json", "print the rows as JSON")
    .action(async (model: string, flags: SummaryFlags) => {
      const { summaryCommand } = await import("./summary-command.js");
      await summaryCommand(model, flags);
    });
}

function addZoo(program: Command): void {
  program
    .command("zoo")
    .description("count and measure the nets of the zoo here, and compare them in a table and in plots")
    .option("--models <list>", "names or families, or all (default: those for ImageNet)", words)
    .option("--input <n>", "height and width of the images (default: what each net was made for)", number)
    .option("--batch <list>", "images at a time (default: 1,16)", numbers)
    .option("--train", "measure training steps, too")
    .option("--seconds <n>", "how long one thing is measured, three runs at least (default: 1)", number)
    .option("--device <name>", `${DEVICES} (default: the fastest, or LIVEGRAD_DEVICE)`)
    .option("--out <folder>", "where report.html, the plots and zoo.json go", "runs/zoo")
    .action(async (flags: ZooFlags) => {
      const { zooCommand } = await import("./zoo/zoo-command.js");
      await zooCommand(flags);
    });
}

function words(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function repeated(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

function numbers(text: string): number[] {
  return words(text).map(number);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError(`"${text}" is not a number.`);
  return value;
}
