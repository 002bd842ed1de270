// Builds the demo programme once: every test that wants one begins with a copy, in a folder of its own.

import { BUILT, Hub } from "./hub.ts";

export default async function build(): Promise<() => Promise<void>> {
  const demo = await Hub.start("demo");
  await demo.stop();
  process.env[BUILT] = demo.data;
  return () => demo.remove();
}
