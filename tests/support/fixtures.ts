// `test` with a hub: import this instead of @playwright/test.

import { test as base } from "@playwright/test";

import { Hub } from "./hub.ts";

export { expect } from "@playwright/test";

type Fixtures = {
  /** A demo programme of this test's own, answering at `hub.address`. */
  hub: Hub;
};

export const test = base.extend<Fixtures>({
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
