import { defineConfig, devices } from "@playwright/test";

/** Debian's Chromium, drawing without a graphics card. */
const launchOptions = {
  executablePath: process.env.SAFELANE_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    // On a busy machine it would end the process that draws, and a map with it.
    "--disable-gpu-watchdog",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  testDir: "journeys",
  globalSetup: "./support/built_demo.ts",
  outputDir: "../test-results",
  // Each test has a server and a data folder of its own, so that they do not see each other.
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  globalTimeout: 20 * 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["json", { outputFile: "../test-results/report.json" }]],
  use: {
    ...devices["Desktop Chrome"],
    launchOptions,
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    trace: "retain-on-failure",
  },
});
