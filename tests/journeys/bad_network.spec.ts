// A bad network between a phone and the office: each revision and photo arrives exactly once, and the phone never
// says more than the office holds.

import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { items, log, photosHeld } from "../support/ledger.ts";
import { atTheDesk, cameraPhoto, inTheField, newFix, phone } from "../support/people.ts";
import { type Count, Proxy } from "../support/proxy.ts";

/** What the proxy does, and what it must have done for the test to mean something. */
interface Weather {
  name: string;
  line: string;
  happened: (count: Count) => number;
  /** What cannot be confirmed: the phone must not say it. */
  shut: ("received" | "photos")[];
}

const WEATHER: Weather[] = [
  { name: "a portal that answers 200 with a page", line: "portal 100", happened: (count) => count.portal, shut: ["received", "photos"] },
  { name: "the portal where photos go", line: "portal 100 only /api/media/", happened: (count) => count.portal, shut: ["photos"] },
  { name: "answers to pushes lost", line: "lost 100 only /api/sync/push", happened: (count) => count.lost, shut: ["received", "photos"] },
  { name: "requests and answers cut at a random byte", line: "cut 70 twice 30", happened: (count) => count.cut + count.twice, shut: [] },
];

/** By command: `SAFELANE_WEATHER=all npx playwright test bad_network`. */
const MORE: Weather[] = [
  { name: "answers to photos lost", line: "lost 100 only /api/media/", happened: (count) => count.lost, shut: [] },
  { name: "half of all requests lost, the rest late", line: "loss 50 latency 400", happened: (count) => count.loss, shut: [] },
  { name: "64 kbit/s and half a second", line: "rate 8000 latency 500", happened: (count) => count.passed, shut: [] },
  { name: "everything at once, slowly", line: "loss 20 cut 20 lost 20 twice 20 latency 200 rate 32000", happened: (count) => count.passed, shut: [] },
];
const weathers = process.env.SAFELANE_WEATHER === "all" ? [...WEATHER, ...MORE] : WEATHER;

/** Records an item with a photo; the phone keeps it. */
async function recordItem(page: Page, number: number): Promise<void> {
  await page.goto("/field/today");
  await page.getByRole("button", { name: "Item found" }).click();
  await page.locator(".kind-card", { hasText: "Booby trap" }).click();
  await page.getByRole("button", { name: /^Next/ }).click();
  await page.getByRole("radio", { name: "Surface" }).click();
  await newFix(page);
  await page.getByRole("button", { name: /^Next/ }).click();
  const photo = await cameraPhoto(page, `hsl(${number * 40} 40% 40%)`);
  await page.locator("#field-photos").setInputFiles(photo);
  await expect(page.locator(".thumbnail img")).toHaveCount(1);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("button", { name: "Item found" })).toBeVisible();
}

/** What the phone claims: records received of those recorded here, and photos. */
async function claims(page: Page): Promise<{ received: number; photos: number }> {
  const received = await page.locator(".card", { hasText: "Booby trap" }).getByText(/Received \d/).count();
  const text = await page.getByText(/^Photos \d+ of \d+$/).textContent();
  return { received, photos: Number(/\d+/.exec(text ?? "")?.[0] ?? 0) };
}

test("through every weather each record and photo arrives once, and the phone claims no more than the office holds", async ({ browser, hub }) => {
  test.setTimeout(120_000 + weathers.length * 60_000);
  const seed = Number(process.env.SAFELANE_SEED ?? Date.now() % 1_000_000);
  test.info().annotations.push({ type: "seed", description: String(seed) });
  const proxy = await Proxy.before(hub, seed);
  const ash = await atTheDesk(browser, hub, "Ash");
  const before = (await log(ash, 0)).length;
  const context = await phone(browser, { ...hub, address: proxy.address } as typeof hub);
  const page = await inTheField(context, "Fern");

  let recorded = 0;
  for (const weather of weathers) {
    await test.step(weather.name, async () => {
      await proxy.weather(weather.line);
      const start = await proxy.count();
      await recordItem(page, recorded);
      recorded += 1;
      await page.goto("/field/sending");
      await expect(page.getByText(/^Photos \d+ of \d+$/)).toBeVisible();
      const met = async () => weather.happened(await proxy.count()) > weather.happened(start);
      // A few presses after the weather met something, however slow the machine is.
      const end = Date.now() + 60_000;
      for (let after = 0; after < 4 && Date.now() < end; after += (await met()) ? 1 : 0) {
        await page.getByRole("button", { name: "Send", exact: true }).click({ timeout: 2_000 }).catch(() => undefined);
        await page.waitForTimeout(700);
        // The screen first: what it claims must be so by then.
        const claimed = await claims(page);
        const held = await items(ash, before);
        expect(claimed.received, "records claimed").toBeLessThanOrEqual(held.length);
        expect(claimed.photos, "photos claimed").toBeLessThanOrEqual((await photosHeld(ash, held)).length);
        for (const what of weather.shut) expect(claimed[what], `${what} while ${weather.name}`).toBe(recorded - 1);
      }
      expect(await met(), "the weather met something").toBe(true);

      await proxy.weather("clear");
      await page.getByRole("button", { name: "Send", exact: true }).click({ timeout: 2_000 }).catch(() => undefined);
      await expect(page.getByText(`Photos ${recorded} of ${recorded}`)).toBeVisible({ timeout: 60_000 });
      await expect(page.getByText(/Nothing waits/)).toBeVisible({ timeout: 60_000 });
      expect(await claims(page)).toEqual({ received: recorded, photos: recorded });
    });
  }

  const held = await items(ash, before);
  expect(held.length, "each record once").toBe(recorded);
  expect(new Set(held.map((one) => one.record)).size).toBe(recorded);
  expect((await photosHeld(ash, held)).length, "each photo").toBe(recorded);
  // The device's own numbers: without a gap, none twice, nothing kept apart.
  expect(held.map((one) => one.seq).sort((a, b) => a - b)).toEqual(held.map((_, index) => index + 1));
  await expect(page.getByText("keeps it apart")).toHaveCount(0);
  proxy.end();
});
