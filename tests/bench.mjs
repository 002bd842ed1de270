// Measures the release binary on the Bosnia layers (or on a made-up set where they are not beside the project):
// import, tiles, collections. `cargo xtask bench` calls it; it prints one table and writes bench.json.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const binary = process.env.SAFELANE_BINARY ?? path.join(root, "target/release/safelane");
const bosnia = path.join(root, "../shared/data/bosnia");
const folder = mkdtempSync(path.join(tmpdir(), "safelane-bench-"));
const data = path.join(folder, "data");
const rows = [];
const row = (what, figures) => rows.push({ what, ...figures });

const layers = [
  ["suspected_areas", "hazardous-area"],
  ["cleared_areas", "clearance"],
  ["incidents", "accident"],
  ["lifted_minefields", "hazardous-area"],
  ["municipalities", "admin-area"],
];

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

const hub = await start();
try {
  for (const [name, kind] of layers) {
    const file = existsSync(bosnia) ? path.join(bosnia, `${name}.geojson`) : made(name, kind);
    const report = path.join(folder, "report.json");
    const before = performance.now();
    execFileSync(binary, ["import", file, "--kind", kind, "--as-of", "2024-07-31", "--report", report, "--data", data], { stdio: "ignore" });
    const { totals } = JSON.parse(readFileSync(report, "utf8"));
    row(`import ${name}`, { seconds: +((performance.now() - before) / 1000).toFixed(2), ...totals });
  }
  row("hub after import", { rss_MB: +memory(hub.child.pid, "VmRSS").toFixed(0), peak_MB: +memory(hub.child.pid, "VmHWM").toFixed(0) });
  const token = execFileSync(binary, ["token", "create", "bench", "--role", "viewer", "--data", data], { encoding: "utf8" }).trim().split("\n").pop();
  const box = [15.7, 42.5, 19.7, 45.3];
  for (const zoom of [8, 11, 13]) {
    let tiles = tilesOver(zoom, box);
    if (tiles.length > 1500) tiles = tiles.filter((_, i) => i % Math.ceil(tiles.length / 1500) === 0);
    const paths = tiles.map((tile) => `/tiles/hazards/${tile}`);
    row(`tiles z${zoom}, cold`, await timed(hub.address, token, paths));
    row(`tiles z${zoom}, cached`, await timed(hub.address, token, paths));
  }
  const boxes = Array.from({ length: 300 }, (_, i) => {
    const [x, y] = [16 + (i % 20) * 0.15, 43 + Math.floor(i / 20) * 0.13];
    return `/ogc/collections/hazardous-area/items?bbox=${x},${y},${x + 0.2},${y + 0.2}&limit=100&f=json`;
  });
  row("OGC items, bbox, limit 100", await timed(hub.address, token, boxes));
} finally {
  hub.child.kill("SIGTERM");
  await new Promise((resolve) => hub.child.once("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
}
for (const { what, ...figures } of rows) {
  console.log(what.padEnd(32), Object.entries(figures).map(([name, value]) => `${name} ${value}`).join("  "));
}
writeFileSync(path.join(root, "target", "bench.json"), JSON.stringify(rows, null, 1));
