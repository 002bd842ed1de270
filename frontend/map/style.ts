// What lies on what: pale ground first, released below hazard, worked on the red, reports as lines without fill, points on top.

import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Colours } from "./patterns";

/** Roles whose areas bear letters. Of an area that lies in several tiles each part would bear them, so they have a place of their own. */
export const LETTERED = ["admin", "released", "confirmed", "suspected"] as const;
export const lettersOf = (role: string): string => `${role}-letters`;

/** A role says how a feature is drawn; each has one GeoJSON source, filled by the app. */
export const ROLES = [
  "basemap", "admin", "released", "proposed", "confirmed", "suspected", "worked", "submitted", "risk-zone", "task", "result", "this-report", "sketch",
  "indication", "item", "accident", "not-here", "position",
] as const;

const EMPTY = { type: "FeatureCollection" as const, features: [] };

/** The hub's tiles: all of its layers in one request (`crates/server/src/tiles/features.rs` names them). */
const TILES = "tiles";
/** The deepest zoom that the hub draws; deeper ones show these tiles larger. */
const TILE_ZOOM = 16;

const has = (property: string, ...values: unknown[]) => ["in", ["coalesce", ["get", property], ""], ["literal", values]];
const INDICATION = has("class", "indication");
const SUSPECTED = has("class", "sha");
// What is neither is drawn as the most dangerous: confirmed, an alarm, a class of a newer hub.
const CONFIRMED = ["!", ["any", INDICATION, SUSPECTED]];
// What nobody reviewed yet is drawn as danger and marked, never left out (S11).
const REPORTED = ["==", ["get", "reported"], true];
const IN_THE_GROUND = ["!=", ["get", "in_the_ground"], false];

const LETTERS = ["coalesce", ["get", "label"], ["get", "reference"], ["get", "name"], ""];
/** Where symbols share a place, one stands for several and says for how many. */
const COUNT = ["case", [">", ["coalesce", ["get", "count"], 1], 1], ["to-string", ["get", "count"]], ""];

const SHAPE = ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], true, false];
const POINT = ["match", ["geometry-type"], ["Point", "MultiPoint"], true, false];
const LINE = ["match", ["geometry-type"], ["LineString", "MultiLineString"], true, false];

interface Origin {
  /** A prefix for the ids of its layers. */
  name: string;
  source: (role: string) => string;
  sourceLayer?: (role: string) => string;
  filter: (role: string) => unknown[];
  /** Where the letters on areas come from: a source of places, or the parts of areas that bear them. */
  letters: (role: string) => { source: string; filter: unknown[] };
}

/** Shapes given by the app: every role has a source of its own, so nothing is left to filter. */
const GIVEN: Origin = {
  name: "given",
  source: (role) => role,
  filter: () => ["literal", true] as unknown[],
  letters: (role) => ({ source: lettersOf(role), filter: POINT }),
};

const TILE_OF: Record<string, string> = {
  confirmed: "hazards", suspected: "hazards", indication: "hazards", submitted: "hazards", worked: "worked", released: "released",
  proposed: "proposed", item: "items", accident: "accidents", "risk-zone": "zones",
};

const TILE_FILTER: Record<string, unknown[]> = {
  confirmed: CONFIRMED, suspected: SUSPECTED, indication: INDICATION, submitted: REPORTED, item: IN_THE_GROUND,
  // A claim of an imported source cuts nothing until two people accept it: it is no released ground.
  released: ["!=", ["get", "claimed"], true],
};

const TILED: Origin = {
  name: "tile",
  source: () => TILES,
  sourceLayer: (role) => TILE_OF[role],
  filter: (role) => TILE_FILTER[role] ?? ["literal", true],
  letters: () => ({ source: TILES, filter: ["all", SHAPE, ["!=", ["get", "elsewhere"], true]] }),
};

type Paint = Record<string, unknown>;

function layer(origin: Origin, role: string, kind: string, suffix: string, shape: unknown[], paint: Paint, layout: Paint = {}): LayerSpecification {
  const made: any = { id: `${origin.name}-${role}-${suffix}`, type: kind, source: origin.source(role), filter: ["all", origin.filter(role), shape], paint, layout };
  if (origin.sourceLayer) made["source-layer"] = origin.sourceLayer(role);
  return made;
}

const fill = (origin: Origin, role: string) => layer(origin, role, "fill", "fill", SHAPE, { "fill-pattern": role });
const line = (origin: Origin, role: string, colour: string, width: number, dash?: number[]) =>
  layer(origin, role, "line", "line", ["literal", true] as unknown[], { "line-color": colour, "line-width": width, ...(dash ? { "line-dasharray": dash } : {}) }, { "line-join": "round" });

