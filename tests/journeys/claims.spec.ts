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

/** A second coordinator, whose link is taken up as the app does it. */
async function invited(browser: Browser, hub: Hub): Promise<Page> {
  const { stdout } = await run(binary, ["user", "add", "cove", "--role", "coordinator", "--data", hub.data]);
  const token = /invite=([0-9a-f]+)/.exec(stdout)?.[1];
  if (!token) throw new Error(`no link in: ${stdout}`);
  const password = "a long made-up password";
  const page = await (await browser.newContext({ baseURL: hub.address, viewport: { width: 1440, height: 900 } })).newPage();
  await page.addInitScript(() => localStorage.setItem("language", "en"));
  await page.goto("/sign-in");
  const send = (body: unknown) => fetch("/api/invite", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }).then((answer) => answer.status);
  expect(await page.evaluate(send, { token, password })).toBe(200);
  await page.locator("#sign-in-name").fill("cove");
  await page.locator("#sign-in-password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(/\/desk/, { timeout: 60_000 });
  return page;
}

type Corners = [number, number, number, number];

/** Imports a made-up file with one rectangle. */
async function imports(hub: Hub, kind: string, [west, south, east, north]: Corners): Promise<void> {
  const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
  const feature = { type: "Feature", properties: { ID: "C-77" }, geometry: { type: "Polygon", coordinates: [ring] } };
  const file = path.join(hub.data, `${kind}.geojson`);
  await writeFile(file, JSON.stringify({ type: "FeatureCollection", features: [feature] }));
  await run(binary, ["import", file, "--kind", kind, "--id", "ID", "--as-of", "2026-01-31", "--data", hub.data]);
}

test("a claim cuts nothing until it is linked and two other people have accepted it", async ({ browser, hub }) => {
  test.setTimeout(240_000);
  const ash = await signIn(browser, hub, "Ash");
  // Beside the isle, where nothing else is: a suspected area, and a claim over its west half and some ground outside.
  const [west, south] = [-24.2, -38.7];
  await imports(hub, "hazardous-area", [west, south, west + 0.002, south + 0.001]);
  await imports(hub, "clearance", [west - 0.0003, south - 0.0003, west + 0.001, south + 0.0013]);
  const areas = await (await ash.request.get("/api/records?kind=hazardous-area&status=imported")).json();
  const area = areas.items[0];
  const remaining = async () => (await (await ash.request.get(`/api/records/${area.record}/account`)).json()).remaining;
  const before = await remaining();

  await test.step("the list names what the claim lies on", async () => {
    await ash.goto("/desk/claims");
    await expect(ash.locator(".list-head")).toContainText("1 claimed by imported sources");
    await ash.locator(".desk-list .queue-entry").click();
    await expect(ash.getByRole("checkbox", { name: new RegExp(`^${area.reference}: `) })).toHaveAttribute("aria-checked", "true");
    // What it would take is there before anything is typed: without a day it is nothing.
    await expect(ash.locator(".desk-panel")).toContainText("Without a day and a depth a release takes nothing.");
  });

  await test.step("nothing is signed without day, depth and where they are known from", async () => {
    await ash.getByRole("button", { name: "Sign the link" }).click();
    const summary = ash.locator(".desk-panel .notice", { has: ash.getByRole("list") });
    for (const field of ["Work completed", "Depth reached", "Where day, depth and areas are known from"]) {
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
    const sentence = page.locator(".judge").getByRole("button", { name: /Release [\d,]+ m²/ });
    await expect(sentence).toBeEnabled({ timeout: 60_000 });
    await sentence.click();
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
