// The browser is killed in mid-form, in mid-photo, in mid-submit: nothing that was confirmed to the person is gone.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { type Browser, chromium, type Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import type { Hub } from "../support/hub.ts";
import { items, log, photosHeld } from "../support/ledger.ts";
import { IN_ROAD_BEND, atTheDesk, cameraPhoto, isReady, newFix } from "../support/people.ts";

/** Rounds of each kind; more by command: `SAFELANE_ROUNDS=50 npx playwright test killed_browser`. */
const ROUNDS = Number(process.env.SAFELANE_ROUNDS ?? 1);

/** A browser of our own with a lasting profile, so that it can be ended by its process and started again. */
class Tablet {
  private child: ChildProcess | undefined;
  private browser: Browser | undefined;

  constructor(
    private readonly hub: Hub,
    private readonly profile: string,
    private readonly options: { executablePath?: string; args?: string[] },
  ) {}

  /** Starts it (again) and opens a page of the app. */
  async open(address: string): Promise<Page> {
    const port = path.join(this.profile, "DevToolsActivePort");
    await rm(port, { force: true });
    const child = spawn(
      this.options.executablePath ?? "/usr/bin/chromium",
      [...(this.options.args ?? []), `--user-data-dir=${this.profile}`, "--remote-debugging-port=0", "--window-size=390,844", "about:blank"],
      { stdio: "ignore" },
    );
    this.child = child;
    const endpoint = await expect
      .poll(async () => (await readFile(port, "utf8").catch(() => "")).split("\n").length, { timeout: 60_000 })
      .toBeGreaterThan(1)
      .then(async () => (await readFile(port, "utf8")).split("\n")[0]);
    this.browser = await chromium.connectOverCDP(`http://127.0.0.1:${endpoint}`);
    const context = this.browser.contexts()[0];
    if (!context) throw new Error("the browser has no context");
    await context.grantPermissions(["geolocation"], { origin: this.hub.address });
    await context.setGeolocation(IN_ROAD_BEND);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${this.hub.address}${address}`);
    return page;
  }

  /** Ends it as a flat battery would: by its process, without a word. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await ended;
    await this.browser?.close().catch(() => undefined);
  }
}

const thumbnail = (page: Page) => page.locator(".thumbnail img");

/** Begins an item and goes to its last step. */
async function beginItem(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Item found" }).click();
  await page.locator(".kind-card", { hasText: "Booby trap" }).click();
  await page.getByRole("button", { name: /^Next/ }).click();
  await page.getByRole("radio", { name: "Surface" }).click();
  await newFix(page);
  await page.getByRole("button", { name: /^Next/ }).click();
  await expect(page.locator("#field-photos")).toBeAttached();
}

test("a browser that is killed takes nothing with it that was confirmed", async ({ browser, hub }, testInfo) => {
  test.setTimeout(240_000 + ROUNDS * 120_000);
  const profile = await mkdtemp(path.join(tmpdir(), "safelane-profile-"));
  const tablet = new Tablet(hub, profile, testInfo.project.use.launchOptions ?? {});
  const ash = await atTheDesk(browser, hub, "Ash");
  const before = (await log(ash, 0)).length;
  let sent = 0;
  try {
    let page = await tablet.open("/sign-in");
    await page.getByRole("button", { name: /^Fern/ }).click();
    await expect(page.getByRole("button", { name: "Item found" })).toBeVisible({ timeout: 30_000 });
    await isReady(page);
    for (let round = 0; round < ROUNDS; round += 1) {
      const photo = await cameraPhoto(page, `hsl(${round * 7} 40% 40%)`);
      await test.step(`round ${round + 1}: in mid-form`, async () => {
        await beginItem(page);
        await page.getByRole("radio", { name: "Left marked" }).click();
        await expect(page.getByText("Draft saved").first()).toBeVisible();
        await tablet.kill();
        page = await tablet.open("/field/today");
        await page.getByText("Draft saved").first().click();
        await expect(page.getByRole("radio", { name: "Left marked" })).toBeChecked();
      });

      await test.step("in mid-photo", async () => {
        await page.locator("#field-photos").setInputFiles(photo);
        const seen = await thumbnail(page).waitFor({ timeout: Math.random() * 600 }).then(
          () => true,
          () => false,
        );
        await tablet.kill();
        page = await tablet.open("/field/today");
        await page.getByText("Draft saved").first().click();
        await expect(page.getByRole("radio", { name: "Left marked" })).toBeChecked();
        if (seen) await expect(thumbnail(page)).toHaveJSProperty("naturalWidth", 2048);
        // What was not shown may be missing; the person takes it again.
        await page.waitForTimeout(1_000);
        if ((await thumbnail(page).count()) === 0) await page.locator("#field-photos").setInputFiles(photo);
        await expect(thumbnail(page)).toHaveJSProperty("naturalWidth", 2048);
      });

      await test.step("in mid-submit", async () => {
        await page.getByRole("button", { name: "Send", exact: true }).click({ noWaitAfter: true });
        const told = await page
          .getByRole("button", { name: "Item found" })
          .waitFor({ timeout: Math.random() * 600 })
          .then(
            () => true,
            () => false,
          );
        await tablet.kill();
        page = await tablet.open("/field/today");
        await expect(page.getByRole("button", { name: "Item found" })).toBeVisible({ timeout: 30_000 });
        // Signed and stored, or still the draft that it was: one of the two, whole.
        const draft = page.getByText("Draft saved");
        await page.waitForTimeout(1_000);
        if ((await draft.count()) > 0) {
          expect(told, "the phone said that it was submitted").toBe(false);
          await draft.first().click();
          await expect(thumbnail(page)).toHaveJSProperty("naturalWidth", 2048);
          await page.getByRole("button", { name: "Send", exact: true }).click();
          await expect(page.getByRole("button", { name: "Item found" })).toBeVisible();
        }
        sent += 1;
        await page.goto(`${hub.address}/field/sending`);
        await page.getByRole("button", { name: "Send", exact: true }).click({ timeout: 2_000 }).catch(() => undefined);
        await expect(page.getByText(`Photos ${sent} of ${sent}`)).toBeVisible({ timeout: 60_000 });
        await expect(page.getByText(/Nothing waits/)).toBeVisible({ timeout: 60_000 });
        await page.goto(`${hub.address}/field/today`);
      });
    }

    const held = await items(ash, before);
    expect(held.length, "each item once").toBe(ROUNDS);
    expect((await photosHeld(ash, held)).length, "each photo").toBe(ROUNDS);
    expect(held.map((one) => one.seq).sort((a, b) => a - b)).toEqual(held.map((_, index) => index + 1));
  } finally {
    await tablet.kill();
    await rm(profile, { recursive: true, force: true });
  }
});
