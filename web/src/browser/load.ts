// Loads the WebAssembly of crate `browser`, once, when somebody first needs it.
import init from "./generated/browser.js";
import address from "./generated/browser_bg.wasm?url";

let loading: Promise<WebAssembly.Memory> | null = null;

/** The memory of the running WebAssembly; a failure is tried again at the next call. */
export function load(): Promise<WebAssembly.Memory> {
  loading ??= init({ module_or_path: address }).then(
    (running) => running.memory,
    (why: unknown) => {
      loading = null;
      throw why;
    },
  );
  return loading;
}
