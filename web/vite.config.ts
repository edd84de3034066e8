// How the app is built into web/dist and served while it is worked on.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the app over a running binary.
const binary = process.env["WHEREABOUTS_URL"] ?? "http://127.0.0.1:8080";
const proxied = ["/v1", "/login", "/healthz", "/metrics", "/basemap.pmtiles"];

export default defineConfig({
  plugins: [svelte()],
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
  },
  worker: { format: "es" },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
});
