// Lighthouse over every page of the two bundles: `node tests/lighthouse/pages.mjs [field|desk] [page]`, after `npm ci` in this folder. One line a page: accessibility, best
// practices, performance, and what is short of full marks in the first two. On a slowed machine as Lighthouse emulates it, a
// phone for the field, a desktop for the desk. Needs a release server (SAFELANE_BINARY) and the app as `cargo xtask web` builds it.

import { createServer } from "node:net";

import lighthouse, { desktopConfig } from "lighthouse";

import { chromium } from "../node_modules/@playwright/test/index.mjs";
import { measured } from "../support/measured.mjs";
import { BUNDLES, pagesOf, signIn } from "../support/pages.mjs";

const CATEGORIES = ["accessibility", "best-practices", "performance"];

/** A port that is free now: Lighthouse talks to the browser through it. */
const port = await new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const [only, onlyPage] = process.argv.slice(2);
for (const { bundle, person, viewport } of BUNDLES.filter(({ bundle }) => !only || bundle === only)) {
  // Lighthouse opens pages in the browser's own profile, so it is there that somebody signs in.
  await measured(async (browser, address) => {
    const { contexts } = await connected();
    const page = await contexts()[0].newPage();
    await page.setViewportSize(viewport);
    await page.goto(address);
    await signIn(at(page, address), bundle, person);
    const pages = await pagesOf(at(page, address), bundle);
    await page.close();
    for (const { name, address: path } of [{ name: "sign-in", address: "/sign-in" }, ...pages].filter(({ name }) => !onlyPage || name === onlyPage)) {
      const found = await lighthouse(address + path, { port, onlyCategories: CATEGORIES, disableStorageReset: true, logLevel: "error" }, bundle === "desk" ? desktopConfig : undefined);
      print(`${bundle} ${name}`, found.lhr);
    }
  }, [`--remote-debugging-port=${port}`]);
}

/** The browser through its port: what is opened there lies in its own profile. */
async function connected() {
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  return { contexts: () => browser.contexts() };
}

/** The page with addresses relative to the hub, as the journeys have it. */
function at(page, address) {
  return new Proxy(page, {
    get(target, key) {
      if (key === "goto") return (path) => target.goto(new URL(path, address).href);
      if (key === "request") return { get: (path) => target.request.get(new URL(path, address).href) };
      const value = target[key];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function print(name, { categories, audits, runtimeError }) {
  if (runtimeError) return console.log(name.padEnd(32), runtimeError.message);
  const marks = CATEGORIES.map((category) => `${category} ${Math.round((categories[category].score ?? 0) * 100)}`);
  const short = CATEGORIES.slice(0, 2).flatMap((category) => categories[category].auditRefs.filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1).map(({ id }) => [id, ...(audits[id].details?.items ?? []).map(({ node }) => node?.selector).filter(Boolean)].join(" ")));
  console.log(name.padEnd(32), marks.join("  "), ...(short.length ? [" short:", short.join(", ")] : []));
}
