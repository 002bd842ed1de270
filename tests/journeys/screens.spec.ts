// Every page as a picture, phone and desktop: files for people to look at, in tests/screenshots/. A page that throws, that
// shows the key of a word instead of the word, that is wider than its window, whose title is covered, or in which axe finds anything fails;
// in sunlight, text with less contrast than 7:1 too.
//
// Each theme and each language comes once; SAFELANE_LOOKS=all takes every theme in every language (`cargo xtask pictures`).

import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { BUNDLES, LANGUAGES, THEMES, dress, pagesOf, settled, signIn } from "../support/pages.mjs";

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../screenshots");
const readme = path.resolve(folder, "../../docs/pictures");
const isWhole = process.env.SAFELANE_LOOKS === "all";
const all = THEMES.flatMap((theme) => LANGUAGES.map((language) => [theme, language]));
const once = THEMES.map((theme, index) => [theme, LANGUAGES[index]]);
/** Every test run looks at the phone in each theme and language, at the desk's many pages in the one that shows most faults. */
const usual = (bundle: string) => once.filter(([theme]) => bundle === "field" || theme === "dark");

/** The desk's pages in two halves: one test of them all would run alone at the end, while the other worker waits. */
const parts = [
  { bundle: "field", part: "every page" },
  { bundle: "desk", part: "one half of the pages", half: 0 },
  { bundle: "desk", part: "the other half", half: 1 },
];

for (const { bundle, part, half } of parts) {
  const { person, viewport } = BUNDLES.find((one) => one.bundle === bundle) as (typeof BUNDLES)[number];
  for (const [theme, language] of isWhole ? all : usual(bundle)) {
    test(`${part} of the ${bundle} app, ${theme}, in ${language}`, async ({ browser, hub }) => {
      test.setTimeout(600_000);
      mkdirSync(folder, { recursive: true });
      const context = await browser.newContext({ baseURL: hub.address, viewport, reducedMotion: "reduce" });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
      const look = async (name: string) => faults.push(...(await faultsOf(page, `${bundle}-${name.replace("/", "-")}-${theme}-${language}`)));

      await page.goto("/sign-in");
      await dress(page, theme, language);
      await page.goto("/sign-in");
      await settled(page);
      await look("sign-in");
      await signIn(page, bundle, person);
      const pages = (await pagesOf(page, bundle)).filter((_, index) => half === undefined || index % 2 === half);
      for (const { name, address, press } of pages) {
        await page.goto(address);
        await settled(page);
        if (press) {
          await page.locator(press).first().click();
          await settled(page);
        }
        await look(name);
      }
      // A page that is left open goes on asking its hub, beside the tests that follow.
      await context.close();
      expect(faults).toEqual([]);
    });
  }
}

test("the three pictures that README opens with", async ({ browser, hub }) => {
  test.skip(!isWhole, "they are taken anew by `cargo xtask pictures`");
  mkdirSync(readme, { recursive: true });
  for (const { bundle, person, viewport } of BUNDLES) {
    const size = bundle === "field" ? viewport : { width: 1280, height: 800 };
    const context = await browser.newContext({ baseURL: hub.address, viewport: size, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto("/sign-in");
    await dress(page, bundle === "field" ? "sunlight" : "light", "en");
    await signIn(page, bundle, person);
    const found = new Map((await pagesOf(page, bundle)).map(({ name, address }) => [name, address]));
    for (const [name, file] of bundle === "field" ? [["today", "phone-today"]] : [["map-close", "desk-map"], ["review", "desk-review"]]) {
      await page.goto(found.get(name) as string);
      await settled(page);
      const picture = await page.screenshot({ type: "jpeg", quality: 72 });
      expect(picture.byteLength, `${file} is read by everybody who opens the project`).toBeLessThanOrEqual(150_000);
      writeFileSync(path.join(readme, `${file}.jpg`), picture);
    }
    await context.close();
  }
});

/** Takes the picture, and says what is wrong with the page. */
async function faultsOf(page: Page, name: string): Promise<string[]> {
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
  const text = await page.locator("body").innerText();
  const bare = text.match(/\b(desk|field|code|kind|check|problem|section|state|action)\.[a-z_-]+(\.[a-z_-]+)+/g) ?? [];
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const covered = await page.evaluate(titlesCovered);
  const rules = { "color-contrast-enhanced": { enabled: name.includes("-sunlight-") } };
  const { violations } = await new AxeBuilder({ page }).options({ rules }).analyze();
  return [
    ...bare.map((key) => `${name} shows the key ${key}`),
    ...(wide > 0 ? [`${name} is ${wide} px wider than its window`] : []),
    ...covered.map((title) => `${name}: something lies over the title "${title}"`),
    ...violations.flatMap(({ id, nodes }) => nodes.map((node) => `${name}: ${id}: ${node.target.join(" ")}: ${node.failureSummary?.split("\n")[1]?.trim()}`)),
  ];
}

/** In the page: titles whose words something else in their bar lies over. */
function titlesCovered(): string[] {
  const titles = [...document.querySelectorAll(".top h1")];
  return titles.filter((title) => {
    const words = document.createRange();
    words.selectNodeContents(title);
    const others = [...(title.parentElement as Element).querySelectorAll("a, button, .pill")];
    const over = (one: DOMRect, other: DOMRect) => one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1;
    return [...words.getClientRects()].some((line) => others.some((other) => over(line, other.getBoundingClientRect())));
  }).map((title) => title.textContent ?? "");
}
