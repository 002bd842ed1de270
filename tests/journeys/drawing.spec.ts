// A coordinator draws an outline on the desk's map, mends it, and crosses it.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";

/** Presses the map at a share of its width and height. */
async function press(page: Page, x: number, y: number): Promise<void> {
  const box = (await page.locator(".draw-map .maplibregl-canvas").boundingBox())!;
  await page.mouse.move(box.x + box.width * x - 3, box.y + box.height * y - 3);
  await page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: 3 });
  await page.mouse.click(box.x + box.width * x, box.y + box.height * y, { delay: 40 });
  await page.waitForTimeout(150);
}

test.use({ viewport: { width: 1440, height: 1100 } });

test("an outline is drawn, dragged, taken back and crossed", async ({ page }) => {
  const drawing: string[] = [];
  page.on("request", (request) => {
    if (/\/draw-[0-9a-f]+\.js/.test(request.url())) drawing.push(request.url());
  });
  await page.goto("/sign-in");
  await page.getByRole("button", { name: /^Ash/ }).click({ timeout: 60_000 });
  await expect(page).toHaveURL(/\/desk/, { timeout: 60_000 });
  await page.goto("/desk/new/hazardous-area");
  await page.getByRole("radio", { name: "Suspected (SHA)" }).click({ timeout: 60_000 });
  await expect(page.locator("#field-ground")).toBeVisible();
  expect(drawing).toEqual([]);
  await page.locator("#field-ground").getByRole("radio", { name: /Draw on the map/ }).click();
  await page.locator(".draw-map .maplibregl-canvas").scrollIntoViewIfNeeded();
  await expect.poll(() => drawing.length).toBe(1);
  await page.waitForTimeout(1_500);

  const summary = page.locator("#field-ground > .place");
  const undo = page.locator(".draw-ground").getByRole("button", { name: /Undo|Take back|back/ }).first();
  const corners: [number, number][] = [[0.3, 0.3], [0.6, 0.3], [0.6, 0.6], [0.3, 0.6]];
  for (const [x, y] of corners) await press(page, x, y);
  await expect(summary).toContainText("No outline yet");
  await press(page, 0.3, 0.3);
  await expect(summary).toContainText("4 points");
  await expect(summary).toContainText(/[1-9][\d,]* m²/);
  const square = await summary.innerText();

  await test.step("a corner is dragged, and taken back", async () => {
    const box = (await page.locator(".draw-map .maplibregl-canvas").boundingBox())!;
    const at = (x: number, y: number) => [box.x + box.width * x, box.y + box.height * y] as const;
    await page.mouse.move(...at(0.6, 0.6));
    await page.mouse.down();
    await page.mouse.move(...at(0.68, 0.68), { steps: 8 });
    await page.mouse.up();
    await expect(summary).not.toHaveText(square);
    await undo.click();
    await expect(summary).toHaveText(square);
  });

  await test.step("an outline that crosses itself has the problem that a typed one has", async () => {
    await page.getByRole("button", { name: "Draw anew" }).click();
    await expect(summary).toContainText("No outline yet");
    for (const [x, y] of [corners[0], corners[2], corners[1], corners[3]]) await press(page, x, y);
    await press(page, ...corners[0]);
    await expect(page.locator("#field-ground .field-problem")).toBeVisible();
  });
});
