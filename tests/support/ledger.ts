// What a hub really holds, asked directly: to hold what a screen says against it.

import type { Page } from "@playwright/test";

interface Pulled {
  leaf: string;
  revision: { bytes: string; bodies: Record<string, string> };
}

/** A revision in the hub's log. */
export interface Held {
  n: number;
  id: string;
  kind: string;
  act: string;
  device: string;
  seq: number;
  record: string;
  photos: string[];
}

/** Everything after a number of the hub's log, as somebody reads it whose scope is the whole programme. */
export async function log(desk: Page, after: number): Promise<Held[]> {
  const held: Held[] = [];
  for (let upto = after; ; ) {
    const answer = await desk.request.get(`/api/sync/pull?after=${upto}`);
    if (answer.status() !== 200) throw new Error(`a pull was answered ${answer.status()}`);
    const page = (await answer.json()) as { upto: number; more: boolean; entries: Pulled[] };
    for (const entry of page.entries) {
      const leaf = JSON.parse(entry.leaf);
      const says = JSON.parse(entry.revision.bytes);
      const body = JSON.parse(entry.revision.bodies.t1 ?? "{}");
      const photos = ((body.photos ?? []) as { sha256: string }[]).map((photo) => photo.sha256);
      const { kind, act, device, seq, record } = says;
      held.push({ n: leaf.n, id: leaf.id, kind, act, device, seq, record, photos });
    }
    upto = page.upto;
    if (!page.more) return held;
  }
}

/** Items found after a number of the log. */
export async function items(desk: Page, after: number): Promise<Held[]> {
  return (await log(desk, after)).filter((one) => one.act === "put" && one.kind.startsWith("explosive-ordnance/"));
}

/** Of these photos, those that the hub gives out whole. */
export async function photosHeld(desk: Page, held: Held[]): Promise<string[]> {
  const given: string[] = [];
  for (const sha256 of held.flatMap((one) => one.photos)) {
    const answer = await desk.request.get(`/api/media/${sha256}`);
    if (answer.status() !== 200) continue;
    const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(await answer.body()));
    if (Buffer.from(digest).toString("hex") === sha256) given.push(sha256);
  }
  return given;
}
