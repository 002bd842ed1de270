// The tour of the demo: ten stops, five people, one browser; each shows what its words say.

import { expect, test } from "../support/fixtures.ts";
import { STOPS, walk } from "../support/tour.mjs";

test("the tour leads through all ten stops, and the last sets everything back", async ({ browser, hub }) => {
  test.setTimeout(300_000);
  const context = await browser.newContext({ baseURL: hub.address, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  const seen: number[] = [];
  await walk(page, async (number: number) => {
    seen.push(number);
    await expect(page.locator(".tour p")).not.toBeEmpty();
  });
  expect(seen).toEqual(STOPS.map((_, index) => index + 1));
  const earlier = (await (await page.request.get("/api/sign-in")).json()).ledger;
  await page.locator(".tour").getByRole("button", { name: "Undo all" }).click();
  await expect(page.getByText("The demo was begun afresh")).toBeVisible({ timeout: 60_000 });
  expect((await (await page.request.get("/api/sign-in")).json()).ledger).not.toBe(earlier);
  expect(faults).toEqual([]);
  await context.close();
});