function letters(origin: Origin, role: string, c: Colours): LayerSpecification {
  const paint = { "text-color": c.ink, "text-halo-color": c.halo, "text-halo-width": 2 };
  const layout = { "text-field": LETTERS, "text-font": ["Noto Sans"], "text-size": 13, "text-padding": 4 };
  const { source, filter } = origin.letters(role);
  return { ...layer(origin, role, "symbol", "letters", filter, paint, layout), source, minzoom: 12 } as LayerSpecification;
}

function mark(origin: Origin, role: string, c: Colours): LayerSpecification {
  const paint = { "text-color": c.ink, "text-halo-color": c.halo, "text-halo-width": 2 };
  // A danger symbol is never left out because another one is near (S2); its letters may be.
  const layout = {
    "icon-image": `symbol-${role}`, "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 5, 0.45, 9, 0.7, 13, 1],
    "text-field": ["step", ["zoom"], COUNT, 12, LETTERS], "text-font": ["Noto Sans"], "text-size": 12, "text-offset": [0, 1.4], "text-optional": true,
  };
  return layer(origin, role, "symbol", "mark", POINT, paint, layout);
}

function ground(origin: Origin, c: Colours, roles: (role: string) => boolean): LayerSpecification[] {
  const wide = c.stroke === "wide" ? 4 : 3;
  const all: [string, LayerSpecification[]][] = [
    ["released", [fill(origin, "released"), line(origin, "released", c.releaseLine, 2)]],
    ["suspected", [fill(origin, "suspected"), line(origin, "suspected", c.hazardLine, wide), mark(origin, "suspected", c)]],
    ["confirmed", [fill(origin, "confirmed"), line(origin, "confirmed", c.hazardLine, wide), mark(origin, "confirmed", c)]],
    ["indication", [mark(origin, "indication", c)]],
    ["worked", [fill(origin, "worked"), line(origin, "worked", c.workedEdge, 0.8)]],
    ["proposed", [line(origin, "proposed", c.releaseLine, 2, [3, 2])]],
    ["submitted", [line(origin, "submitted", c.halo, wide, [3, 2])]],
    ["risk-zone", [line(origin, "risk-zone", c.hazardLine, 2.5, [1, 1.5])]],
    ["suspected", [letters(origin, "suspected", c)]],
    ["confirmed", [letters(origin, "confirmed", c)]],
    ["released", [letters(origin, "released", c)]],
    ["item", [mark(origin, "item", c)]],
    ["accident", [mark(origin, "accident", c)]],
  ];
  return all.filter(([role]) => roles(role)).flatMap(([, layers]) => layers);
}

function base(c: Colours): LayerSpecification[] {
  const kind = (...kinds: string[]) => ["in", ["coalesce", ["get", "class"], ["get", "kind"], ["get", "layer"], ""], ["literal", kinds]];
  const label = { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.5 };
  const named = (size: number) => ({ "text-field": ["coalesce", ["get", "name"], ""], "text-font": ["Noto Sans"], "text-size": size });
  return [
    { id: "background", type: "background", paint: { "background-color": c.water } },
    { id: "countries-fill", type: "fill", source: "countries", paint: { "fill-color": c.land } },
    { id: "countries-line", type: "line", source: "countries", paint: { "line-color": c.border, "line-width": 1.2 } },
    { id: "basemap-land", type: "fill", source: "basemap", filter: ["all", SHAPE, kind("coast", "island", "land")], paint: { "fill-color": c.land } },
    { id: "basemap-green", type: "fill", source: "basemap", filter: ["all", SHAPE, kind("forest", "field", "paddy", "grassland", "green", "hills")], paint: { "fill-color": c.green } },
    { id: "basemap-water", type: "fill", source: "basemap", filter: ["all", SHAPE, kind("water", "lake", "pond")], paint: { "fill-color": c.water } },
    { id: "admin-line", type: "line", source: "admin", paint: { "line-color": c.border, "line-width": 1.2, "line-dasharray": [4, 2] } },
    { id: "basemap-river", type: "line", source: "basemap", filter: ["all", LINE, kind("water", "river", "stream", "canal")], paint: { "line-color": c.water, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1, 15, 9] } },
    { id: "basemap-coast", type: "line", source: "basemap", filter: kind("land", "coast", "island"), paint: { "line-color": c.border, "line-width": 1.5 } },
    { id: "basemap-road", type: "line", source: "basemap", filter: kind("road", "path", "track"), paint: { "line-color": c.road, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1, 15, 7] }, layout: { "line-cap": "round" } },
    { id: "basemap-building", type: "fill", source: "basemap", minzoom: 12, filter: ["all", SHAPE, kind("building", "school", "health", "health-post")], paint: { "fill-color": c.building } },
    { id: "basemap-name", type: "symbol", source: "basemap", minzoom: 8, filter: POINT, paint: label, layout: named(13) },
    { id: "admin-name", type: "symbol", source: lettersOf("admin"), minzoom: 7, paint: label, layout: named(12) },
  ] as LayerSpecification[];
}

