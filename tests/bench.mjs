// Measures the release binary on the Bosnia layers (or on a made-up set where they are not beside the project), or, with
// a folder, on the generated country in it (`safelane-bench generate S|M|L DIR`): import, memory, bytes on disk, tiles,
// collections. `cargo xtask bench` calls it; one line of JSON for each figure.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

import { figure } from "./support/measured.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const binary = process.env.SAFELANE_BINARY ?? path.join(root, "target/release/safelane");
const bosnia = path.join(root, "../shared/data/bosnia");
const folder = mkdtempSync(path.join(tmpdir(), "safelane-bench-"));
const data = path.join(folder, "data");

const country = process.argv[2];

const LAYERS = [
  ["suspected_areas", "hazardous-area"],
  ["cleared_areas", "clearance"],
  ["incidents", "accident"],
  ["lifted_minefields", "hazardous-area"],
  ["municipalities", "admin-area"],
];
const layers = country
  ? [["hazards", "hazardous-area"], ["releases", "clearance"]].map(([name, kind]) => ({ name, kind, file: path.join(country, `${name}.geojson`), more: ["--id", "id"] }))
  : LAYERS.map(([name, kind]) => ({ name, kind, file: existsSync(bosnia) ? path.join(bosnia, `${name}.geojson`) : made(name, kind), more: [] }));

function made(name, kind) {
  // A grid of small squares, when the real layers are not here.
  const features = Array.from({ length: 400 }, (_, i) => {
    const [x, y] = [16.5 + (i % 20) * 0.1, 43.5 + Math.floor(i / 20) * 0.05];
    const ring = [[x, y], [x + 0.002, y], [x + 0.002, y + 0.002], [x, y + 0.002], [x, y]];
    const point = kind === "accident" || name.startsWith("lifted");
    const geometry = point ? { type: "Point", coordinates: [x, y] } : { type: "Polygon", coordinates: [ring] };
    return { type: "Feature", properties: { name: `${name} ${i}`, typeArea: name }, geometry };
  });
  const file = path.join(folder, `${name}.geojson`);
  writeFileSync(file, JSON.stringify({ type: "FeatureCollection", features }));
  return file;
}

async function start() {
  const child = spawn(binary, ["serve", "--data", data, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, SAFELANE_LOG: "warn" } });
  let printed = "";
  const address = await new Promise((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      printed += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
      if (found) resolve(found[0]);
    });
    child.once("exit", () => reject(new Error(printed)));
  });
  return { child, address };
}

const memory = (pid, key) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

function tilesOver(zoom, [west, south, east, north]) {
  const n = 2 ** zoom;
  const x = (lon) => Math.floor(((lon + 180) / 360) * n);
  const y = (lat) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n);
  const tiles = [];
  for (let i = x(west); i <= x(east); i++) for (let j = y(north); j <= y(south); j++) tiles.push(`${zoom}/${i}/${j}`);
  return tiles;
}

async function timed(address, token, paths) {
  const times = [];
  let largest = 0;
  let bytes = 0;
  for (const one of paths) {
    const before = performance.now();
    const answer = await fetch(address + one, { headers: { authorization: `Bearer ${token}` } });
    const body = await answer.arrayBuffer();
    times.push(performance.now() - before);
    if (answer.status !== 200 && answer.status !== 204) throw new Error(`${one}: ${answer.status}`);
    largest = Math.max(largest, body.byteLength);
    bytes += body.byteLength;
  }
  times.sort((a, b) => a - b);
  return {
    requests: times.length,
    p50_ms: +quantile(times, 0.5).toFixed(2),
    p99_ms: +quantile(times, 0.99).toFixed(2),
    largest_kB: +(largest / 1000).toFixed(1),
    total_kB: +(bytes / 1000).toFixed(0),
  };
}

/** Numbers between 0 and 1, the same on every run. */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Places where something is recorded: a corner of each of the first areas. */
function places() {
  const lines = readFileSync(path.join(country, "hazards.ndjson"), "utf8").split("\n").slice(0, 20_000).filter(Boolean);
  return lines.map((line) => JSON.parse(line).geometry.coordinates[0][0]);
}

function tileAt([lon, lat], zoom) {
  const n = 2 ** zoom;
  const y = ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n;
  return `${zoom}/${Math.floor(((lon + 180) / 360) * n)}/${Math.floor(y)}`;
}

