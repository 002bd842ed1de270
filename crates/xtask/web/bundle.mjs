// The app's files from their sources: bundled by esbuild, named by their content, compressed.
//
// Run by `cargo xtask web` in frontend/, with one JSON argument:
// { mode: "dev" | "release", programs: [{name, folder}], out, cache }.
// What it reads and writes is described in crates/xtask/src/web.rs.

import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { promisify } from "node:util";
import * as zlib from "node:zlib";

const job = JSON.parse(process.argv[2]);
const here = process.cwd();
const { build: bundle } = createRequire(path.join(here, "package.json"))("esbuild");
const isDev = job.mode === "dev";
const assetsFolder = path.join(job.out, "assets");

// Every name by which the app may ask for a file, and the address where that file is.
const assets = {};
// Address of a written file -> addresses it imports without naming them in full.
const imports = {};

function hash(bytes) {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 10);
}

function filesUnder(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Writes a file under a name that holds the hash of its content, and returns its address. */
function emit(file) {
  const bytes = fs.readFileSync(file);
  const { name, ext } = path.parse(file);
  const hashed = `${name}-${hash(bytes)}${ext}`;
  fs.mkdirSync(assetsFolder, { recursive: true });
  fs.writeFileSync(path.join(assetsFolder, hashed), bytes);
  return `/assets/${hashed}`;
}

/** `import url from "./x.wasm?url"` and `url(x.woff2)` in CSS become the address of the emitted file. */
const addresses = {
  name: "addresses",
  setup(build) {
    build.onResolve({ filter: /.*/ }, async (found) => {
      if (found.pluginData === addresses || /^(https?:|data:|\/assets\/|#)/.test(found.path)) return undefined;
      const inCss = found.kind === "url-token";
      if (!inCss && !found.path.endsWith("?url")) return undefined;
      const plain = found.path.replace(/[?#].*$/, "");
      const { path: file, errors } = await build.resolve(plain, {
        kind: inCss ? "url-token" : "import-statement",
        resolveDir: found.resolveDir,
        importer: found.importer,
        pluginData: addresses,
      });
      if (errors.length > 0) return { errors };
      const address = emit(file);
      return inCss ? { path: address, external: true } : { path: address, namespace: "address" };
    });
    build.onLoad({ filter: /.*/, namespace: "address" }, (found) => ({
      contents: `export default ${JSON.stringify(found.path)}`,
    }));
  },
};

function topFiles(folder, extension) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(extension) && !name.endsWith(".d.ts"))
    .sort()
    .map((name) => path.join(folder, name));
}

async function bundleEntries() {
  const entryPoints = [
    ...job.programs.map(({ name, folder }) => ({ in: path.join(folder, "boot.js"), out: name })),
    ...topFiles("map", ".ts").map((file) => ({ in: file, out: file.replace(/\.ts$/, "") })),
    ...topFiles("styles", ".css").map((file) => ({ in: file, out: file.replace(/\.css$/, "") })),
  ];
  const { metafile } = await bundle({
    entryPoints,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: !isDev,
    outdir: assetsFolder,
    entryNames: "[dir]/[name]-[hash]",
    chunkNames: "chunk-[hash]",
    // Stylesheets name fonts that lie in the packages' own folders.
    external: ["/assets/*"],
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    plugins: [addresses],
    nodePaths: [path.join(here, "node_modules")],
  });
  const address = (file) => "/" + path.relative(job.out, path.resolve(here, file)).replaceAll(path.sep, "/");
  for (const [file, output] of Object.entries(metafile.outputs)) {
    const own = address(file);
    imports[own] = output.imports.filter((one) => !one.external).map((one) => address(one.path));
    if (!output.entryPoint) continue;
    const plain = path.relative(assetsFolder, path.resolve(here, file)).replaceAll(path.sep, "/");
    assets[plain.replace(/-[A-Z0-9]{8}(\.\w+)$/, "$1")] = own;
  }
  for (const { name, folder } of job.programs) assets[`${name}.wasm`] = emit(path.join(folder, `${name}_bg.wasm`));
}

function copyNamed() {
  for (const folder of ["assets", "locales"]) {
    for (const file of filesUnder(folder)) assets[file.replaceAll(path.sep, "/")] = emit(file);
  }
  return filesUnder("public").map((file) => {
    const name = path.relative("public", file);
    fs.mkdirSync(path.dirname(path.join(job.out, name)), { recursive: true });
    fs.copyFileSync(file, path.join(job.out, name));
    return "/" + name.replaceAll(path.sep, "/");
  });
}

/** All that loading these addresses loads: what they import, and every address that they spell out. */
function closure(starts) {
  const all = new Set(starts.filter(Boolean));
  for (const address of all) {
    for (const next of imports[address] ?? []) all.add(next);
    if (!/\.(js|css)$/.test(address)) continue;
    const text = fs.readFileSync(path.join(job.out, address), "utf8");
    for (const [next] of text.matchAll(/\/assets\/[\w./-]+?-[0-9a-zA-Z]{8,10}\.\w+/g)) {
      if (fs.existsSync(path.join(job.out, next))) all.add(next);
    }
  }
  return [...all].sort();
}

const DEFAULT_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Safelane</title>
<!-- head -->
</head>
<body></body>
</html>
`;

function writePage(program, page) {
  const template = fs.existsSync(`${program}.html`) ? fs.readFileSync(`${program}.html`, "utf8") : DEFAULT_PAGE;
  const escape = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const style = assets[`styles/${program}.css`];
  const head = [
    style && `<link rel="stylesheet" href="${style}">`,
    `<link rel="preload" as="fetch" type="application/wasm" crossorigin href="${assets[`${program}.wasm`]}">`,
    `<script type="module" src="${assets[`${program}.js`]}"></script>`,
    ...Object.entries(assets)
      .sort()
      .map(([name, address]) => `<meta name="asset:${escape(name)}" content="${escape(address)}">`),
  ];
  fs.writeFileSync(path.join(job.out, page), template.replace("<!-- head -->", () => head.filter(Boolean).join("\n")));
}

async function writeServiceWorker(precache, buildId) {
  const source = ["sw.ts", "sw.js"].find((file) => fs.existsSync(file));
  if (!source) return;
  await bundle({
    entryPoints: [source],
    bundle: true,
    format: "iife",
    target: "es2022",
    minify: !isDev,
    outfile: path.join(job.out, "sw.js"),
    define: { PRECACHE: JSON.stringify(precache), BUILD: JSON.stringify(buildId) },
    logLevel: "warning",
  });
}

/** Files of the same content are compressed once and kept in the cache folder. */
async function compress() {
  const compressing = promisify(zlib.brotliCompress);
  fs.mkdirSync(job.cache, { recursive: true });
  const compressible = /\.(js|css|html|wasm|json|webmanifest|svg|ftl|txt|geojson)$/;
  await Promise.all(
    filesUnder(job.out)
      .filter((file) => compressible.test(file))
      .map(async (file) => {
        const bytes = fs.readFileSync(file);
        const kept = path.join(job.cache, `${createHash("sha256").update(bytes).digest("hex")}.br`);
        if (!fs.existsSync(kept)) {
          const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
          const small = await compressing(bytes, { params });
          // Under its final name only when whole: a run may be ended at any moment.
          fs.writeFileSync(`${kept}.${process.pid}`, small);
          fs.renameSync(`${kept}.${process.pid}`, kept);
        }
        if (fs.statSync(kept).size < bytes.length) fs.copyFileSync(kept, `${file}.br`);
      }),
  );
}

fs.rmSync(job.out, { recursive: true, force: true });
fs.mkdirSync(assetsFolder, { recursive: true });
await bundleEntries();
const publicFiles = copyNamed();
for (const { name } of job.programs) writePage(name, name === "field" ? "index.html" : `${name}.html`);

const named = Object.entries(assets);
const starts = (test) => named.filter(([name]) => test(name)).map(([, address]) => address);
const precache = {
  common: ["/", "/desk", ...publicFiles, ...starts((name) => /^(locales|assets)\//.test(name))],
  field: closure(starts((name) => /^(field\.(js|wasm)|styles\/field\.css)$/.test(name))),
  desk: closure(starts((name) => /^(desk\.(js|wasm)|styles\/desk\.css)$/.test(name))),
  map: closure(starts((name) => /^(map\/|styles\/map\.css)/.test(name))),
};
const buildId = hash(
  filesUnder(job.out)
    .map((file) => `${path.relative(job.out, file)} ${hash(fs.readFileSync(file))}`)
    .join("\n"),
);
await writeServiceWorker(precache, buildId);
const summary = { build: buildId, mode: job.mode, assets, precache };
fs.writeFileSync(path.join(job.out, "app.json"), JSON.stringify(summary, null, 1));
if (!isDev) await compress();
