// Seconds from the receipt of a find in released ground to the alarm on a desk's screen, five times: `node tests/alarm.mjs`.
// Needs a release server (SAFELANE_BINARY) and the app as `cargo xtask web` builds it.

import { figure, measured } from "./support/measured.mjs";

/** Paddy Edge (0203): cleared, released and closed. */
const released = { latitude: -38.618, longitude: -24.0862, accuracy: 4 };

async function signedIn(browser, address, name, options, there) {
  const context = await browser.newContext({ baseURL: address, ...options });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await there(page).waitFor({ timeout: 60_000 });
  return page;
}

await measured(async (browser, address) => {
  const desk = await signedIn(browser, address, "Ash", { viewport: { width: 1440, height: 900 } }, (page) => page.getByText(/\d+ alarms?/).first());
  const phone = await signedIn(browser, address, "Fern", { viewport: { width: 390, height: 844 }, geolocation: released, permissions: ["geolocation"] }, (page) => page.getByText(/^Task DEMO-/).first());
  for (let run = 1; run <= 5; run += 1) {
    const before = Number.parseInt(await desk.locator(".desk-list").getByText(/\d+ alarms?/).first().innerText(), 10);
    await phone.goto("/field/today");
    await phone.getByRole("button", { name: "Item found" }).click();
    await phone.locator(".kind-card").first().click();
    await phone.getByRole("button", { name: /^Next/ }).click();
    await phone.getByRole("radio", { name: "Surface" }).click();
    await phone.context().setGeolocation(released);
    await phone.getByText("38.618").first().waitFor();
    await phone.getByRole("button", { name: /^Next/ }).click();
    const shown = desk.locator(".desk-list").getByText(`${before + 1} alarms`).waitFor({ timeout: 30_000 }).then(() => performance.now());
    const received = phone.waitForResponse((answer) => answer.url().endsWith("/push") && answer.ok()).then(() => performance.now());
    const pressed = performance.now();
    await phone.getByRole("button", { name: "Send", exact: true }).click();
    const [at, seen] = [await received, await shown];
    figure("from a find to the alarm", { run, seconds: (seen - at) / 1000, after_send_seconds: (seen - pressed) / 1000 });
  }
});
