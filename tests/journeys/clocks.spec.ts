// Two clocks at the desk: totals as known on a day, what a figure is made of, an area's statement, and the map of a past day.

import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";

async function desk(browser: Browser, address: string, person: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${address}/sign-in`);
  await page.getByRole("button", { name: new RegExp(`^${person}`) }).click({ timeout: 60_000 });
  await expect(page).toHaveURL(/\/desk/, { timeout: 60_000 });
  return page;
}

/** A day so long ago, as the page's own calendar has it. */
const ago = (page: Page, days: number) =>
  page.evaluate((days) => {
    const day = new Date(Date.now() - days * 86_400_000);
    return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
  }, days);

test("totals explain themselves, as known now and on a day", async ({ browser, hub }) => {
  const page = await desk(browser, hub.address, "Wren");
  await page.goto(`${hub.address}/desk/totals`);
  const table = page.locator("table").first();
  const row = table.getByRole("row", { name: /^Upper Lane Confirmed/ });

  await test.step("a figure is the sum of what is listed, and each line opens the record that moved it", async () => {
    await row.getByRole("button", { name: "−11,600" }).click();
    const list = page.locator("#explained");
    await expect(list).toContainText("Upper Lane · Confirmed (CHA) · Cleared: 11,600 m²");
    await list.getByRole("row", { name: /Quarry path/ }).click();
    await expect(page).toHaveURL(/\/desk\/record\//);
    await expect(page.locator("h1")).toContainText("Completion");
  });

  await test.step("by organisation the released columns alone", async () => {
    await page.goto(`${hub.address}/desk/totals`);
    await page.getByRole("radio", { name: "Organisation", exact: true }).click();
    await expect(table.getByRole("row", { name: /^Demo Operator North/ })).toContainText("11,600");
    await expect(table).not.toContainText("Opening");
  });

  await test.step("as known before anything was received there is nothing, and it says so", async () => {
    await page.getByRole("radio", { name: "District and class" }).click();
    await page.locator("#known").fill(await ago(page, 2_000));
    await expect(page.locator(".past-strip")).toContainText("As known on");
    await expect(row).toHaveCount(0);
    await page.locator("#known").fill("");
    await expect(row).toContainText("−11,600");
    await expect(page.locator(".past-strip")).toHaveCount(0);
  });

  await test.step("the table is saved with its marks and what its figures are", async () => {
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as CSV" }).click();
    const file = await saving;
    expect(file.suggestedFilename()).toMatch(/^DEMO_land-release_/);
    const text = await (await file.createReadStream()).toArray().then((parts) => Buffer.concat(parts).toString("utf8"));
    const lines = text.replace("\ufeff", "").trim().split("\r\n");
    expect(lines[0]).toMatch(/^DEMO,District,Class,Opening/);
    expect(lines.filter((line) => line !== "").every((line) => line.startsWith("DEMO,"))).toBe(true);
    expect(text).toContain("-11600.");
    expect(text).toContain("WGS 84");
    expect(text).toContain("log entry");
  });
});

test("the statement of an area names who signed each movement", async ({ browser, hub }) => {
  const page = await desk(browser, hub.address, "Ash");
  await page.goto(`${hub.address}/desk/records`);
  await page.getByRole("row", { name: /Quarry path/ }).click();
  const statement = page.locator(".statement");
  const cleared = statement.getByRole("row", { name: /cleared.*−11,600 m²/ }).first();
  await expect(cleared).toContainText(/Fern|Rowan/);
  await expect(cleared).toContainText("Ash, Bell");
  await expect(statement.getByRole("row", { name: /counts/ }).first()).toBeVisible();
  await statement.locator("#known").fill(await ago(page, 2_000));
  await expect(statement).not.toContainText("Ash, Bell");
});

test("the map of a past day wears a grey frame and its date until one goes back", async ({ browser, hub }) => {
  const page = await desk(browser, hub.address, "Ash");
  const tiles: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/tiles/all/")) tiles.push(request.url());
  });
  await page.goto(`${hub.address}/desk/map`);
  await expect.poll(() => tiles.some((url) => url.includes("upto="))).toBe(true);
  await page.getByRole("button", { name: "Look at a past day" }).click();
  const day = await ago(page, 100);
  await page.locator("#time-day").fill(day);
  await expect(page.locator(".map-past")).toBeVisible();
  await expect(page.locator(".map-top .pill")).toContainText("The past: true on");
  await expect.poll(() => tiles.some((url) => url.includes(`&on=${day}`) && url.includes("known="))).toBe(true);
  await page.getByRole("radio", { name: "on that day" }).click();
  await expect(page.locator(".map-top .pill")).toContainText("as known on");
  // By the keyboard: one day forward.
  await page.locator("#time-slider").focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("#time-day")).toHaveValue(await ago(page, 99));
  tiles.length = 0;
  await page.getByRole("button", { name: "Back to the present" }).click();
  await expect(page.locator(".map-past")).toHaveCount(0);
  await expect(page.locator(".map-top .pill")).toContainText("As known on");
  await expect.poll(() => tiles.some((url) => url.includes("upto="))).toBe(true);
});