/** Tiles and boxes to ask for: over all Bosnia, or where a generated country has something. */
function questions() {
  const items = ([x, y], dx, dy) => `/ogc/collections/hazardous-area/items?bbox=${x - dx},${y - dy},${x + dx},${y + dy}&limit=100&f=json`;
  if (!country) {
    const box = [15.7, 42.5, 19.7, 45.3];
    const tiles = [8, 11, 13].map((zoom) => {
      const all = tilesOver(zoom, box);
      return [zoom, all.length > 1500 ? all.filter((_, i) => i % Math.ceil(all.length / 1500) === 0) : all];
    });
    const boxes = Array.from({ length: 300 }, (_, i) => items([16.1 + (i % 20) * 0.15, 43.1 + Math.floor(i / 20) * 0.13], 0.1, 0.1));
    return { tiles, boxes };
  }
  const [at, dice] = [places(), random(7)];
  const some = () => at[Math.floor(dice() * at.length)];
  const tiles = [6, 7, 8, 9, 10, 11, 12, 13, 14].map((zoom) => [zoom, [...new Set(Array.from({ length: 200 }, () => tileAt(some(), zoom)))]]);
  const boxes = Array.from({ length: 1000 }, () => {
    const d = Math.exp(Math.log(0.01) + dice() * Math.log(60));
    return items(some(), d, d * 0.7);
  });
  return { tiles, boxes };
}

/** Answers a second with eight connections that always wait for one. */
async function throughput(address, token, paths, seconds = 5) {
  const until = performance.now() + seconds * 1000;
  let [count, bytes] = [0, 0];
  const client = async (n) => {
    for (let i = n; performance.now() < until; i += 8) {
      const answer = await fetch(address + paths[i % paths.length], { headers: { authorization: `Bearer ${token}` } });
      bytes += (await answer.arrayBuffer()).byteLength;
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, n) => client(n)));
  return { per_second: Math.round(count / seconds), MB_per_second: +(bytes / seconds / 1e6).toFixed(1) };
}

const bytesOf = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).reduce((sum, entry) => sum + statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size, 0);

const hub = await start();
try {
  let records = 0;
  for (const { name, kind, file, more } of layers) {
    const report = path.join(folder, "report.json");
    const before = performance.now();
    execFileSync(binary, ["import", file, "--kind", kind, ...more, "--as-of", "2024-07-31", "--report", report, "--data", data], { stdio: "ignore" });
    const { totals } = JSON.parse(readFileSync(report, "utf8"));
    const seconds = (performance.now() - before) / 1000;
    const features = Object.values(totals).reduce((sum, count) => sum + count, 0);
    records += features;
    figure(`import ${name}`, { seconds: +seconds.toFixed(2), us_per_feature: Math.round((seconds * 1e6) / features), ...totals });
  }
  const disk = bytesOf(data);
  figure("hub after import", { rss_MB: +memory(hub.child.pid, "VmRSS").toFixed(0), peak_MB: +memory(hub.child.pid, "VmHWM").toFixed(0), disk_MB: +(disk / 1e6).toFixed(0), disk_bytes_per_feature: Math.round(disk / records) });
  const token = execFileSync(binary, ["token", "create", "bench", "--role", "viewer", "--data", data], { encoding: "utf8" }).trim().split("\n").pop();
  const { tiles, boxes } = questions();
  for (const [zoom, all] of tiles) {
    const paths = all.map((tile) => `/tiles/hazards/${tile}`);
    figure(`tiles z${zoom}, cold`, await timed(hub.address, token, paths));
    figure(`tiles z${zoom}, cached`, await timed(hub.address, token, paths));
  }
  const cached = tiles.flatMap(([, all]) => all.map((tile) => `/tiles/hazards/${tile}`));
  figure("tiles, cached, 8 connections", await throughput(hub.address, token, cached));
  figure("OGC items, bbox, limit 100", await timed(hub.address, token, boxes));
  figure("OGC items, 8 connections", await throughput(hub.address, token, boxes));
  figure("hub at the end", { rss_MB: +memory(hub.child.pid, "VmRSS").toFixed(0), peak_MB: +memory(hub.child.pid, "VmHWM").toFixed(0) });
} finally {
  hub.child.kill("SIGTERM");
  await new Promise((resolve) => hub.child.once("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
}
