/** A page of livegrad without gpu.js, as `import "livegrad"` alone makes it. */
import type { PageScope } from "./chromium.js";
import { withoutCode } from "./without-code.js";

const page: Pick<PageScope["livegradPage"], "withoutCode"> = { withoutCode };

(globalThis as { livegradPage?: unknown }).livegradPage = page;
