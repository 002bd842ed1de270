// Starts a bundle: theme and language before the first picture, words and WASM side by side, then the app.
//
// The app reads what is left here in `window.safelane` (src/platform/assets.rs).

import start from "safelane-wasm";

type Assets = Record<string, string>;

const LANGUAGES = ["en", "km", "bs"];

/** Which part of a font holds which characters; a browser fetches a part only when a text needs it. */
const LATIN = "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD";
const LATIN_EXT = "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF";
const KHMER = "U+1780-17FF,U+19E0-19FF,U+200B-200D,U+25CC";

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

function stored(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return ""; // Storage may be refused; the device's own settings then hold.
  }
}

function chooseTheme(): void {
  const chosen = stored("theme");
  const byDevice = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = ["light", "dark", "sunlight"].includes(chosen) ? chosen : byDevice;
}

function chooseLanguage(): string {
  const wanted = [stored("language"), ...navigator.languages, "en"].map((code) => code.slice(0, 2).toLowerCase());
  // Croatian and Serbian readers read Bosnian in Latin letters until their own lists are in.
  const known = wanted.map((code) => (code === "hr" || code === "sr" ? "bs" : code));
  const language = known.find((code) => LANGUAGES.includes(code)) ?? "en";
  document.documentElement.lang = language;
  return language;
}

function loadFonts(assets: Assets): void {
  const parts: [string, string][] = [["noto-sans-latin", LATIN], ["noto-sans-latin-ext", LATIN_EXT], ["noto-sans-khmer", KHMER]];
  for (const [name, unicodeRange] of parts) {
    for (const weight of ["400", "600"]) {
      const address = assets[`${name}-${weight}.woff2`];
      if (!address) continue;
      const bold = weight === "600" ? "600 800" : "100 500";
      document.fonts.add(new FontFace("Noto Sans", `url(${address})`, { weight: bold, unicodeRange, display: "swap" }));
    }
  }
}

async function fetchMessages(assets: Assets, bundle: string, language: string): Promise<string> {
  for (const code of [language, "en"]) {
    try {
      const answer = await fetch(assets[`messages-${bundle}-${code}.properties`]);
      if (answer.ok) return await answer.text();
    } catch {
      // Tried again in English.
    }
  }
  return "";
}

/**
 * The part of the program that no first visit begins with (crates/xtask-bindgen/src/split.rs): fetched when the
 * first pages stand, linked at once when somebody is quicker. The first part's exports are what it imports.
 */
function laterPart(address: string | undefined) {
  let fetched: Promise<WebAssembly.Module> | undefined;
  const part = {
    linked: address === undefined,
    /** Begins to fetch and compile. */
    fetch(): Promise<WebAssembly.Module> {
      fetched ??= WebAssembly.compileStreaming(fetch(address!));
      return fetched;
    },
    /** Links it; without a network it tries again when that is back. */
    async link(first: WebAssembly.Exports): Promise<void> {
      if (part.linked) return;
      try {
        // Not `new WebAssembly.Instance`: older phones refuse it for more than a few kilobytes.
        await WebAssembly.instantiate(await part.fetch(), { first });
        isHere();
      } catch (reason) {
        console.warn(reason);
        fetched = undefined;
        const again = new Promise((resolve) => addEventListener("online", resolve, { once: true }));
        await Promise.race([again, new Promise((resolve) => setTimeout(resolve, 5_000))]);
        await part.link(first);
      }
    },
    /** Links it before it returns: the program stands in the middle of a call. */
    linkNow(first: WebAssembly.Exports): void {
      if (part.linked) return;
      const request = new XMLHttpRequest();
      request.open("GET", address!, false);
      // Each character is one byte: a request that is waited for cannot give bytes.
      request.overrideMimeType("text/plain; charset=x-user-defined");
      request.send();
      if (request.status !== 200) throw new Error(`${address}: ${request.status}`);
      const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
      console.warn("the later part was needed before it was there");
      new WebAssembly.Instance(new WebAssembly.Module(bytes), { first });
      isHere();
    },
  };
  /** Linking is done by the instance itself: it writes its functions into the table. */
  function isHere(): void {
    part.linked = true;
    dispatchEvent(new Event("safelane-later"));
  }
  return part;
}

async function boot(): Promise<void> {
  const assets: Assets = JSON.parse(meta("safelane-assets"));
  const bundle = meta("safelane-bundle");
  chooseTheme();
  const language = chooseLanguage();
  loadFonts(assets);
  const wasm = fetch(assets[`${bundle}.wasm`]);
  const messages = await fetchMessages(assets, bundle, language);
  const later = laterPart(assets[`${bundle}-later.wasm`]);
  (window as any).safelane = { assets, bundle, language, messages, later, importModule: (address: string) => import(address) };
  // Where the service worker answers, all of it lies on the device: both parts are read side by side.
  if (!later.linked && navigator.serviceWorker?.controller) later.fetch().catch(() => undefined);
  const first = await start({ module_or_path: wasm });
  document.getElementById("starting")?.remove();
  await later.link(first as any);
}

boot().catch((reason) => {
  console.error(reason);
  document.documentElement.dataset.failed = "true";
});
