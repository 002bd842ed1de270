// A coordinator splits a hazardous area along a line; the m² of both parts are shown before, and two others approve it.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";

test.use({ viewport: { width: 1440, height: 1000 } });

async function enter(page: Page, name: RegExp): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("button", { name }).click({ timeout: 60_000 });
  await expect(page).toHaveURL(/\/desk/, { timeout: 60_000 });
}

/** The m² of a line of the figures. */
async function figure(page: Page, name: string): Promise<number> {
  const row = page.locator(".split-figures").locator("div, dl").filter({ hasText: name }).last();
  const text = await row.innerText();
  return Number(text.replace(name, "").replace(/[^\d]/g, ""));
}

test("an area is split, and as much remains as before", async ({ page, hub }) => {
  await enter(page, /^Ash/);
  await page.goto("/desk/records");
  await page.locator("#search").fill("0129");
  await page.getByRole("row", { name: /0129/ }).click({ timeout: 30_000 });
  await page.getByRole("navigation", { name: "Change this area" }).getByRole("link", { name: "Split" }).click();
  await expect(page.locator(".map canvas").first()).toBeVisible({ timeout: 30_000 });
  await page.waitForTimeout(1_500);
  const box = (await page.locator(".maplibregl-canvas").boundingBox())!;
  const line = page.locator("#split-line");

  await test.step("a line that ends inside says so", async () => {
    for (const [x, y] of [[0.5, 0.02], [0.5, 0.5]]) await page.mouse.click(box.x + box.width * x, box.y + box.height * y, { delay: 40 });
    await expect(line).toHaveValue(/\n/);
    await expect(page.getByText("The line begins or ends inside the area.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Split in two" })).toBeDisabled();
  });

  await test.step("taken across, both parts are shown before the press", async () => {
    await page.mouse.click(box.x + box.width * 0.5, box.y + box.height * 0.98, { delay: 40 });
    await expect(page.locator(".split-figures")).toBeVisible();
    const [before, kept, other] = [await figure(page, "Remains now"), await figure(page, "Keeps the number"), await figure(page, "New hazardous area")];
    expect(before).toBeGreaterThan(0);
    expect(Math.abs(kept + other - before)).toBeLessThanOrEqual(1);
    expect(await figure(page, "Both together")).toBe(before);
  });

  await page.getByLabel(/Name of the new/).fill("Wood path, far side");
  await page.getByLabel("Why it is split").fill("The path parts it");
  if (process.env.SAFELANE_PICTURES) await page.screenshot({ path: `${process.env.SAFELANE_PICTURES}/split.png` });
  await page.getByRole("button", { name: "Split in two" }).click();
  await expect(page).toHaveURL(/\/desk\/record\//, { timeout: 30_000 });

  await test.step("the queue has one line for both, for two people", async () => {
    await enter(page, /^Bell/);
    await page.goto("/desk/review");
    await page.locator(".queue-entry").filter({ hasText: "0129" }).first().click({ timeout: 30_000 });
    await expect(page.getByText("Goes over to another hazardous area")).toBeVisible({ timeout: 30_000 });
    if (process.env.SAFELANE_PICTURES) await page.screenshot({ path: `${process.env.SAFELANE_PICTURES}/split-review.png` });
  });
  expect(hub).toBeTruthy();
});
