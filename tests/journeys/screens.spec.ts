// Every page as a picture, phone and desktop, light and dark, English and Khmer: files for people to look at, in
// tests/screenshots/. A page that throws, or that shows the key of a word instead of the word, fails.

import { mkdirSync } from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "../support/fixtures.ts";

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../screenshots");

const FIELD = ["today", "records", "sending", "more", "map", "emergency", "new/clearance", "new/explosive-ordnance", "new/non-technical-survey", "new/civilian-risk-zone", "new/accident"];
const DESK = ["morning", "review", "map", "records", "claims", "tasks", "risk", "risk/method", "totals", "people", "import", "settings", "paper"];
const BUNDLES = [
  { bundle: "field", person: "Fern", pages: FIELD, viewport: { width: 390, height: 844 } },
  { bundle: "desk", person: "Ash", pages: DESK, viewport: { width: 1440, height: 900 } },
];

for (const { bundle, person, pages, viewport } of BUNDLES) {
  test(`every page of the ${bundle} app, in its themes and languages`, async ({ browser, hub }) => {
    test.setTimeout(300_000);
    mkdirSync(folder, { recursive: true });
    const context = await browser.newContext({ baseURL: hub.address, viewport });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
    await page.goto("/sign-in");
    await page.screenshot({ path: path.join(folder, `${bundle}-sign-in.png`) });
    await page.getByRole("button", { name: new RegExp(`^${person}`) }).click();
    await page.waitForURL(new RegExp(`/${bundle}`), { timeout: 60_000 });
    await expect(page.locator("h1").first()).toBeVisible({ timeout: 60_000 });
    await page.waitForTimeout(2_000);
    for (const [theme, language] of [["light", "en"], ["dark", "en"], ["light", "km"], ["dark", "km"]] as const) {
      await page.evaluate(([theme, language]) => {
        localStorage.setItem("theme", theme);
        localStorage.setItem("language", language);
      }, [theme, language] as const);
      for (const one of pages) {
        await page.goto(`/${bundle}/${one}`);
        await expect(page.locator("h1").first()).toBeVisible();
        await page.waitForTimeout(one === "map" ? 1_500 : 500);
        const name = `${bundle}-${one.replace("/", "-")}-${theme}-${language}.png`;
        await page.screenshot({ path: path.join(folder, name) });
        const text = await page.locator("body").innerText();
        const bare = text.match(/\b(desk|field|code|kind|check|problem|section|state|action)\.[a-z_-]+(\.[a-z_-]+)+/g) ?? [];
        expect(bare, `${name} shows keys of words`).toEqual([]);
      }
    }
    expect(faults).toEqual([]);
  });
}
