// A revision that was changed on its way from the office is no record on the phone, and the phone says so.

import type { Page, Route } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";

interface Entry {
  leaf: string;
  revision: { bytes: string; signature: string; bodies: Record<string, string> };
}

/** Gives the phone another answer to its pulls than the office gave, until `end` is called. */
async function between(page: Page, change: (entries: Entry[]) => Entry[]): Promise<{ end: () => void }> {
  let ended = false;
  await page.route("**/api/sync/pull*", async (route: Route) => {
    try {
      const response = await route.fetch();
      const answer = await response.json();
      if (answer.entries && !ended) answer.entries = change(answer.entries);
      await route.fulfill({ response, json: answer });
    } catch {
      // The page was left while it asked: nobody waits for the answer.
    }
  });
  return { end: () => (ended = true) };
}

const says = (entry: Entry) => JSON.parse(entry.revision.bytes);
const isHazard = (entry: Entry) => says(entry).kind.startsWith("hazardous-area/");

/** A hazardous area that one person stated once: without that statement nothing of it is known. */
function statedOnce(entries: Entry[]): Entry | undefined {
  const statements = entries.filter((entry) => isHazard(entry) && ["put", "import", "remove", "set-aside"].includes(says(entry).act));
  const alone = (one: Entry) => statements.filter((other) => says(other).record === says(one).record).length === 1;
  return statements.find((entry) => says(entry).act === "put" && alone(entry));
}

async function signIn(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: /^Fern/ }).click({ timeout: 60_000 });
  await expect(page).toHaveURL(/\/field/, { timeout: 60_000 });
}

test.use({ viewport: { width: 390, height: 844 } });

test("a changed signature is found, said, never shown, and mended by fetching again", async ({ page }) => {
  let record = "";
  const changed = await between(page, (entries) => {
    const one = statedOnce(entries);
    if (one && (!record || says(one).record === record)) {
      record = says(one).record;
      // A digit of the scalar: the signature stays well formed and holds no more.
      const { signature } = one.revision;
      one.revision.signature = signature.slice(0, 64) + (signature[64] === "0" ? "1" : "0") + signature.slice(65);
    }
    return entries;
  });
  await signIn(page);
  await expect(page.getByText("One record from the office could not be verified")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/this map may lack a hazard/)).toBeVisible();
  await page.goto(`/field/records/${record}`);
  await expect(page.locator(".empty")).toBeVisible();

  changed.end();
  await page.goto("/field/today");
  await page.getByRole("button", { name: "Fetch everything again" }).click();
  await expect(page.getByText("could not be verified")).toHaveCount(0, { timeout: 40_000 });
  await page.goto(`/field/records/${record}`);
  await expect(page.locator(".card").first()).toBeVisible();
});

test("a changed word is no signed word, whatever id it is given", async ({ page }) => {
  await between(page, (entries) => {
    const one = statedOnce(entries);
    // The hub's number and verdict stay; the outline is another one.
    if (one) one.revision.bodies.t1 = one.revision.bodies.t1.replace(/"status":"open"/, '"status":"closed"');
    return entries;
  });
  await signIn(page);
  await expect(page.getByText(/could not be verified/)).toBeVisible({ timeout: 60_000 });
});

test("what is signed with an unknown key is shown and marked until the key is stated", async ({ page }) => {
  let record = "";
  let device = "";
  const changed = await between(page, (entries) => {
    const hazard = record ? undefined : statedOnce(entries);
    if (hazard) ({ record, device } = says(hazard));
    // The office never stated a key for the device of whoever drew this area.
    return entries.filter((entry) => says(entry).record !== device);
  });
  await signIn(page);
  await expect(page.getByText(/signed with (a key|keys) that this device does not know/)).toBeVisible({ timeout: 60_000 });
  await page.goto(`/field/records/${record}`);
  await expect(page.getByText("Signed with a key that this device does not know")).toBeVisible();

  changed.end();
  await page.goto("/field/today");
  await page.getByRole("button", { name: "Fetch everything again" }).click();
  await expect(page.getByText(/that this device does not know/)).toHaveCount(0, { timeout: 40_000 });
});
