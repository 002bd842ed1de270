// A coordinator changes a hazardous area as a whole: enlarges it, puts it in another class, opens it again. Each says
// before the press how many people it takes, and what adds danger is on the map before anybody has approved it.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { atTheDesk, entry, read } from "../support/people.ts";

/** Opens a change of the area with this number, from the menu on its page. */
async function begin(desk: Page, number: string, change: string): Promise<void> {
  await desk.goto("/desk/records");
  await desk.locator("#search").fill(number);
  await desk.getByRole("row", { name: new RegExp(number) }).click({ timeout: 30_000 });
  await desk.getByRole("navigation", { name: "Change this area" }).getByRole("link", { name: change }).click();
  await expect(desk.getByRole("heading", { level: 1, name: change })).toBeVisible({ timeout: 30_000 });
}

async function sign(desk: Page, why: string): Promise<void> {
  const press = desk.getByRole("button", { name: "Sign and send" });
  await press.click();
  await expect(desk.getByText(/Why it is changed: /).first()).toBeVisible();
  await desk.getByLabel("Why it is changed").fill(why);
  await press.click();
  await expect(desk).toHaveURL(/\/desk\/record\//, { timeout: 30_000 });
}

/** The figures in m² of a text, in its order. */
const areas = (text: string): number[] => [...text.matchAll(/([\d,]+) m²/g)].map((found) => Number(found[1].replace(/,/g, "")));

const ONE = "It then waits for one other person's approval.";

test("an area is enlarged by drawing around it, and takes one", async ({ browser, hub }) => {
  const desk = await atTheDesk(browser, hub, "Ash");
  await begin(desk, "0129", "Enlarge");
  const ground = desk.locator("#field-ground");
  const [before] = areas(await ground.locator("> .place").innerText());
  await ground.getByRole("radio", { name: /Draw on the map/ }).click();
  // The first corner is not under the card of the outline's m²: it is pressed again to close.
  const canvas = desk.locator(".draw-map .maplibregl-canvas");
  await canvas.scrollIntoViewIfNeeded();
  await desk.waitForTimeout(1_500);
  await desk.getByRole("button", { name: "Draw anew" }).click();
  await canvas.scrollIntoViewIfNeeded();
  const box = (await canvas.boundingBox())!;
  for (const [x, y] of [[0.85, 0.88], [0.1, 0.88], [0.1, 0.2], [0.85, 0.2], [0.85, 0.88]] as const) {
    await desk.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: 3 });
    await desk.mouse.click(box.x + box.width * x, box.y + box.height * y, { delay: 40 });
    await desk.waitForTimeout(150);
  }
  if (process.env.SAFELANE_PICTURES) await desk.screenshot({ path: `${process.env.SAFELANE_PICTURES}/enlarge.png` });
  await expect(ground.locator("> .place")).toContainText("4 points");
  await expect(desk.getByText(ONE)).toBeVisible();
  await sign(desk, "Two craters beyond the edge");

  const bell = await atTheDesk(browser, hub, "Bell");
  await bell.goto("/desk/review");
  await read(bell, /0129/);
  const [was, becomes] = areas(await bell.locator(".desk-panel .facts").first().innerText());
  expect(was).toBe(before);
  expect(becomes).toBeGreaterThan(before);
  await bell.locator(".judge").getByRole("button", { name: /^Approve/ }).click();
  await expect(entry(bell, /0129/)).toHaveCount(0, { timeout: 30_000 });
});

test("a higher class takes one, a lower one two", async ({ browser, hub }) => {
  const desk = await atTheDesk(browser, hub, "Ash");
  await begin(desk, "0129", "Change class");
  await desk.getByRole("radio", { name: "Indication" }).click();
  await expect(desk.getByText(ONE)).toHaveCount(0);
  await desk.getByRole("radio", { name: "Confirmed (CHA)" }).click();
  await expect(desk.getByText(ONE)).toBeVisible();
  await desk.locator("#field-evidence").getByRole("radio", { name: "Direct", exact: true }).click();
  await desk.locator("#field-direct_evidence").getByText("Seen", { exact: true }).click();
  await sign(desk, "A mine was seen");
  const bell = await atTheDesk(browser, hub, "Bell");
  await bell.goto("/desk/review");
  await read(bell, /0129/);
  await expect(bell.locator(".desk-panel .facts")).toContainText("Confirmed (CHA)");
});

test("an area is opened again from its day on", async ({ browser, hub }) => {
  const desk = await atTheDesk(browser, hub, "Ash");
  await begin(desk, "0129", "Open again");
  await expect(desk.getByText(ONE)).toBeVisible();
  await sign(desk, "A flood moved the ground");
  const bell = await atTheDesk(browser, hub, "Bell");
  await bell.goto("/desk/review");
  await read(bell, /0129/);
  await expect(bell.locator(".desk-panel .facts")).toContainText("A flood moved the ground");
});
