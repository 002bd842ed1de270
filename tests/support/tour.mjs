// The ten stops of the demo's tour: who stands there, and what each must show for its own words to be true.

export const STOPS = [
  { person: "Ash", address: /\/desk\/map$/, shows: ["text=Legend", "text=Worked, not released", ".map-canvas[data-drawn]"] },
  { person: "Ash", address: /\/desk\/record\//, shows: [".notice.alarm:has-text('released')", "h1:has-text('DEMO-0203')"] },
  { person: "Fern", address: /\/field\/today$/, shows: ["text=Road Bend", "text=Daily progress"] },
  { person: "Fern", address: /\/field\/(new|draft)\//, shows: ["h1:has-text('Item found')", "text=AP mine"] },
  { person: "Ash", address: /\/desk\/review\/\w+/, shows: [".desk-panel .fact:has-text('20,000 m², no change')", ".desk-panel :text('246 m²')", ".judge button:has-text('Approve')", ".map-canvas[data-drawn]"] },
  { person: "Bell", address: /\/desk\/review\/\w+/, shows: [".desk-panel :text('53 m²')", ".judge :text('A strip is left out')", ".queue-entry:has-text('cancels 18,400 m²')"] },
  { person: "Ash", address: /\/desk\/combine\//, shows: ["h1:has-text('DEMO-0220')", ".combine :text('12,900 m²')", ".combine :text('11,400 m²')", ".map-canvas[data-drawn]"] },
  { person: "Dale", address: /\/desk\/record\//, shows: ["h1:has-text('School path')", ".risk-index:has-text('5.6')", ".risk :text('High')"] },
  { person: "Wren", address: /\/desk\/record\//, shows: ["h1:has-text('DEMO-0112')", "td:has-text('−11,600 m²')"] },
  { person: "Stone", address: /\/desk\/import$/, shows: ["text=safelane import suspected.geojson", "text=/ogc", "text=safelane verify"] },
];

/** Walks from the sign-in page through all stops and hands each, when it shows what it says, to `arrived(number, ms)`. */
export async function walk(page, arrived) {
  await page.goto("/sign-in");
  const start = page.getByRole("button", { name: /^Take the tour/ });
  await start.waitFor();
  for (const [index, stop] of STOPS.entries()) {
    const before = performance.now();
    if (index === 0) await start.click();
    else await page.locator(".tour").getByRole("button", { name: stop.person === STOPS[index - 1].person ? "Next" : `Go on as ${stop.person}` }).click();
    await page.locator(".tour").getByText(`Tour ${index + 1} of ${STOPS.length}`).waitFor({ timeout: 120_000 });
    await page.waitForURL(stop.address, { timeout: 120_000 });
    for (const shown of stop.shows) await page.locator(shown).first().waitFor({ timeout: 120_000 });
    await arrived(index + 1, performance.now() - before);
  }
}
