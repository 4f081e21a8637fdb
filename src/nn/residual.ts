/** What a module says of itself so that a trace can tell the paths of its gradient apart. */
import type { AnyModule } from "./module.js";

/** The modules through which a block's input enters each of its paths.
 * @category Modules */
export interface ResidualPaths {
  /** The shortcut; null when there is none. */
  readonly identity: AnyModule | null;
  /** The first module of the branch. */
  readonly branch: AnyModule;
}

/** A module that adds two paths from its input: `h ↦ f(branch(h) + identity(h))`.
 * @category Modules */
export interface Residual {
  /** The modules through which the input enters each path; null when there is no shortcut. */
  residualPaths(): ResidualPaths;
}

/** One layer as a trace shows it.
 * @category Modules */
export interface TraceLayer {
  /** Its name in the records. */
  readonly name: string;
  /** The module whose output is the layer's activation. */
  readonly output: AnyModule;
  /** The modules whose parameters are the layer's. */
  readonly modules: readonly AnyModule[];
  /** Whether a ReLU ends it, so that dead units can be counted. */
  readonly endsInReLU: boolean;
  /** The residual addition inside it, if there is one. */
  readonly residual?: Residual | undefined;
}

/** A model that says which layers a trace shows; others are traced module by module.
 * @category Modules */
export interface Traceable {
  /** The layers in forward order. */
  traceLayers(): readonly TraceLayer[];
}
