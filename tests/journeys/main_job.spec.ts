// The main job: a section commander without a network, a coordinator and an approver at their desks.

import type { Browser, BrowserContext, Locator, Page } from "@playwright/test";

import { expect, test as base } from "../support/fixtures.ts";
import { Hub } from "../support/hub.ts";

/** The demo as of yesterday, so that today's report is not there yet. */
const test = base.extend<{ hub: Hub }>({
  hub: async ({}, use) => {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const hub = await Hub.start("demo", ["--as-of", yesterday]);
    await use(hub);
    await hub.remove();
  },
});

/** Counts what a thumb does: every tap but those on digits. */
class Thumb {
  taps = 0;

  async tap(target: Locator): Promise<void> {
    await target.click();
    this.taps += 1;
  }

  async type(page: Page, figure: string): Promise<void> {
    for (const digit of figure) {
      await page.locator(".keypad").getByRole("button", { name: digit, exact: true }).click();
    }
  }
}

async function phone(browser: Browser, hub: Hub): Promise<BrowserContext> {
  return browser.newContext({
    baseURL: hub.address,
    viewport: { width: 390, height: 844 },
    geolocation: { latitude: -38.5625, longitude: -24.1702, accuracy: 4 },
    permissions: ["geolocation"],
  });
}

async function desk(browser: Browser, hub: Hub, name: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: hub.address, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("button", { name: new RegExp(name) }).click();
  await page.waitForURL(/\/desk/);
  return page;
}

async function totals(page: Page): Promise<Record<string, number>> {
  const answer = await page.request.get("/api/accounts");
  expect(answer.status()).toBe(200);
  const rows = (await answer.json()).rows as Record<string, number | string>[];
  return rows[rows.length - 1] as Record<string, number>;
}

test("a day's progress by lanes, recorded without a network, reaches the desk and moves worked, never the hazard", async ({ browser, hub }) => {
  test.setTimeout(180_000);
  const ash = await desk(browser, hub, "Ash");
  const before = await totals(ash);

  const context = await phone(browser, hub);
  let page = await context.newPage();
  await page.goto("/");
  await page.getByRole("button", { name: /Fern/ }).click();
  await expect(page.getByText("Road Bend")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("left to work", { exact: false })).toBeVisible({ timeout: 20_000 });
  // What the page needs without a network is on the device by now.
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.waitForTimeout(1500);
  await context.setOffline(true);

  const thumb = new Thumb();
  await thumb.tap(page.getByText("Daily progress", { exact: true }).first());
  for (const metres of ["42", "40", "44"]) {
    await thumb.type(page, metres);
    await thumb.tap(page.locator(".keypad-next"));
  }
  await expect(page.getByText("Draft saved")).toBeVisible();

  // The tab is closed in the middle; everything is there again, without a network.
  await page.close();
  page = await context.newPage();
  await page.goto("/field/today");
  await page.getByText("Draft saved").first().click();
  await expect(page.getByRole("button", { name: /Lane 3/ })).toContainText("44");
  await page.getByRole("button", { name: /Lane 4/ }).first().click();
  for (const metres of ["39", "41", "40"]) {
    await thumb.type(page, metres);
    await thumb.tap(page.locator(".keypad-next"));
  }
  await thumb.tap(page.getByRole("radiogroup", { name: "Accidents today" }).getByRole("radio", { name: "None" }));
  await thumb.tap(page.getByRole("radiogroup", { name: "Visitors today" }).getByRole("radio", { name: "None" }));
  await thumb.tap(page.getByRole("button", { name: /^Next/ }).last());
  await expect(page.getByText("246 m²").first()).toBeVisible();
  await thumb.tap(page.getByRole("button", { name: "Send", exact: true }));
  expect(thumb.taps).toBeLessThanOrEqual(12);

  await expect(page.getByText(/waiting to send/i).first()).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText(/received/i).first()).toBeVisible({ timeout: 30_000 });

  // At the desk it appears without a reload.
  const line = ash.locator(".queue-entry", { hasText: "246 m²" });
  await expect(line).toHaveCount(2, { timeout: 20_000 });
  await line.last().click();
  await expect(ash.locator(".desk-panel")).toContainText("no change");
  await ash.locator(".desk-panel").getByRole("button", { name: /^Approve/ }).click();
  await expect(line).toHaveCount(1, { timeout: 20_000 });
  const after = await totals(ash);
  expect(after.worked - before.worked).toBe(24_600);
  expect([after.closing, after.cleared, after.cancelled]).toEqual([before.closing, before.cleared, before.cancelled]);
});

test("a cancellation takes the second person, and then the totals move", async ({ browser, hub }) => {
  test.setTimeout(120_000);
  const bell = await desk(browser, hub, "Bell");
  const before = await totals(bell);
  const line = bell.locator(".queue-entry", { hasText: "18,400 m²" });
  await line.click();
  await expect(line).toContainText("reviewed by Ash");
  await bell.locator(".panel-foot").getByRole("button", { name: /18,400/ }).click();
  await expect(line).toHaveCount(0, { timeout: 20_000 });
  const after = await totals(bell);
  expect(Math.round((after.cancelled - before.cancelled) / 100)).toBe(18_400);
  expect(after.closing).toBe(before.closing - (after.cancelled - before.cancelled));
});
