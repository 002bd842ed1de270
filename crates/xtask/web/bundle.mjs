// The app's files from their sources: bundled by esbuild, named by their content, compressed.
//
// Run by `cargo xtask web` in frontend/, with one JSON argument:
// { mode: "dev" | "release", programs: [{name, folder}], out, cache }.
// frontend/README.md says what becomes of which source, and by which name the app asks for it.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { promisify } from "node:util";
import * as zlib from "node:zlib";

const job = JSON.parse(process.argv[2]);
const { build: esbuild } = createRequire(path.join(process.cwd(), "package.json"))("esbuild");
const isDev = job.mode === "dev";

const LANGUAGES = ["en", "km", "bs"];
const MAP_WORKER = "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs";

/** Every name by which the app may ask for a file, and the address where that file is. */
const assets = {};

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");

function write(name, bytes) {
  const file = path.join(job.out, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
}

/** Writes a file under a name that holds the hash of its content. */
function emit(name, bytes) {
  const { name: stem, ext } = path.parse(name);
  const hashed = `assets/${stem}-${hash(bytes).slice(0, 12)}${ext}`;
  write(hashed, bytes);
  assets[name] = `/${hashed}`;
}

function filesUnder(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Bundles one entry; a stylesheet that a script imports comes out beside it. */
async function bundle(source, name, options = {}) {
  const { outputFiles } = await esbuild({
    entryPoints: { [path.parse(name).name]: source },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    minify: !isDev,
    outdir: job.out,
    legalComments: "none",
    logLevel: "warning",
    ...options,
  });
  return outputFiles.map((file) => ({ name: path.basename(file.path), bytes: file.contents }));
}

async function emitBundle(source, name, options) {
  if (!fs.existsSync(source)) throw new Error(`frontend/${source} is missing`);
  for (const file of await bundle(source, name, options)) emit(file.name, file.bytes);
}

function emitWasm({ name, folder }) {
  emit(`${name}.wasm`, fs.readFileSync(path.join(folder, `${name}_bg.wasm`)));
  const later = path.join(folder, `${name}_later.wasm`);
  if (fs.existsSync(later)) emit(`${name}-later.wasm`, fs.readFileSync(later));
}

function emitMessages() {
  for (const { name: program } of job.programs) {
    for (const language of LANGUAGES) {
      // The desk signs with the field's engine and fills in the field's form.
      const parts = ["common", "kinds", "problems", "field", ...(program === "field" ? [] : [program])]
        .map((part) => path.join("locales", language, `${part}.properties`))
        .filter((file) => fs.existsSync(file))
        .map((file) => fs.readFileSync(file, "utf8").trimEnd() + "\n");
      emit(`messages-${program}-${language}.properties`, Buffer.from(parts.join("")));
    }
  }
}

function emitFonts() {
  for (const file of filesUnder("fonts").filter((file) => file.endsWith(".woff2"))) emit(path.basename(file), fs.readFileSync(file));
}

/** The outlines that are always there, cut out of Natural Earth once per build. */
function emitCountries() {
  if (!fs.existsSync("map/countries.mjs")) return;
  execFileSync(process.execPath, ["map/countries.mjs"], { stdio: ["ignore", "inherit", "inherit"] });
  emit("countries.geojson", fs.readFileSync("map/countries.geojson"));
}

function copyPlain() {
  for (const file of ["manifest.webmanifest", ...filesUnder("icons")]) {
    if (fs.existsSync(file)) write(file, fs.readFileSync(file));
  }
}

function writePage(program) {
  const escape = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("'", "&#39;").replaceAll("<", "&lt;");
  const values = {
    "%BOOT%": assets[`boot-${program}.js`],
    "%CSS%": assets[`${program}.css`],
    "%WASM%": assets[`${program}.wasm`],
    "%ASSETS%": escape(JSON.stringify(assets)),
  };
  const template = fs.readFileSync(`index-${program}.html`, "utf8");
  const page = program === "field" ? "index.html" : `${program}.html`;
  write(page, template.replaceAll(/%(BOOT|CSS|WASM|ASSETS)%/g, (found) => values[found]));
}

async function writeServiceWorker(version) {
  const define = { __ASSETS__: JSON.stringify(assets), __VERSION__: JSON.stringify(version) };
  const [worker] = await bundle("sw.ts", "sw.js", { format: "iife", define });
  write("sw.js", worker.bytes);
}

/** Files of the same content are compressed once and kept in the cache folder. */
async function compress() {
  const brotli = promisify(zlib.brotliCompress);
  fs.mkdirSync(job.cache, { recursive: true });
  const isText = (file) => /\.(js|css|html|wasm|json|geojson|webmanifest|svg|properties)$/.test(file);
  const one = async (file) => {
    const bytes = fs.readFileSync(file);
    const kept = path.join(job.cache, hash(bytes));
    if (!fs.existsSync(kept)) {
      const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      // Under its final name only when whole: a build may be ended at any moment.
      fs.writeFileSync(`${kept}.${process.pid}`, await brotli(bytes, { params }));
      fs.renameSync(`${kept}.${process.pid}`, kept);
    }
    fs.copyFileSync(kept, `${file}.br`);
  };
  await Promise.all(filesUnder(job.out).filter(isText).map(one));
}

fs.rmSync(job.out, { recursive: true, force: true });
for (const program of job.programs) {
  const { name, folder } = program;
  const alias = { "safelane-wasm": path.join(folder, `${name}.js`) };
  emitWasm(program);
  await emitBundle("boot.ts", `boot-${name}.js`, { alias });
  await emitBundle(`style/${name}.css`, `${name}.css`);
}
await emitBundle("map/map.ts", "map.js");
await emitBundle("map/draw.ts", "draw.js");
await emitBundle(MAP_WORKER, "map-worker.js");
emitMessages();
emitFonts();
emitCountries();
copyPlain();
for (const { name } of job.programs) writePage(name);

const version = hash(filesUnder(job.out).map((file) => file + hash(fs.readFileSync(file))).join("\n")).slice(0, 12);
await writeServiceWorker(version);
write("app.json", JSON.stringify({ version, mode: job.mode, assets }, null, 1));
if (!isDev) await compress();
