// The office server comes back from an older copy: a phone stops saying "received" and offers everything again.

import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";

import { expect, test } from "../support/fixtures.ts";
import { binary } from "../support/hub.ts";
import { atTheDesk, cameraPhoto, entry, inTheField, newFix, phone } from "../support/people.ts";

const run = promisify(execFile);

test("after a restore the phone offers again what the older copy does not have, the photo too", async ({ browser, hub }) => {
  test.setTimeout(180_000);
  const context = await phone(browser, hub);
  const page = await inTheField(context, "Fern");
  const copy = `${hub.data}-copy`;
  await run(binary, ["backup", "--data", hub.data, "--to", copy]);

  await page.getByRole("button", { name: "Item found" }).click();
  await page.locator(".kind-card", { hasText: "Booby trap" }).click();
  await page.getByRole("button", { name: /^Next/ }).click();
  await page.getByRole("radio", { name: "Surface" }).click();
  await newFix(page);
  await page.getByRole("button", { name: /^Next/ }).click();
  await page.locator("#field-photos").setInputFiles(await cameraPhoto(page));
  await expect(page.locator(".thumbnail img")).toHaveCount(1);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("button", { name: "Item found" })).toBeVisible();
  await page.goto("/field/sending");
  await expect(page.getByText("Photos 1 of 1")).toBeVisible({ timeout: 20_000 });
  const card = page.locator(".card", { hasText: "Booby trap" }).first();
  await expect(card.getByText(/Received \d/)).toBeVisible();

  await hub.stop();
  await rm(hub.data, { recursive: true });
  await run(binary, ["restore", "--from", copy, "--data", hub.data]);
  await rm(copy, { recursive: true });
  // Nothing goes up before the phone has said how things stand.
  await page.route("**/api/sync/push", (route) => route.abort());
  await hub.run();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(card.getByText("Waiting to send")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Photos 0 of 1")).toBeVisible();
  const ash = await atTheDesk(browser, hub, "Ash");
  await expect(entry(ash, "Booby trap")).toHaveCount(0);

  await page.unroute("**/api/sync/push");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(card.getByText(/Received \d/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("The office server was restored from an older copy")).toBeVisible();
  await expect(page.getByText("Photos 1 of 1")).toBeVisible({ timeout: 20_000 });
  await expect(entry(ash, "Booby trap")).toHaveCount(1, { timeout: 20_000 });
});
