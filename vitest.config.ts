/** How the tests run: every file of test/, with the package's own name leading to its source. */
import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

const config: ViteUserConfig = defineConfig({
  resolve: {
    alias: [
      { find: /^livegrad$/, replacement: source("index.ts") },
      { find: /^livegrad\/(gpu|io|report)$/, replacement: source("$1.ts") },
      { find: /^livegrad\/testing$/, replacement: source("testing/index.ts") },
      { find: /^livegrad\/testing\/(\w+)$/, replacement: source("testing/$1/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    maxWorkers: "100%", // of two processors the default would take one
    coverage: { provider: "v8", include: ["src/**/*.ts"], reporter: ["text", "html"] },
  },
});

export default config;
