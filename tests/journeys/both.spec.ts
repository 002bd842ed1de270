// Where people begin, and what they are offered. Somebody who reports from the field and coordinates begins where there
// is room, and has a way to the other.

import { expect, test } from "../support/fixtures.ts";
import { settled } from "../support/pages.mjs";
import { atTheDesk } from "../support/people.ts";

test("field and desk lead to one another for whoever has both", async ({ browser, hub }) => {
  const stone = await atTheDesk(browser, hub, "Stone");
  const people = await (await stone.request.get("/api/people")).json();
  const ash = people.items.find((one: { display: string }) => one.display === "Ash");
  const granted = await stone.request.post(`/api/people/${ash.person}/roles`, { data: { roles: ["coordinator", "field"] } });
  expect(granted.ok()).toBe(true);

  await test.step("a wide screen opens the desk, whose settings lead to the field", async () => {
    const desk = await atTheDesk(browser, hub, "Ash");
    await desk.goto("/desk/settings");
    await desk.getByRole("link", { name: "Field reports" }).click({ timeout: 30_000 });
    await expect(desk).toHaveURL(/\/field\/today/);
    await expect(desk.getByRole("button", { name: "Item found" })).toBeVisible({ timeout: 30_000 });
    if (process.env.SAFELANE_PICTURES) await desk.screenshot({ path: `${process.env.SAFELANE_PICTURES}/both-field.png` });
  });

  await test.step("a narrow one opens the field, where More leads to the desk", async () => {
    const context = await browser.newContext({ baseURL: hub.address, viewport: { width: 390, height: 844 } });
    const phone = await context.newPage();
    await phone.goto("/sign-in");
    await phone.getByRole("button", { name: /^Ash/ }).click();
    await expect(phone.getByRole("button", { name: "Item found" })).toBeVisible({ timeout: 30_000 });
    await phone.goto("/field/more");
    const way = phone.getByRole("link", { name: "Work at the desk" });
    await way.scrollIntoViewIfNeeded();
    if (process.env.SAFELANE_PICTURES) await phone.screenshot({ path: `${process.env.SAFELANE_PICTURES}/both-more.png` });
    await way.click();
    await expect(phone).toHaveURL(/\/desk/);
  });
});

test("whoever only reads begins at the map, and is offered nothing that the hub refuses", async ({ browser, hub }) => {
  const wren = await atTheDesk(browser, hub, "Wren");
  await expect(wren).toHaveURL(/\/desk\/map/);
  const refused: string[] = [];
  wren.on("response", (answer) => {
    if (answer.status() === 403) refused.push(answer.url());
  });
  const places = wren.getByRole("navigation").getByRole("link");
  const count = await places.count();
  expect(count).toBeGreaterThan(4);
  for (let at = 0; at < count; at += 1) {
    await places.nth(at).click();
    await expect(places.nth(at)).toHaveAttribute("aria-current", "page");
    await settled(wren);
    await expect(wren.getByRole("alert")).toHaveCount(0);
  }
  expect(refused).toEqual([]);
});
