// People with their browsers: a phone in the field, a desk in the office.

import type { Browser, BrowserContext, Locator, Page } from "@playwright/test";

import { expect } from "./fixtures.ts";
import type { Hub } from "./hub.ts";

/** Road Bend (0147), 30 m inside its western edge. */
export const IN_ROAD_BEND = { latitude: -38.5625, longitude: -24.1702, accuracy: 4 };

/** A phone with a position. */
export async function phone(browser: Browser, hub: Hub): Promise<BrowserContext> {
  return browser.newContext({
    baseURL: hub.address,
    viewport: { width: 390, height: 844 },
    geolocation: IN_ROAD_BEND,
    permissions: ["geolocation"],
  });
}

/** The receiver finds its position anew: one older than 10 s is none (S8), and a mocked one ages. */
export async function newFix(page: Page): Promise<void> {
  await page.context().setGeolocation(IN_ROAD_BEND);
}

/** Signs in by one tap of the demo, on a phone that then has all that it needs without a network. */
export async function inTheField(context: BrowserContext, name: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole("button", { name: "Item found" })).toBeVisible({ timeout: 20_000 });
  await isReady(page);
  return page;
}

/** Waits until the phone could leave the network: the app is kept, and one pull is complete. */
export async function isReady(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await expect(page.getByText(/^Task DEMO-/).first()).toBeVisible({ timeout: 20_000 });
}

/** A desk at which somebody has signed in by one tap of the demo. */
export async function atTheDesk(browser: Browser, hub: Hub, name: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: hub.address, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await page.waitForURL(/\/desk/, { timeout: 60_000 });
  return page;
}

/** A line of the review queue. */
export const entry = (desk: Page, text: string | RegExp): Locator => desk.locator(".desk-list .queue-entry", { hasText: text });

/** Opens a line of the queue and waits for what it says. */
export async function read(desk: Page, text: string | RegExp): Promise<void> {
  await entry(desk, text).first().click();
  await expect(entry(desk, text).first()).toHaveAttribute("aria-current", "true");
  await expect(desk.locator(".desk-panel .facts").first()).toBeVisible();
}

/** Taps chips of one field of a form: `evidence.0.directness`. */
export async function choose(page: Page, field: string, ...chips: string[]): Promise<void> {
  const group = page.locator(`#field-${field.replaceAll(".", "-")}`);
  for (const chip of chips) await group.getByText(chip, { exact: true }).first().click();
}

/** The totals of the programme, dm². */
export async function totals(desk: Page): Promise<Record<string, number>> {
  const answer = await desk.request.get("/api/accounts");
  expect(answer.status()).toBe(200);
  const rows = (await answer.json()).rows as Record<string, number>[];
  return rows[rows.length - 1] as Record<string, number>;
}

/** A real photo as a phone's camera writes it: a JPEG with a place in its metadata. Each colour is another photo. */
export async function cameraPhoto(page: Page, colour = "#2f3b2c"): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const drawn = await page.evaluate(async (colour) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2400, 1800];
    const paper = canvas.getContext("2d") as CanvasRenderingContext2D;
    paper.fillStyle = "#7a6a45";
    paper.fillRect(0, 0, 2400, 1800);
    paper.fillStyle = colour;
    paper.fillRect(900, 600, 600, 600);
    const blob = await new Promise<Blob>((resolve) => canvas.toBlob((made) => resolve(made as Blob), "image/jpeg", 0.9));
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, colour);
  const place = Buffer.from(`Exif\0\0${PLACE_IN_METADATA}`);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(place.length + 2);
  const picture = Buffer.from(drawn);
  // After the first marker: where a camera puts it.
  const buffer = Buffer.concat([picture.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, place, picture.subarray(2)]);
  return { name: "IMG_0147.jpg", mimeType: "image/jpeg", buffer };
}

/** What stands in the metadata of [`cameraPhoto`], and may not leave the device. */
export const PLACE_IN_METADATA = "GPS 38 33 45 S 24 10 12 W, Fern's phone";
