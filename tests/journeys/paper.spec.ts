// A sheet of paper: a coordinator enters a day's progress that a section wrote, with the photo of the sheet; somebody
// else approves it, and neither who entered it nor who reported it can.

import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { atTheDesk, cameraPhoto, choose, entry, read } from "../support/people.ts";

/** Gives somebody other roles, as an administrator does. */
async function roles(administrator: Page, name: string, given: string[]): Promise<void> {
  const done = await administrator.evaluate(async ([name, given]) => {
    const people = (await (await fetch("/api/people")).json()).items;
    const { person, team, organisation } = people.find((one: { display: string }) => one.display === name);
    const body = JSON.stringify({ roles: given, team, organisation });
    const headers = { "content-type": "application/json" };
    return (await fetch(`/api/people/${person}/roles`, { method: "POST", headers, body })).status;
  }, [name, given] as const);
  expect(done).toBe(204);
}

/** A day so many days ago. */
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** Its line in the queue; BAC 1's sheet, which is the isle's own, is another. */
const sheet = /Section 3 · worked 82 m².*from paper/;

test("a day's progress from a sheet of paper is approved by neither who entered it nor who reported it", async ({ browser, hub }) => {
  test.setTimeout(240_000);
  // Fern leads Section 3 and judges reports too: her own she may not.
  await roles(await atTheDesk(browser, hub, "Stone"), "Fern", ["field", "coordinator"]);
  const ash = await atTheDesk(browser, hub, "Ash");
  const sign = ash.getByRole("button", { name: "Sign and send", exact: true });

  await test.step("a day that is here already is not begun a second time", async () => {
    await ash.goto(`${hub.address}/desk/records`);
    await ash.getByRole("link", { name: "Enter from paper" }).click();
    await ash.getByRole("radio", { name: "Daily progress" }).click({ timeout: 60_000 });
    await ash.getByRole("radio", { name: /Road Bend/ }).click();
    await ash.getByRole("radio", { name: "Section 3" }).click();
    const begin = ash.getByRole("button", { name: "Go on to the form" });
    await expect(begin).toBeDisabled();
    await ash.locator("#paper-day").fill(daysAgo(0));
    await expect(ash.getByText("This day’s report is already here")).toBeVisible();
    await expect(begin).toBeDisabled();
    await ash.locator("#paper-day").fill(daysAgo(200));
    await expect(ash.getByText("This day’s report is already here")).toHaveCount(0);
    await begin.click();
  });

  await test.step("nothing is signed without the photo, or a word about the sheet", async () => {
    await ash.locator("#field-reported_by_person").selectOption({ label: "Fern · Section 3" });
    await ash.locator("#field-lanes-0-length").fill("42");
    await ash.locator("#field-lanes").getByRole("button", { name: "Add" }).click();
    await ash.locator("#field-lanes-1-length").fill("40");
    await expect(ash.locator("#field-lanes-1-lane")).toContainText("2");
    await ash.locator("#field-stated_area").fill("85");
    await choose(ash, "methods", "Manual, detector");
    await choose(ash, "effort-0-method", "Manual, detector");
    await ash.locator("#field-effort-0-people").getByRole("button", { name: "People: one more" }).click();
    await ash.locator("#field-effort-0-time").fill("6");
    await choose(ash, "accidents", "None");
    await choose(ash, "visitors", "None");
    await sign.click();
    const summary = ash.getByRole("alert").filter({ hasText: "Add the photo of the sheet, or say that the sheet is lost" });
    await expect(summary.first()).toBeVisible();
    // Without it, a reason is asked for.
    await choose(ash, "paper", "The sheet is lost");
    await expect(ash.locator("#field-sheet_missing")).toBeVisible();
    await choose(ash, "paper", "Its photo is here");
    await ash.locator("#field-sheet").setInputFiles(await cameraPhoto(ash));
    await expect(ash.locator(".sheet-large")).toHaveJSProperty("naturalWidth", 2048);
    await sign.click();
    await expect(ash).toHaveURL(/\/desk\/record\//, { timeout: 60_000 });
    await expect(ash.locator(".from-paper")).toContainText(/From paper, entered by Ash on .+, reported by Fern/);
  });

  await test.step("neither who entered it nor who reported it can approve it", async () => {
    // On a screen as wide as a desk's she begins at the desk.
    const context = await browser.newContext({ baseURL: hub.address, viewport: { width: 1440, height: 900 } });
    const fern = await context.newPage();
    await fern.goto("/sign-in");
    await fern.getByRole("button", { name: /^Fern/ }).click();
    await fern.waitForURL(/\/desk/, { timeout: 60_000 });
    for (const [page, why] of [[ash, "You wrote this"], [fern, "names you as who reported or entered it"]] as const) {
      await page.goto(`${hub.address}/desk/review`);
      await read(page, sheet);
      await expect(page.locator(".judge")).toContainText(why);
      await expect(page.locator(".judge").getByRole("button", { name: /Approve/ })).toHaveCount(0);
    }
    // Whoever reported it may still say that it is not what the sheet says.
    await expect(fern.locator(".judge").getByRole("button", { name: /Return/ })).toBeVisible();
  });

  await test.step("a third person reads the sheet beside the fields, and approves", async () => {
    const bell = await atTheDesk(browser, hub, "Bell");
    await read(bell, sheet);
    const panel = bell.locator(".desk-panel");
    await expect(panel.locator(".from-paper")).toContainText(/From paper, entered by Ash on .+, reported by Fern/);
    await expect(panel).toContainText("82 m²");
    await expect(panel).toContainText("85 m²");
    await panel.locator(".sheet-open").click();
    await expect(bell.locator(".sheet-beside img")).toHaveJSProperty("naturalWidth", 2048);
    await expect(bell.locator(".sheet-beside").getByRole("link", { name: "Open the sheet at full size" })).toHaveAttribute("href", /^\/api\/media\/[0-9a-f]{64}$/);
    await bell.getByRole("button", { name: "Back to the map" }).click();
    await expect(bell.locator(".sheet-beside")).toHaveCount(0);
    await bell.keyboard.press("a");
    await expect(entry(bell, sheet)).toHaveCount(0);
    await expect(entry(ash, sheet)).toHaveCount(0);
  });
});
