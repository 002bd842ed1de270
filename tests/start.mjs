// Cold and warm start of the field app at 1.6 Mbit/s, 150 ms and a CPU four times slower: `node tests/start.mjs`.
// Needs a release server (SAFELANE_BINARY) and the app as `cargo xtask web` builds it.

import { figure, measured } from "./support/measured.mjs";

await measured(async (browser, address) => {
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
  figure("cold start, sign-in usable", { seconds: (performance.now() - before) / 1000 });
  await page.getByRole("button", { name: /^Fern/ }).click();
  await page.getByText("Road Bend").waitFor({ timeout: 60_000 });
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.waitForTimeout(20_000);
  await context.setOffline(true);
  before = performance.now();
  await page.goto(`${address}/field/today`);
  await page.getByText("Road Bend").waitFor();
  figure("warm start, no network, Today usable", { seconds: (performance.now() - before) / 1000 });
  if (early.length > 0) throw new Error(`the first pages called into the later part ${early.length} times: frontend/later.txt`);
});
