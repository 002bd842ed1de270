// `test` with a hub: import this instead of @playwright/test.

import { test as base } from "@playwright/test";

import { Hub } from "./hub.ts";

export { expect } from "@playwright/test";

type Fixtures = {
  /** A demo programme of this test's own, answering at `hub.address`. */
  hub: Hub;
  /** Closes every window that a test opened: one left open goes on asking a hub that is gone, and slows the next test. */
  windows: void;
};

export const test = base.extend<Fixtures>({
  windows: [
    async ({ browser }, use) => {
      await use();
      for (const context of browser.contexts()) await context.close();
    },
    { auto: true },
  ],
  hub: async ({}, use, testInfo) => {
    const hub = await Hub.start("demo");
    await use(hub);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach("hub output", { body: hub.output, contentType: "text/plain" });
    }
    await hub.remove();
  },
  baseURL: async ({ hub }, use) => {
    await use(hub.address);
  },
});
