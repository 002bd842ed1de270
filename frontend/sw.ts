// The service worker: opens the app without a network. It keeps the app's own files and nothing of the record:
// what a person may read is in the device's store, and /api, /ogc and /tiles are never touched here.

declare const __ASSETS__: Record<string, string>;
declare const __VERSION__: string;
declare const self: any;

const CACHE = `app-${__VERSION__}`;
const PAGES = ["/", "/desk"];

/** What a phone needs before it leaves the network: the field bundle, its words, fonts and the map. */
function isField(name: string): boolean {
  return !name.startsWith("desk.") && !name.startsWith("boot-desk") && !name.startsWith("messages-desk") && !name.includes("draw");
}

const FIELD = Object.keys(__ASSETS__).filter(isField).map((name) => __ASSETS__[name]);
const KNOWN = new Set(Object.values(__ASSETS__));

self.addEventListener("install", (event: any) => {
  event.waitUntil(install());
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // "reload" passes by the HTTP cache: a page must never be older than the files that it names.
  const requests = ["/", ...FIELD, "/manifest.webmanifest", "/icons/icon.svg"].map((address) => new Request(address, { cache: address.startsWith("/assets/") ? "default" : "reload" }));
  await cache.addAll(requests);
}

self.addEventListener("activate", (event: any) => {
  event.waitUntil(activate());
});

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith("app-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

// The person presses "Update ready": only then does a new version take over.
self.addEventListener("message", (event: any) => {
  if (event.data === "take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event: any) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && isPage(url.pathname)) {
    event.respondWith(page(url.pathname.startsWith("/desk") ? "/desk" : "/", event.request));
  } else if (KNOWN.has(url.pathname) || url.pathname.startsWith("/icons/") || url.pathname === "/manifest.webmanifest") {
    event.respondWith(asset(event.request));
  }
});

function isPage(path: string): boolean {
  return path === "/" || path === "/sign-in" || /^\/(field|desk)(\/|$)/.test(path);
}

/** The page that this version came with; a desk page is kept when it is first opened. */
async function page(key: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(key);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && PAGES.includes(key) && (await names(answer))) await cache.put(key, answer.clone());
  return answer;
}

/** Whether a page names files of this very version; a newer one belongs to the next worker. */
async function names(answer: Response): Promise<boolean> {
  const text = await answer.clone().text();
  const boot = __ASSETS__["boot-desk.js"];
  return boot !== undefined && text.includes(boot);
}

/** Hashed files never change. MapLibre asks for its worker with `?v=…`, so the query is ignored. */
async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(new URL(request.url).pathname, answer.clone());
  return answer;
}
