// How components are compiled: runes everywhere, styles in files as the policy asks.
import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    css: "external",
    // Every element that is styled wears this name: a short one, still of one file alone.
    cssHash: ({ hash, filename }) => `s${hash(filename ?? "").slice(0, 5)}`,
  },
};
