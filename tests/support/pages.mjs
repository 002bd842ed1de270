// Every page of the two bundles, for whatever goes through all of them: pictures, axe, Lighthouse.

/** The themes and languages that a person can choose. */
export const THEMES = ["light", "dark", "sunlight"];
export const LANGUAGES = ["en", "km", "bs"];

/** The two bundles: who sees most there, and on what. */
export const BUNDLES = [
  { bundle: "field", person: "Fern", viewport: { width: 390, height: 844 } },
  { bundle: "desk", person: "Ash", viewport: { width: 1440, height: 900 } },
];

/** Signs in by one tap of the demo and waits for what the first page shows. */
export async function signIn(page, bundle, person) {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: new RegExp(`^${person}`) }).click({ timeout: 60_000 });
  await page.waitForURL(new RegExp(`/${bundle}`), { timeout: 60_000 });
  await page.locator("h1").first().waitFor({ timeout: 60_000 });
}

/** The pages of a bundle for who is signed in: the name of each, its address in this isle, and what to press there first. */
export async function pagesOf(page, bundle) {
  return bundle === "field" ? fieldPages(page) : deskPages(page);
}

async function fieldPages(page) {
  await page.goto("/field/records");
  const own = page.locator('a[href^="/field/records/"]');
  await own.first().waitFor();
  const record = await own.first().getAttribute("href");
  // A form begins a record, and a record that was begun stands in the lists: the lists come first.
  const addresses = [
    "today", "records", record.replace("/field/", ""), "sending", "more", "map", "emergency", "new/progress", "new/completion",
    "new/explosive-ordnance", "new/non-technical-survey", "new/civilian-risk-zone", "new/accident", "new/civilian-report",
  ];
  const named = addresses.map((address) => ({ name: address.startsWith("records/") ? "record" : address, address: `/field/${address}` }));
  // The two forms that ask for a task first, and then are what a section sees every day.
  for (const form of ["progress", "completion"]) named.push({ name: `form-${form}`, address: `/field/new/${form}`, press: ".card-button" });
  return named;
}

async function deskPages(page) {
  const ask = async (address) => (await page.request.get(address)).json();
  const records = async (kind) => (await ask(`/api/records?kind=${kind}&limit=100`)).items;
  const of = (rows, reference) => {
    const row = rows.find((row) => row.reference === reference);
    if (!row) throw new Error(`the demo has no ${reference}`);
    return row.record;
  };
  const middle = (rows, reference) => {
    const [west, south, east, north] = rows.find((row) => row.reference === reference).bbox;
    return `${(west + east) / 2},${(south + north) / 2}`;
  };
  const hazards = await records("hazardous-area");
  const zones = await records("civilian-risk-zone");
  const tasks = await records("task");
  const queue = (await ask("/api/review")).items;
  const line = (what, found) => {
    const item = queue.find(found);
    if (!item) throw new Error(`nothing waits that is ${what}`);
    return item.revision;
  };
  const named = {
    review: `review/${line("worked", (item) => item.area === 24_600)}`,
    "review-nothing-chosen": "review",
    "review-two-people": `review/${line("cancelled", (item) => item.effect === "cancelled")}`,
    "review-versions": `review/${line("one of two versions", (item) => item.two_versions)}`,
    "review-accident": `review/${line("an accident", (item) => item.row.kind === "accident")}`,
    "review-paper": `review/${line("from a sheet", (item) => item.row.codes.paper)}`,
    split: `split/${of(hazards, "DEMO-0147")}`,
    "area-enlarge": `area/${of(hazards, "DEMO-0147")}/enlarge`,
    "area-class": `area/${of(hazards, "DEMO-0118")}/class`,
    "area-reopen": `area/${of(hazards, "DEMO-0112")}/reopen`,
    "map-close": `map?record=${of(hazards, "DEMO-0207")}&at=${middle(hazards, "DEMO-0207")}`,
    combine: `combine/${of(hazards, "DEMO-0220")}`,
    "record-alarm": `record/${of(hazards, "DEMO-0203")}`,
    "record-released": `record/${of(hazards, "DEMO-0112")}`,
    "record-zone": `record/${zones[0].record}`,
    edit: `edit/${of(hazards, "DEMO-0147")}`,
    task: `task/${tasks[0].record}`,
    check: "checks/outside-recorded-hazard",
  };
  const plain = [
    "morning", "map", "checks", "records", "claims", "tasks", "risk", "risk/method", "totals", "people", "paper", "import", "settings",
    "new/hazardous-area", "new/task", "new/clearance",
  ];
  return [
    ...plain.map((address) => ({ name: address, address: `/desk/${address}` })),
    ...Object.entries(named).map(([name, address]) => ({ name, address: `/desk/${address}` })),
  ];
}

/** Changes how the app looks; the next page that is loaded looks so. */
export async function dress(page, theme, language) {
  await page.evaluate(([theme, language]) => {
    localStorage.setItem("theme", theme);
    localStorage.setItem("language", language);
  }, [theme, language]);
}

/** Waits until a page shows what it has: its title, no skeleton, its letters, and its map drawn to the end. */
export async function settled(page) {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.evaluate(() => void (window.__still = undefined));
  await page.waitForFunction(
    () => {
      const waits = document.querySelector(".skeleton, #starting, .map-canvas:not([data-drawn])");
      const since = (window.__still ??= { at: performance.now() });
      if (waits || document.fonts.status !== "loaded") since.at = performance.now();
      // What is asked after the first answer has begun by then: a map moves to what a report names.
      return performance.now() - since.at > 400;
    },
    undefined,
    { polling: 50, timeout: 90_000 },
  );
}
