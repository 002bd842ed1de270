// The desk: two people review what came in, and what they sign changes the queue and the totals of both at once.

import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { inTheField, phone } from "../support/people.ts";

/** Signs in by one tap of the demo and waits for the queue. */
async function desk(browser: Browser, address: string, person: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${address}/sign-in`);
  await page.getByRole("button", { name: new RegExp(`^${person}`) }).click({ timeout: 60_000 });
  await expect(page).toHaveURL(/\/desk/, { timeout: 60_000 });
  await expect(page.locator(".desk-list").getByText(/\d+ waiting/)).toBeVisible({ timeout: 60_000 });
  return page;
}

const entry = (page: Page, text: string) => page.locator(".desk-list .queue-entry", { hasText: text });

async function open(page: Page, text: string): Promise<void> {
  await entry(page, text).click();
  await expect(entry(page, text)).toHaveAttribute("aria-current", "true");
  await expect(page.locator(".desk-panel .facts").first()).toBeVisible();
}

test("two people review: approve, return, choose between versions, cancel", async ({ browser, hub }) => {
  const ash = await desk(browser, hub.address, "Ash");
  const bell = await desk(browser, hub.address, "Bell");

  await test.step("progress is approved by one key and leaves the hazard whole (S3)", async () => {
    await open(ash, "Section 1 · worked 190");
    const hazard = ash.locator(".desk-panel .fact", { has: ash.getByText("Hazard", { exact: true }) });
    await expect(hazard).toContainText("20,000 m², no change");
    await ash.keyboard.press("a");
    await expect(entry(ash, "Section 1 · worked 190")).toHaveCount(0);
  });

  await test.step("a report is returned with a comment on an answer", async () => {
    await open(ash, "Section 3 · worked 246");
    await ash.keyboard.press("r");
    await ash.locator("#return-field").selectOption("lanes.3");
    await ash.locator("#return-text").fill("Lane 4: 39 m, or 3.9 m?");
    await ash.getByRole("button", { name: "Send it back" }).click();
    await expect(entry(ash, "Section 3 · worked 246")).toHaveCount(0);
  });

  await test.step("of two versions one is taken and the other returned", async () => {
    await open(ash, "Reed · hazard 12,900");
    await expect(ash.locator(".desk-panel")).toContainText("Other version, by Rowan");
    await ash.locator(".judge").getByRole("button", { name: /Take this version/ }).click();
    await expect(entry(ash, "Islet")).toHaveCount(0);
  });

  await test.step("what cannot be approved yet says why and offers only the return", async () => {
    await open(ash, "Ford East · Section 1 · clears");
    await expect(ash.locator(".judge")).toContainText("A strip is left out");
    await expect(ash.locator(".judge .panel-foot button")).toHaveCount(1);
  });

  await test.step("a cancellation has no key: the second person presses the whole sentence", async () => {
    await open(bell, "cancels 18,400");
    await bell.keyboard.press("a");
    const sentence = bell.locator(".judge").getByRole("button", { name: "Cancel 18,400 m² of Hill Farm" });
    await expect(sentence).toBeEnabled();
    await sentence.click();
    await expect(entry(bell, "cancels 18,400")).toHaveCount(0);
    await expect(entry(ash, "cancels 18,400")).toHaveCount(0);
  });

  await test.step("the totals follow", async () => {
    await bell.goto(`${hub.address}/desk/totals`);
    await expect(bell.getByRole("row", { name: /^Upper Lane Suspected/ })).toContainText("−18,400");
  });
});

test("a coordinator makes a task on the form that every kind has, and the section works by it", async ({ browser, hub }) => {
  const ash = await desk(browser, hub.address, "Ash");
  await ash.goto(`${hub.address}/desk/tasks`);
  // Names of areas and teams, though the page was opened before this device had any.
  await expect(ash.getByRole("row", { name: /^Road Bend/ })).toContainText(/Road Bend.*Section 3/);
  await ash.getByRole("link", { name: "New: Task" }).click();
  await ash.locator("#field-name").fill("Ridge");
  await ash.getByRole("radio", { name: "Clearance", exact: true }).click();
  await ash.getByRole("radio", { name: "Issued" }).click();
  await ash.getByRole("checkbox", { name: /Road Bend/ }).click();
  await ash.getByRole("checkbox", { name: "Section 3" }).click();
  await ash.getByRole("button", { name: "Sign and send to the teams" }).click();
  // A clearance wants its depth: nothing is signed, and the line leads to the field.
  await expect(ash.getByRole("alert").getByText(/Required depth/)).toBeVisible();
  await ash.locator("#field-required_depth").fill("20");
  await ash.locator("#field-lane_width").fill("1.5");
  const ground = ash.locator("#field-ground");
  await ground.getByRole("radio", { name: "Coordinates" }).click();
  await ash.locator("#field-ground-text").fill("38.5620 S 24.1700 W\n38.5620 S 24.1690 W\n38.5630 S 24.1690 W\n38.5630 S 24.1700 W");
  await expect(ground).toContainText(/9,6\d\d m²/);
  await ash.locator("#field-emergency_radio").fill("DEMO Harbour, channel 4");
  await ash.getByRole("button", { name: "Sign and send to the teams" }).click();
  await expect(ash.getByRole("heading", { name: /Ridge · DEMO-/ })).toBeVisible({ timeout: 40_000 });

  const fern = await inTheField(await phone(browser, hub), "Fern");
  await expect(fern.getByText(/left to work 9,6\d\d m²/)).toBeVisible();
  await fern.getByRole("button", { name: "Emergency" }).first().click();
  await expect(fern.getByText("DEMO Harbour, channel 4")).toBeVisible();
  await fern.keyboard.press("Escape");
  // Two tasks: the report asks for which.
  await fern.getByRole("button", { name: "Daily progress" }).click();
  await fern.getByText("Ridge").last().click();
  await expect(fern.getByText("lanes 1.5 m wide · to 20 cm (task order)")).toBeVisible();
});

test("two versions become one: together, signed, approved by somebody else", async ({ browser, hub }) => {
  const ash = await desk(browser, hub.address, "Ash");
  const bell = await desk(browser, hub.address, "Bell");
  const sign = ash.getByRole("button", { name: "Sign in place of all versions" });
  const outline = ash.getByRole("radiogroup", { name: "Outline" });

  await test.step("side by side, with m² gained and lost, and no choice made for the person", async () => {
    await open(ash, "Reed · hazard 12,900");
    await ash.locator(".desk-panel").getByRole("link", { name: "Choose or combine" }).click();
    await expect(outline.getByRole("radio").first()).toContainText("12,900 m²+ 900 m², − 0 m²");
    await expect(outline.getByRole("radio").nth(1)).toContainText("11,400 m²+ 0 m², − 600 m²");
    await expect(outline.getByRole("radio", { checked: true })).toHaveCount(0);
    await expect(ash.locator(".combine-foot")).toContainText("2 answers still wait");
    await expect(sign).toBeDisabled();
  });

  await test.step("leaving out what somebody reported takes two people; both together takes one", async () => {
    await outline.getByRole("radio").nth(1).click();
    await expect(ash.locator(".combine-foot")).toContainText("the outline leaves out ground");
    await outline.getByRole("radio", { name: /^All versions together/ }).click();
    await expect(ash.locator(".combine-foot")).toContainText("Taken: 12,900 m²");
    await expect(ash.locator(".combine-foot")).toContainText("one other person's approval");
  });

  await test.step("what was chosen is there again after the page was closed", async () => {
    await ash.reload();
    await expect(outline.getByRole("radio", { checked: true })).toContainText("All versions together", { timeout: 60_000 });
    await expect(ash.locator(".combine-foot")).toContainText("1 answer still waits");
  });

  await test.step("signed, it waits in one line for somebody else, and then alone stands", async () => {
    await ash.getByRole("radiogroup", { name: "Date of this change" }).getByRole("radio").nth(1).click();
    await sign.click();
    await expect(ash).toHaveURL(/\/desk\/record\//, { timeout: 40_000 });
    await expect(entry(bell, "Islet")).toHaveCount(1);
    await open(bell, "Ash · hazard 12,900");
    await bell.keyboard.press("a");
    await expect(entry(bell, "Islet")).toHaveCount(0);
    await expect(ash.getByText("stands ·")).toHaveCount(1);
    await expect(ash.locator(".desk-middle")).not.toContainText("two versions");
  });
});

test("versions that change while they are read are not signed over", async ({ browser, hub }) => {
  const ash = await desk(browser, hub.address, "Ash");
  const bell = await desk(browser, hub.address, "Bell");
  await open(ash, "Reed · hazard 12,900");
  await ash.locator(".desk-panel").getByRole("link", { name: "Choose or combine" }).click();
  await ash.getByRole("radiogroup", { name: "Outline" }).getByRole("radio").first().click();
  await open(bell, "Rowan · less hazard 11,400");
  await bell.keyboard.press("r");
  await bell.locator("#return-text").fill("Which bank of the stream?");
  await bell.getByRole("button", { name: "Send it back" }).click();
  await expect(ash.getByText("Changed while you were reading")).toBeVisible();
  await expect(ash.getByRole("button", { name: "Sign in place of all versions" })).toBeDisabled();
  await ash.getByRole("button", { name: "I have read what is new" }).click();
  await expect(ash.getByText("This record has one version")).toBeVisible();
});
