// Starts the WebAssembly as it is built, for tests.
import { existsSync, readFileSync } from "node:fs";

import { initSync } from "./generated/browser.js";

/** The built file. */
export const built = new URL("./generated/browser_bg.wasm", import.meta.url);

/** The memory of the running WebAssembly. */
export function start(): WebAssembly.Memory {
  if (!existsSync(built)) throw new Error("the WebAssembly is not built: make wasm");
  return initSync({ module: readFileSync(built) }).memory;
}
