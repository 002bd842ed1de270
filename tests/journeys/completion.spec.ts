// A completion of a part of a task, by bearing and distance from the benchmark: two people release the ground.

import { expect, test } from "../support/fixtures.ts";
import { atTheDesk, choose, entry, inTheField, phone, read, totals } from "../support/people.ts";

test("a completion by bearing and distance takes two people, and then the totals move", async ({ browser, hub }) => {
  test.setTimeout(180_000);
  const context = await phone(browser, hub);
  const page = await inTheField(context, "Fern");
  await context.setOffline(true);

  await page.goto("/field/new/completion");
  await page.getByRole("heading", { name: /Road Bend/ }).click();
  const next = () => page.getByRole("button", { name: /^Next/ }).last().click();
  await expect(page.getByText(/Worked .* left to work/)).toBeVisible();
  await next();
  const part = "parts-0-ground";
  await choose(page, part, "Bearing and distance");
  await page.locator(`#field-${part}-approach`).fill("90 60\n0 50");
  await page.locator(`#field-${part}-legs`).fill("90 30\n0 80\n270 30\n180 80");
  await expect(page.locator(`#field-${part}`)).toContainText("2,400 m²");
  await expect(page.locator(`#field-${part}`)).not.toContainText("sketch)");
  while (await page.getByRole("button", { name: /^Next/ }).count()) {
    if (await page.locator("#field-items_dealt_with").count()) await choose(page, "items_dealt_with", "Yes");
    await next();
  }
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText(/waiting to send/i).first()).toBeVisible();
  await context.setOffline(false);

  // One desk after the other: two maps drawn without a graphics card would only wait for each other.
  const line = /clears 2,400 m²/;
  const ash = await atTheDesk(browser, hub, "Ash");
  const before = await totals(ash);
  await expect(entry(ash, line)).toHaveCount(1, { timeout: 30_000 });
  await read(ash, line);
  await ash.locator(".judge").getByRole("button", { name: "Reviewed: pass on to an approver" }).click();
  await expect(entry(ash, line)).toContainText("reviewed by Ash", { timeout: 20_000 });
  expect(await totals(ash)).toEqual(before);
  await ash.context().close();

  const bell = await atTheDesk(browser, hub, "Bell");
  await read(bell, line);
  await bell.locator(".judge").getByRole("button", { name: /^Release 2,400 m² of Road Bend as cleared/ }).click();
  await expect(entry(bell, line)).toHaveCount(0, { timeout: 20_000 });

  const after = await totals(bell);
  const cleared = after.cleared - before.cleared;
  expect(Math.abs(cleared - 240_000)).toBeLessThan(200);
  expect(after.closing).toBe(before.closing - cleared);
});
