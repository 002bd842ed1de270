// Who may send: a link that is valid once, a session that has ended, a device that was revoked.

import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { atTheDesk, isReady, newFix, phone } from "../support/people.ts";

/** Records an item with as few taps as it takes. */
async function recordItem(page: Page, kind: string): Promise<void> {
  await page.goto("/field/today");
  await page.getByRole("button", { name: "Item found" }).click();
  await page.locator(".kind-card", { hasText: kind }).first().click();
  await page.getByRole("button", { name: /^Next/ }).click();
  await page.getByRole("radio", { name: "Surface" }).click();
  await newFix(page);
  await expect(page.locator(".place")).toContainText("38");
  await page.getByRole("button", { name: /^Next/ }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("button", { name: "Item found" })).toBeVisible();
}

const card = (page: Page, kind: string) => page.locator(".card", { hasText: kind }).first();

test("a link signs in once, an ended session goes on sending, a revoked device is held and its work admitted", async ({ browser, hub }) => {
  test.setTimeout(180_000);
  const stone = await atTheDesk(browser, hub, "Stone");
  await stone.goto("/desk/people");
  await stone.locator("#person-name").fill("larch");
  await stone.locator("#person-display").fill("Larch");
  await stone.locator("#person-team").selectOption({ label: "Section 3" });
  await stone.getByRole("button", { name: /link/i }).first().click();
  const link = await stone.locator("input[readonly]").inputValue();

  const context = await phone(browser, hub);
  const page = await context.newPage();
  await test.step("the link sets the password, and then is used up", async () => {
    await page.goto(link);
    await page.locator("#invite-password").fill("1234567890");
    await page.getByRole("button", { name: "Begin" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await page.locator("#invite-password").fill("under the mango tree");
    await page.getByRole("button", { name: "Begin" }).click();
    await isReady(page);
    const other = await (await phone(browser, hub)).newPage();
    await other.goto(link);
    await other.locator("#invite-password").fill("over the mango tree");
    await other.getByRole("button", { name: "Begin" }).click();
    await expect(other.getByText(/used already/)).toBeVisible();
    await other.context().close();
  });

  await test.step("without a session everything but reading goes on", async () => {
    await context.clearCookies();
    await page.reload();
    await recordItem(page, "Booby trap");
    await expect(card(page, "Booby trap").getByText(/Received \d/)).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText("The session has ended")).toBeVisible();
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.locator("#sign-in-name").fill("larch");
    await page.locator("#sign-in-password").fill("under the mango tree");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByText("Items still in the ground")).toBeVisible();
    await expect(page.getByText("The session has ended")).toHaveCount(0);
  });

  await test.step("what a revoked device sends is held, and a coordinator admits it", async () => {
    await stone.reload();
    const row = stone.locator(".row-line", { hasText: "Larch" }).filter({ has: stone.getByRole("button", { name: "Revoke" }) });
    await row.getByRole("button", { name: "Revoke" }).click();
    await expect(row).toHaveCount(0);
    await recordItem(page, "Other IED");
    await page.goto("/field/sending");
    await expect(card(page, "Other IED").getByText("Kept apart at the office")).toBeVisible({ timeout: 20_000 });
    const ash = await atTheDesk(browser, hub, "Ash");
    await ash.goto("/desk/people");
    const held = ash.locator(".row-line", { hasText: "Larch" }).filter({ has: ash.getByRole("button", { name: "Admit" }) });
    await held.getByRole("button", { name: "Admit" }).click();
    await expect(held).toHaveCount(0);
    await ash.goto("/desk/review");
    await expect(ash.locator(".queue-entry", { hasText: "Other IED" })).toHaveCount(1);
  });

  await test.step("signing in makes it a device again, and nothing is lost", async () => {
    await page.goto("/sign-in");
    await page.locator("#sign-in-name").fill("larch");
    await page.locator("#sign-in-password").fill("under the mango tree");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await isReady(page);
    await expect(card(page, "Other IED").getByText(/Received \d/)).toBeVisible({ timeout: 20_000 });
    await recordItem(page, "Fragments");
    await expect(card(page, "Fragments").getByText(/Received \d/)).toBeVisible({ timeout: 20_000 });
  });

  await test.step("a new link sets a new password; the old one is worth nothing from then on", async () => {
    await stone.reload();
    const row = stone.locator(".row-line", { hasText: "Larch" }).filter({ has: stone.getByRole("button", { name: "New link" }) });
    await row.getByRole("button", { name: "New link" }).click();
    await page.goto(await stone.locator("input[readonly]").inputValue());
    await page.locator("#invite-password").fill("beside the mango tree");
    await page.getByRole("button", { name: "Begin" }).click();
    await isReady(page);
    const signIn = (password: string) => page.request.post("/api/session", { data: { name: "larch", password } });
    expect((await signIn("under the mango tree")).status()).toBe(401);
    expect((await signIn("beside the mango tree")).ok()).toBe(true);
  });

  await test.step("a session that ends at the desk is said, and what is read stays", async () => {
    await stone.context().clearCookies();
    await stone.getByRole("link", { name: "Totals" }).click();
    await expect(stone.locator(".desk-standing").getByRole("link", { name: "Sign in" })).toBeVisible({ timeout: 30_000 });
  });
});
