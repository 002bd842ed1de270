// The desk without a mouse: the queue, a return, an approval, the card of keys, the map.

import { entry } from "../support/people.ts";
import { expect, test } from "../support/fixtures.ts";
import { THEMES, dress } from "../support/pages.mjs";

/** Presses Tab until the focus is on what `selector` names; a trap on the way fails. */
async function tabTo(page: import("@playwright/test").Page, selector: string, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press(key);
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) return;
  }
  throw new Error(`80 times ${key} do not lead to ${selector}`);
}

test("a review from sign-in to approval by keys alone", async ({ browser, hub }) => {
  const context = await browser.newContext({ baseURL: hub.address, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await expect(page.getByRole("button", { name: /^Ash/ })).toBeVisible();
  while (!(await page.evaluate(() => document.activeElement?.textContent?.startsWith("Ash")))) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(entry(page, "Section 1 · worked 190")).toBeVisible({ timeout: 60_000 });
  const chosen = page.locator(".queue-entry[aria-current='true']");
  const walkTo = async (text: string) => {
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press("ArrowDown");
      await expect(chosen).toBeFocused();
      if ((await chosen.innerText()).includes(text)) break;
    }
    await expect(chosen).toContainText(text);
    await expect(page.locator(".desk-panel .facts").first()).toBeVisible();
  };

  await test.step("the arrows read line after line, and the focus goes along", async () => {
    await walkTo("Section 3 · worked 246");
  });

  await test.step("R opens the return ready to be typed into; Escape closes it and keeps what was written", async () => {
    await page.keyboard.press("r");
    await expect(page.locator("#return-text")).toBeFocused();
    await page.keyboard.type("Lane 4: 39 m, or 3.9 m?");
    await page.keyboard.press("Escape");
    await expect(page.locator("#return-text")).toHaveCount(0);
    await expect(chosen).toBeFocused();
    await page.keyboard.press("r");
    await expect(page.locator("#return-text")).toHaveValue("Lane 4: 39 m, or 3.9 m?");
    await tabTo(page, ".return-form .button-ink");
    await page.keyboard.press("Enter");
    await expect(entry(page, "Section 3 · worked 246")).toHaveCount(0);
    await expect(chosen).toBeFocused();
  });

  await test.step("the card of keys keeps the focus and gives it back; nothing is approved beneath it", async () => {
    await page.keyboard.press("ArrowUp");
    await expect(chosen).toBeFocused();
    const line = await chosen.innerText();
    await page.keyboard.press("?");
    const card = page.getByRole("dialog", { name: "Keys" });
    await expect(card.getByRole("button", { name: "Close" })).toBeFocused();
    await page.keyboard.press("Tab");
    await page.keyboard.press("a");
    await expect(card.getByRole("button", { name: "Close" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(card).toHaveCount(0);
    await expect(chosen).toBeFocused();
    expect(await chosen.innerText()).toBe(line);
  });

  await test.step("A approves", async () => {
    for (let presses = 0; presses < 20; presses += 1) await page.keyboard.press("ArrowUp");
    await walkTo("Section 1 · worked 190");
    await page.keyboard.press("a");
    await expect(entry(page, "Section 1 · worked 190")).toHaveCount(0);
  });

  await test.step("Tab goes into the map and out again, and on it the arrows move the map", async () => {
    const line = await chosen.innerText();
    await tabTo(page, ".maplibregl-canvas");
    await page.keyboard.press("ArrowDown");
    expect(await chosen.innerText()).toBe(line);
    await tabTo(page, ".panel-body");
    await tabTo(page, ".maplibregl-canvas", "Shift+Tab");
  });

  await test.step("what has the focus shows it in every theme", async () => {
    for (const theme of THEMES) {
      await dress(page, theme, "en");
      await page.goto("/desk/review");
      await expect(page.locator(".queue-entry").first()).toBeVisible();
      for (const selector of [".rail a", ".queue-entry"]) {
        await tabTo(page, selector);
        const outline = await page.evaluate(() => {
          const style = getComputedStyle(document.activeElement as Element);
          return { style: style.outlineStyle, width: parseFloat(style.outlineWidth), colour: style.outlineColor };
        });
        expect(outline, `${selector}, ${theme}`).toMatchObject({ style: "solid" });
        expect(outline.width).toBeGreaterThanOrEqual(3);
      }
    }
  });
  await context.close();
});
