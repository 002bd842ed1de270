// Seconds until each stop of the demo's tour shows what it says, with a CPU four times slower: `node tests/tour.mjs`.
// Needs a release server (SAFELANE_BINARY) and the app as `cargo xtask web` builds it.

import { figure, measured } from "./support/measured.mjs";
import { STOPS, walk } from "./support/tour.mjs";

await measured(async (browser, address) => {
  const page = await (await browser.newContext({ baseURL: address, viewport: { width: 1440, height: 900 } })).newPage();
  const slow = await page.context().newCDPSession(page);
  await slow.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await walk(page, (number, ms) => figure(`stop ${number} of the tour`, { person: STOPS[number - 1].person, seconds: ms / 1000 }));
});
