/** Bundles a program for pages: `node bundle.mjs BUNDLER ENTRY OUT`. A warning is a failure. */
import { basename, dirname } from "node:path";

const [bundler, entry, out] = process.argv.slice(2);

const onwarn = (warning) => {
  throw new Error(`warning: ${warning.message ?? warning}`);
};

const bundlers = {
  async esbuild() {
    const { build } = await import("esbuild");
    const format = out.endsWith(".cjs") ? "iife" : "esm";
    const options = { entryPoints: [entry], outfile: out, bundle: true, minify: true, logLevel: "silent" };
    const { warnings } = await build({ ...options, platform: "browser", format });
    for (const { text } of warnings) onwarn(text);
  },
  async rollup() {
    const { rollup } = await import("rollup");
    const { default: nodeResolve } = await import("@rollup/plugin-node-resolve");
    const { default: commonjs } = await import("@rollup/plugin-commonjs");
    const bundle = await rollup({ input: entry, plugins: [nodeResolve({ browser: true }), commonjs()], onwarn });
    await bundle.write({ dir: dirname(out), entryFileNames: basename(out), format: "es" });
  },
  async vite() {
    const { build } = await import("vite");
    const output = { entryFileNames: basename(out) };
    await build({
      ...{ root: dirname(entry), configFile: false, logLevel: "silent" },
      build: { outDir: dirname(out), modulePreload: false, rollupOptions: { input: entry, output, onwarn } },
    });
  },
  async webpack() {
    const { default: webpack } = await import("webpack");
    const output = { path: dirname(out), filename: basename(out) };
    // What loads on first use would be a file of its own, which a page finds by its script's address: there is no page here.
    const plugins = [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 })];
    const options = {
      context: dirname(entry),
      entry,
      output,
      plugins,
      mode: "production",
      target: "web",
      performance: false,
    };
    const stats = await new Promise((resolve, reject) => {
      webpack(options, (error, found) => (error ? reject(error) : resolve(found)));
    });
    for (const problem of [...stats.compilation.errors, ...stats.compilation.warnings]) onwarn(problem);
  },
};

await bundlers[bundler]();
