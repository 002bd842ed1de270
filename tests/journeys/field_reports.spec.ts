// What a phone records without a network beside the day's progress: an item with its photo, an accident, a
// civilian-risk zone. All of it reaches the desk, the photo too, and nothing of the phone's metadata with it.

import { expect, test } from "../support/fixtures.ts";
import { PLACE_IN_METADATA, atTheDesk, cameraPhoto, choose, entry, inTheField, newFix, phone, read } from "../support/people.ts";

test("an item with its photo, an accident and a risk zone, recorded without a network, arrive at the desk", async ({ browser, hub }) => {
  test.setTimeout(180_000);
  const context = await phone(browser, hub);
  let page = await inTheField(context, "Fern");
  const photo = await cameraPhoto(page);
  await context.setOffline(true);
  const send = async () => {
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page.getByRole("button", { name: "Item found" })).toBeVisible();
  };
  const next = () => page.getByRole("button", { name: /^Next/ }).last().click();

  await test.step("an item in under twenty seconds, its photo with it", async () => {
    const began = Date.now();
    await page.getByRole("button", { name: "Item found" }).click();
    await page.locator(".kind-card", { hasText: "Booby trap" }).click();
    await next();
    await page.getByRole("radio", { name: "12 cm" }).click();
    await newFix(page);
    await expect(page.locator(".place")).toContainText("38");
    await next();
    await page.getByRole("radio", { name: "Left marked" }).click();
    await page.locator("#field-photos").setInputFiles({ name: "no.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no photo") });
    await expect(page.locator(".slot", { has: page.locator("#field-photos") }).getByRole("alert")).toBeVisible();
    await page.locator("#field-photos").setInputFiles(photo);
    await expect(page.locator(".thumbnail img")).toHaveCount(1);
    expect(Date.now() - began).toBeLessThan(20_000);

    // The tab is closed in the middle: the photo is still there.
    await page.close();
    page = await context.newPage();
    await page.goto("/field/today");
    await page.getByText("Draft saved").first().click();
    await expect(page.locator(".thumbnail img")).toHaveJSProperty("naturalWidth", 2048);
    await send();
  });

  await test.step("an accident of which nobody knows more than that it was, and roughly where", async () => {
    await page.goto("/field/new/accident");
    await choose(page, "event", "Unknown");
    await choose(page, "cause", "Unknown");
    await next();
    await page.locator("#field-place").getByRole("button", { name: "Type" }).click();
    await page.locator("#field-place-typed").fill("38.56 S 24.16 W");
    for (let step = 0; step < 3; step += 1) await next();
    await send();
  });

  await test.step("a risk zone in which most is unknown", async () => {
    await page.goto("/field/new/civilian-risk-zone");
    await page.locator("#field-name").fill("Wood path");
    await choose(page, "basis", "Other");
    await choose(page, "threat", "Unknown");
    await next();
    await choose(page, "ground", "Coordinates");
    await page.locator("#field-ground-text").fill("38.560 S 24.165 W\n38.560 S 24.164 W\n38.561 S 24.164 W");
    await next();
    await choose(page, "groups", "Unknown");
    for (const figure of await page.getByRole("checkbox", { name: /: Unknown$/ }).all()) await figure.click();
    await choose(page, "reasons", "Unknown");
    await choose(page, "alternatives", "Unknown");
    await next();
    await choose(page, "marking", "Unknown");
    await choose(page, "advice", "None");
    while (await page.getByRole("button", { name: /^Next/ }).count()) await next();
    await send();
  });

  await expect(page.getByText("Items still in the ground")).toBeVisible();
  await page.goto("/field/sending");
  await expect(page.getByText(/Not sent yet.*\(3 records\)/)).toBeVisible();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /to a file/ }).click()]);
  expect(file.suggestedFilename()).toMatch(/^DEMO_unsent-.*\.json$/);

  const ash = await atTheDesk(browser, hub, "Ash");
  await expect(entry(ash, "Wood path")).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByText("Photos 1 of 1")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/Nothing waits/)).toBeVisible();

  await test.step("at the desk", async () => {
    await read(ash, /Booby trap/);
    const shown = ash.locator(".desk-panel img.photo");
    await expect(shown).toHaveJSProperty("naturalWidth", 2048);
    const kept = await (await ash.request.get((await shown.getAttribute("src")) as string)).body();
    expect(photo.buffer.includes(PLACE_IN_METADATA)).toBe(true);
    expect(kept.includes(PLACE_IN_METADATA)).toBe(false);
    await read(ash, "Wood path");
    await expect(ash.locator(".desk-panel")).toContainText(/Women\s*Unknown/);
    await read(ash, /Accident or incident/);
    await expect(ash.locator(".desk-panel")).toContainText("38.56");
  });
});
