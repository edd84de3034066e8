// How the app is built into web/dist and served while it is worked on.
import { readFileSync } from "node:fs";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the app over a running binary.
const binary = process.env["WHEREABOUTS_URL"] ?? "http://127.0.0.1:8080";
const proxied = ["/v1", "/login", "/healthz", "/metrics", "/basemap.pmtiles"];

/** Writes the worker that opens the app without a connection, with the names of all it needs. */
function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    generateBundle(_, bundle) {
      // Text in other scripts and what is large are kept when they are first asked for.
      const later = /inter-(?!latin-wght)|maplibre|deck|\.wasm$/;
      const files = Object.keys(bundle).filter(
        (it) => /\.(js|css|woff2)$/.test(it) && !later.test(it),
      );
      const source = readFileSync(new URL("src/offline/worker.js", import.meta.url), "utf8");
      const listed = JSON.stringify(files.sort().map((it) => `/${it}`));
      this.emitFile({
        type: "asset",
        fileName: "worker.js",
        source: source.replace("[/* files */]", listed),
      });
    },
  };
}

/** Says of every script and style how much of it is our own, for `npm run budget`. */
function weighed(): Plugin {
  const styles = new Map<string, number>();
  const isForeign = (id: string): boolean =>
    id.includes("node_modules") || id.includes("browser/generated");
  return {
    name: "weighed",
    apply: "build",
    transform: {
      order: "pre",
      handler(code, id) {
        if (/[.]css(?:$|[?])/.test(id)) styles.set(id, code.length);
      },
    },
    generateBundle(_, bundle) {
      const parts: Record<string, number> = {};
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        let [own, all] = [0, 0];
        for (const [id, { renderedLength }] of Object.entries(chunk.modules)) {
          all += renderedLength;
          if (!isForeign(id) && !id.startsWith("\0")) own += renderedLength;
        }
        parts[chunk.fileName] = all === 0 ? 0 : own / all;
        const worn = chunk.moduleIds.filter((id) => styles.has(id));
        const length = (ids: readonly string[]): number =>
          ids.reduce((sum, id) => sum + (styles.get(id) ?? 0), 0);
        for (const file of chunk.viteMetadata?.importedCss ?? []) {
          const share = length(worn.filter((id) => !isForeign(id))) / length(worn);
          parts[file] = Number.isNaN(share) ? 1 : share;
        }
      }
      this.emitFile({ type: "asset", fileName: ".vite/own.json", source: JSON.stringify(parts) });
    },
  };
}

export default defineConfig({
  plugins: [svelte(), offline(), weighed()],
  server: {
    proxy: Object.fromEntries(proxied.map((it) => [it, { target: binary, changeOrigin: true }])),
  },
  build: {
    target: "es2022",
    // The policy refuses data: for scripts and styles; every file is one of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What three files of pages have in common is one file: it is packed smaller, and fetched
          // at once instead of piece by piece.
          groups: [{ name: "shared", test: /src\/ui\/|lucide/, minShareCount: 3 }],
        },
      },
    },
  },
  worker: { format: "es" },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
});
