// Cold and warm start of the field app at 1.6 Mbit/s, 150 ms and a CPU four times slower: `node tests/start.mjs`.
// Needs a release server (SAFELANE_BINARY) and the app as `cargo xtask web` builds it.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const binary = process.env.SAFELANE_BINARY ?? path.join(root, "target/release/safelane");
const app = process.env.SAFELANE_APP ?? path.join(root, "frontend/dist");
const folder = mkdtempSync(path.join(tmpdir(), "safelane-start-"));
const hub = spawn(binary, ["demo", "--data", path.join(folder, "data"), "--listen", "127.0.0.1:0", "--app", app], { stdio: ["ignore", "pipe", "ignore"] });
const address = await new Promise((resolve) => {
  let printed = "";
  hub.stdout.on("data", (chunk) => {
    printed += chunk;
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
    if (found) resolve(found[0]);
  });
});
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
try {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  // The build cuts off what no first visit needs; being asked for it early would hold the page (frontend/README.md).
  const early = [];
  page.on("console", (message) => message.text().includes("later part was needed") && early.push(message.text()));
  const slow = await context.newCDPSession(page);
  await slow.send("Network.enable");
  await slow.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 94_000 });
  await slow.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  let before = performance.now();
  await page.goto(`${address}/sign-in`);
  await page.getByRole("button", { name: /^Fern/ }).waitFor();
  console.log("cold, sign-in usable", ((performance.now() - before) / 1000).toFixed(2), "s");
  await page.getByRole("button", { name: /^Fern/ }).click();
  await page.getByText("Road Bend").waitFor({ timeout: 60_000 });
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.waitForTimeout(20_000);
  await context.setOffline(true);
  before = performance.now();
  await page.goto(`${address}/field/today`);
  await page.getByText("Road Bend").waitFor();
  console.log("warm, no network, Today usable", ((performance.now() - before) / 1000).toFixed(2), "s");
  if (early.length > 0) throw new Error(`the first pages called into the later part ${early.length} times: frontend/later.txt`);
} finally {
  await browser.close();
  hub.kill("SIGTERM");
  await new Promise((resolve) => hub.once("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
}
