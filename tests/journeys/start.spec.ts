// The program starts, answers, and shows a page that breaks none of its own rules.

import AxeBuilder from "@axe-core/playwright";

import { expect, test } from "../support/fixtures.ts";

test("a demo starts on a free port and says that it is alive", async ({ hub, request }) => {
  expect(hub.output).toContain(hub.address);
  expect((await request.get("/healthz")).status()).toBe(200);
  expect((await request.get("/readyz")).status()).toBe(200);
});

test("the first page loads without an error, under the strict policy, and can be read by everybody", async ({ page }) => {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });

  const answer = await page.goto("/");
  await expect(page.getByRole("heading").first()).toBeVisible();

  expect(answer?.headers()["content-security-policy"]).toContain("default-src 'none'");
  expect(faults).toEqual([]);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((violation) => `${violation.id}: ${violation.help}`)).toEqual([]);
});

test("a hub that lost its power starts again on the same folder", async ({ hub, request }) => {
  await hub.kill();
  await hub.run();
  expect((await request.get("/healthz")).status()).toBe(200);
});
