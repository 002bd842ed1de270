// A demo hub and a browser for what is measured by hand, and both gone again afterwards.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const binary = process.env.SAFELANE_BINARY ?? path.join(root, "target/release/safelane");
const app = process.env.SAFELANE_APP ?? path.join(root, "frontend/dist");
const quiet = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Calls `look` with the browser, the hub's address, and what the browser was started with. */
export async function measured(look, args = []) {
  const folder = mkdtempSync(path.join(tmpdir(), "safelane-measured-"));
  const hub = spawn(binary, ["demo", "--data", path.join(folder, "data"), "--listen", "127.0.0.1:0", "--app", app], { stdio: ["ignore", "pipe", "ignore"] });
  const address = await new Promise((resolve, reject) => {
    let printed = "";
    hub.stdout.on("data", (chunk) => {
      printed += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
      if (found) resolve(found[0]);
    });
    hub.once("error", reject);
    hub.once("exit", () => reject(new Error(`the hub ended:\n${printed}`)));
  });
  const browser = await chromium.launch({ executablePath: process.env.SAFELANE_CHROMIUM ?? "/usr/bin/chromium", args: ["--headless", ...quiet, ...args] });
  try {
    await look(browser, address);
  } finally {
    await browser.close();
    const ended = new Promise((resolve) => hub.once("exit", resolve));
    hub.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints a figure as one line of JSON, numbers to the millisecond: `cargo xtask bench` gathers them. */
export function figure(row, figures) {
  const rounded = Object.entries(figures).map(([name, value]) => [name, typeof value === "number" ? +value.toFixed(3) : value]);
  console.log(JSON.stringify({ row, ...Object.fromEntries(rounded) }));
}