/** Names, districts and DEMO out of the hub's tiles. */
function tiledNames(c: Colours): LayerSpecification[] {
  const paint = { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.5 };
  const name = { "text-field": ["coalesce", ["get", "name"], ""], "text-font": ["Noto Sans"], "text-size": 12 };
  const from = (layer: string) => ({ source: TILES, "source-layer": layer });
  return [
    { id: "tile-admin-line", type: "line", ...from("admin"), paint: { "line-color": c.border, "line-width": 1.2, "line-dasharray": [4, 2] } },
    { id: "tile-settlement-name", type: "symbol", ...from("settlements"), minzoom: 9, paint, layout: name },
    { id: "tile-demo-stripe", type: "symbol", ...from("demo"), layout: { "icon-image": "demo", "icon-allow-overlap": true, "icon-ignore-placement": true } },
  ] as unknown as LayerSpecification[];
}

function drawn(c: Colours): LayerSpecification[] {
  const sketch = { "circle-radius": 8, "circle-color": c.halo, "circle-stroke-color": c.reportLine, "circle-stroke-width": 3 };
  return [
    layer(GIVEN, "not-here", "fill", "fill", SHAPE, { "fill-pattern": "not-here" }),
    layer(GIVEN, "result", "line", "line", ["literal", true] as unknown[], { "line-color": c.accent, "line-width": 12, "line-opacity": 0.42 }, { "line-join": "round" }),
    line(GIVEN, "task", c.taskLine, 2),
    line(GIVEN, "this-report", c.reportLine, 4, [2.2, 1.5]),
    line(GIVEN, "sketch", c.reportLine, 4, [2.2, 1.5]),
    layer(GIVEN, "sketch", "circle", "point", POINT, sketch),
    layer(GIVEN, "position", "fill", "radius", SHAPE, { "fill-color": c.accent, "fill-opacity": 0.18 }),
    layer(GIVEN, "position", "circle", "point", POINT, { "circle-radius": 8, "circle-color": c.accent, "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 }),
  ];
}

/**
 * The whole style. `tiles` is the log number that the hub's tiles must show, or `null` for local shapes alone; `past` is the
 * query of a moment of the past.
 */
export function makeStyle(assets: Record<string, string>, c: Colours, tiles: number | null, past = ""): StyleSpecification {
  const sources: Record<string, SourceSpecification> = { countries: { type: "geojson", data: assets["countries.geojson"] } };
  for (const role of [...ROLES, ...LETTERED.map(lettersOf)]) sources[role] = { type: "geojson", data: EMPTY };
  if (tiles !== null) sources[TILES] = { type: "vector", tiles: [tileAddress(tiles, past)], minzoom: 0, maxzoom: TILE_ZOOM };
  const face = (part: string, range: string[]) => ({ url: assets[`noto-sans-${part}-600.woff2`], "unicode-range": range });
  return {
    version: 8,
    "font-faces": {
      "Noto Sans": [
        face("latin", ["U+0000-00FF", "U+2000-206F", "U+2212"]),
        face("latin-ext", ["U+0100-02BA", "U+1E00-1EFF"]),
        face("khmer", ["U+1780-17FF", "U+19E0-19FF", "U+200B-200D"]),
      ],
    },
    sources,
    layers: [...base(c), ...(tiles === null ? [] : [...ground(TILED, c, (role) => role in TILE_OF), ...tiledNames(c)]), ...ground(GIVEN, c, () => true), ...drawn(c)],
  } as StyleSpecification;
}

/** The number is in the address so that what was approved a moment ago is not read from the browser's memory. */
export function tileAddress(upto: number, past: string): string {
  return `${location.origin}/tiles/all/{z}/{x}/{y}?${past === "" ? `upto=${upto}` : past}`;
}
