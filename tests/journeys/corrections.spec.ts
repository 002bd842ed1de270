// What happens after sending: a second report of a day, a returned one, one that changes while it is read; a survey.

import type { Page } from "@playwright/test";

import { expect, test as base } from "../support/fixtures.ts";
import { Hub } from "../support/hub.ts";
import { atTheDesk, choose, entry, inTheField, phone, read, totals } from "../support/people.ts";

/** The demo as of yesterday, so that today's report is not there yet. */
const test = base.extend<{ hub: Hub }>({
  hub: async ({}, use) => {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const hub = await Hub.start("demo", ["--as-of", yesterday]);
    await use(hub);
    await hub.remove();
  },
});

const next = (page: Page) => page.getByRole("button", { name: /^Next/ }).last().click();
const send = (page: Page) => page.getByRole("button", { name: "Send", exact: true }).click();

/** Leaves a form in its middle and comes back in a new tab. */
async function closeTheTab(page: Page): Promise<Page> {
  await expect(page.getByText("Draft saved")).toBeVisible();
  const context = page.context();
  await page.close();
  const again = await context.newPage();
  await again.goto("/field/today");
  await again.getByText("Draft saved").first().click();
  return again;
}

test("a day of 0 m² in four taps, corrected while it is read, returned, mended and sent again", async ({ browser, hub }) => {
  test.setTimeout(180_000);
  const context = await phone(browser, hub);
  const page = await inTheField(context, "Fern");
  const progress = page.getByRole("button", { name: "Daily progress" });

  await test.step("four taps", async () => {
    await context.setOffline(true);
    await progress.click();
    await page.getByRole("button", { name: "No work today (0 m²)" }).click();
    await page.getByRole("radio", { name: "Weather" }).click();
    await page.getByRole("button", { name: /^Send: 0 m², Weather/ }).click();
    await expect(page.getByText(/waiting to send/i).first()).toBeVisible();
    await context.setOffline(false);
  });
  const ash = await atTheDesk(browser, hub, "Ash");
  const line = entry(ash, "Road Bend · Section 3 · worked 0 m²");
  await expect(line).toHaveCount(1, { timeout: 30_000 });
  await read(ash, "Road Bend · Section 3 · worked 0 m²");
  await expect(ash.locator(".desk-panel")).toContainText("Weather");

  await test.step("a second report of the day opens the first", async () => {
    await progress.click();
    await expect(page.getByText("This day has a report already: you are correcting it.")).toBeVisible();
    await page.getByRole("radio", { name: "Medical" }).click();
    await page.getByRole("button", { name: /^Send: 0 m², Medical/ }).click();
  });

  await test.step("what was sent while somebody read it is not signed over", async () => {
    await expect(ash.getByText("Changed while you were reading")).toBeVisible({ timeout: 30_000 });
    await expect(ash.locator(".judge").getByRole("button", { name: /^Approve/ })).toHaveCount(0);
    await ash.getByRole("button", { name: "Read the newer version" }).click();
    await expect(ash.locator(".desk-panel")).toContainText("Medical");
    await expect(line).toHaveCount(1);
  });

  await test.step("the team sees the comment beside its answer, mends it and sends it again", async () => {
    await ash.locator(".judge").getByRole("button", { name: /^Return/ }).click();
    await ash.locator("#return-field").selectOption("stand_down");
    await ash.locator("#return-text").fill("The medic was there. Was it the rain?");
    await ash.getByRole("button", { name: "Send it back" }).click();
    await expect(line).toHaveCount(0);
    const returned = page.locator(".card", { hasText: "Was it the rain?" });
    await expect(returned).toBeVisible({ timeout: 30_000 });
    await returned.click();
    await page.getByRole("button", { name: "Correct" }).click();
    await expect(page.getByText("Was it the rain?")).toBeVisible();
    await page.getByRole("radio", { name: "Weather" }).click();
    await page.getByRole("button", { name: /^Send: 0 m², Weather/ }).click();
    await expect(line).toHaveCount(1, { timeout: 30_000 });
    await expect(line).toContainText("sent again");
    await read(ash, "Road Bend · Section 3 · worked 0 m²");
    await ash.locator(".judge").getByRole("button", { name: /^Approve/ }).click();
    await expect(line).toHaveCount(0, { timeout: 20_000 });
  });
});

test("a survey finds a hazardous area, through a closed tab: danger at once, in the totals when somebody else approves", async ({ browser, hub }) => {
  test.setTimeout(180_000);
  const ash = await atTheDesk(browser, hub, "Ash");
  const before = await totals(ash);
  const context = await phone(browser, hub);
  let page = await inTheField(context, "Reed");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Survey report" }).click();
  await choose(page, "survey_type", "Field");
  await choose(page, "methods", "Key informants", "Site inspection");
  await next(page);
  await page.locator("#field-evidence").getByRole("button", { name: "Add" }).click();
  await choose(page, "evidence.0.directness", "Indirect");
  await choose(page, "evidence.0.indirect_evidence", "Verbal reports");
  await next(page);
  await choose(page, "outlines.0.outcome", "New SHA");
  await choose(page, "outlines.0.contamination", "AP mine");
  await choose(page, "outlines.0.ground", "Coordinates");
  await page.locator("#field-outlines-0-ground-text").fill("38.530 S 24.160 W\n38.530 S 24.159 W\n38.531 S 24.159 W\n38.531 S 24.160 W");
  page = await closeTheTab(page);
  await expect(page.locator("#field-outlines-0-ground")).toContainText("9,679 m²");
  while (await page.getByRole("button", { name: /^Next/ }).count()) await next(page);
  await send(page);
  await expect(page.getByText(/waiting to send/i).first()).toBeVisible();
  await context.setOffline(false);

  const line = /Hill Farm survey · Survey 1 · hazard 9,679 m²/;
  await expect(entry(ash, line)).toHaveCount(1, { timeout: 30_000 });
  await read(ash, line);
  await expect(ash.locator(".desk-panel")).toContainText("Verbal reports");
  expect((await totals(ash)).closing).toBe(before.closing);
  await ash.locator(".judge").getByRole("button", { name: /^Approve/ }).click();
  await expect(entry(ash, line)).toHaveCount(0, { timeout: 20_000 });
  const after = await totals(ash);
  expect(Math.round((after.closing - before.closing) / 100)).toBe(9_679);
});

test("a completion by typed coordinates is there again after the tab was closed", async ({ browser, hub }) => {
  test.setTimeout(120_000);
  const context = await phone(browser, hub);
  let page = await inTheField(context, "Fern");
  await context.setOffline(true);
  await page.goto("/field/new/completion");
  await page.getByRole("heading", { name: /Road Bend/ }).click();
  await next(page);
  await choose(page, "parts-0-ground", "Coordinates");
  await page.locator("#field-parts-0-ground-text").fill("38.5620 S 24.1700 W\n38.5620 S 24.1697 W\n38.5623 S 24.1697 W\n38.5623 S 24.1700 W");
  const area = await page.locator("#field-parts-0-ground").getByText(/^\d+ m²/).first().textContent();
  page = await closeTheTab(page);
  await expect(page.locator("#field-parts-0-ground")).toContainText(area as string);
});

