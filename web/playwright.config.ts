// How the app is driven in a real browser, on the real binary: e2e/run.sh finds both.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  // One server, one browser: what one sentence records another one sees.
  workers: 1,
  // A loaded machine may be slow once; what is wrong is wrong three times.
  retries: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/London",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        "--ignore-gpu-blocklist",
      ],
    },
  },
});
