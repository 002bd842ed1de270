// A claimed release of an imported file: linked at the desk, accepted by two other people, and only then less hazard.

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";

import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../support/fixtures.ts";
import { binary, type Hub } from "../support/hub.ts";

const run = promisify(execFile);

async function signIn(browser: Browser, hub: Hub, person: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: hub.address, viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto("/sign-in");
  await page.getByRole("button", { name: new RegExp(`^${person}`) }).click({ timeout: 60_000 });
  await expect(page).toHaveURL(/\/desk/, { timeout: 60_000 });
  await expect(page.locator("h1").first()).toBeVisible({ timeout: 60_000 });
  return page;
}

/** A second coordinator, by a link that is valid once. */
async function invited(browser: Browser, hub: Hub): Promise<Page> {
  const { stdout } = await run(binary, ["user", "add", "cove", "--role", "coordinator", "--data", hub.data]);
  const link = /\S*\/sign-in#invite=\S+/.exec(stdout)?.[0];
  if (!link) throw new Error(`no link in: ${stdout}`);
  const page = await (await browser.newContext({ baseURL: hub.address, viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(link.replace(/^https?:\/\/[^/]+/, ""));
  await page.locator("input[type=password]").first().fill("a long made-up password");
  await page.locator("form button[type=submit], main .button-primary, main button").last().click();
  await expect(page).toHaveURL(/\/desk/, { timeout: 60_000 });
  return page;
}

/** Imports a made-up file whose one claim covers the west half of a hazardous area. */
async function importClaim(hub: Hub, [west, south, east, north]: number[]): Promise<void> {
  const middle = (west + east) / 2;
  const ring = [[west, south], [middle, south], [middle, north], [west, north], [west, south]];
  const feature = { type: "Feature", properties: { ID: "C-77" }, geometry: { type: "Polygon", coordinates: [ring] } };
  const file = path.join(hub.data, "cleared.geojson");
  await writeFile(file, JSON.stringify({ type: "FeatureCollection", features: [feature] }));
  await run(binary, ["import", file, "--kind", "clearance", "--id", "ID", "--as-of", "2026-01-31", "--data", hub.data]);
}

test("a claim cuts nothing until it is linked and two other people have accepted it", async ({ browser, hub }) => {
  test.setTimeout(240_000);
  const ash = await signIn(browser, hub, "Ash");
  const areas = await (await ash.request.get("/api/records?kind=hazardous-area&q=Road+Bend")).json();
  const area = areas.items[0];
  const remaining = async () => (await (await ash.request.get(`/api/records/${area.record}/account`)).json()).remaining;
  const before = await remaining();
  await importClaim(hub, area.bbox);

  await test.step("the list names what the claim lies on", async () => {
    await ash.goto("/desk/claims");
    await expect(ash.locator(".list-head")).toContainText("1 claimed by imported sources");
    await ash.locator(".desk-list .queue-entry").click();
    await expect(ash.getByRole("checkbox", { name: /^Road Bend/ })).toHaveAttribute("aria-checked", "true");
  });

  await test.step("nothing is signed without day, depth and where they are known from", async () => {
    await ash.getByRole("button", { name: "Sign the link" }).click();
    const summary = ash.locator(".desk-panel .notice", { has: ash.getByRole("list") });
    for (const field of ["Completed on", "Depth reached", "Where day, depth and areas are known from"]) {
      await expect(summary).toContainText(field, { ignoreCase: true });
    }
    await ash.locator("#field-completed_on").fill("2026-10-01");
    await ash.locator("#field-depth").fill("20");
    await ash.locator("#field-basis").fill("Completion report 211");
    await expect(ash.locator(".desk-panel .fact", { hasText: "Remaining" }).last()).toContainText("m²");
    await ash.getByRole("button", { name: "Sign the link" }).click();
    await expect(ash.locator(".desk-panel")).toContainText("Linked, waits for review", { timeout: 40_000 });
    expect(await remaining()).toBe(before);
  });

  const link = await ash.locator(".desk-panel a", { hasText: "review" }).getAttribute("href");
  const accept = async (page: Page) => {
    await page.goto(link!);
    await expect(page.locator(".desk-panel .facts").first()).toBeVisible({ timeout: 60_000 });
    await page.locator(".judge .panel-foot button").last().click();
    await expect(page.locator(".judge .panel-foot button")).toHaveCount(0, { timeout: 40_000 }).catch(() => undefined);
  };

  await test.step("the first acceptance takes nothing", async () => {
    const bell = await signIn(browser, hub, "Bell");
    await accept(bell);
    await expect.poll(async () => (await (await ash.request.get("/api/claims?show=waiting")).json()).items[0].row.standing).toBe("waits-for-approver");
    expect(await remaining()).toBe(before);
  });

  await test.step("the second takes what was promised, and the claim is none any more", async () => {
    await accept(await invited(browser, hub));
    await expect.poll(remaining, { timeout: 40_000 }).toBeLessThan(before);
    expect((await (await ash.request.get("/api/claims?show=all")).json()).count).toBe(0);
  });
});
