// An administrator shortens the distance around danger: what follows is said before the press, and the change waits.

import { expect, test } from "../support/fixtures.ts";

test("settings that show less danger wait for others, and say so before", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: /^Stone/ }).click({ timeout: 60_000 });
  await expect(page).toHaveURL(/\/desk/, { timeout: 60_000 });
  await page.goto("/desk/settings");
  await page.getByRole("link", { name: "Change the settings" }).click({ timeout: 30_000 });
  const press = page.getByRole("button", { name: "Change the settings" });
  await page.locator("#field-danger_distance").first().fill("20");
  await expect(page.getByText("Less ground would be shown as dangerous")).toBeVisible();
  await expect(press).toBeDisabled();
  await page.getByLabel("Why the settings change").fill("The circles are too wide for the town");
  if (process.env.SAFELANE_PICTURES) await page.screenshot({ path: `${process.env.SAFELANE_PICTURES}/settings-less.png` });
  await press.click();
  await expect(page.getByText("A change of the settings waits for approval")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("The circles are too wide for the town")).toBeVisible();
  await expect(page.getByText("50 m, as a new programme has it").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Change the settings" })).toHaveCount(0);
});
