// A demo that is begun afresh is another programme: browsers that knew the earlier one say so and begin anew.

import { expect, test } from "../support/fixtures.ts";
import { Hub } from "../support/hub.ts";

test("a browser that knew the earlier demo says so and begins anew", async ({ browser, hub }) => {
  const context = await browser.newContext({ baseURL: hub.address, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByRole("button", { name: /^Fern/ }).click();
  await expect(page.getByText("Road Bend").first()).toBeVisible({ timeout: 60_000 });

  const ash = await browser.newContext({ baseURL: hub.address });
  await ash.request.post("/api/session", { data: { name: "ash", password: "demo" } });
  const begun = await ash.request.post("/api/demo/afresh", { data: {}, timeout: 60_000 });
  expect(begun.status()).toBe(200);
  expect((await begun.json()).display_name).toBe("Ash");
  expect((await ash.request.get("/api/review")).status()).toBe(200);

  await page.reload();
  await expect(page.getByText("The demo was begun afresh")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Go on as Fern")).toHaveCount(0);
  await page.getByRole("button", { name: /^Fern/ }).click();
  await expect(page.getByText("Road Bend").first()).toBeVisible({ timeout: 60_000 });
});

test("a demo of last week offers to begin afresh on its first page", async ({ browser }) => {
  const day = new Date(Date.now() - 9 * 86_400_000).toISOString().slice(0, 10);
  const hub = await Hub.start("demo", ["--as-of", day]);
  try {
    const page = await (await browser.newContext({ baseURL: hub.address })).newPage();
    await page.goto("/sign-in");
    await expect(page.getByText("older than a week")).toBeVisible();
    const earlier = (await (await page.request.get("/api/sign-in")).json()).ledger;
    await page.getByRole("button", { name: "Begin afresh" }).click();
    await expect(page.getByText("The demo was begun afresh")).toBeVisible({ timeout: 60_000 });
    expect((await (await page.request.get("/api/sign-in")).json()).ledger).not.toBe(earlier);
    // Its day is the one that it was started with: somebody who fixes the day keeps it.
    await page.getByRole("button", { name: /^Ash/ }).click();
    await expect(page).toHaveURL(/\/desk/, { timeout: 60_000 });
  } finally {
    await hub.remove();
  }
});
