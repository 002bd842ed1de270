// Country outlines for the map that is always there: Natural Earth (public domain) out of npm's world-atlas.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature } from "topojson-client";

const source = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
const topology = JSON.parse(readFileSync(source, "utf8"));
const { features } = feature(topology, topology.objects.countries);

/** Two decimals are about a kilometre: enough below zoom 8, where the programme's own areas take over. */
const round = (value) => Math.round(value * 1e2) / 1e2;

/** A ring without the points that rounding made equal; one too small to be seen is left out. */
function thin(ring) {
  const rounded = ring.map((point) => point.map(round));
  const kept = rounded.filter((point, index) => index === 0 || index === rounded.length - 1 || point.join() !== rounded[index - 1].join());
  return kept.length > 3 ? kept : null;
}

const polygon = (rings) => rings.map(thin).filter(Boolean);
const shape = ({ type, coordinates }) => ({ type, coordinates: type === "Polygon" ? polygon(coordinates) : coordinates.map(polygon).filter((rings) => rings.length) });

const countries = features.map(({ geometry, properties }) => ({
  type: "Feature",
  properties: { name: properties.name },
  geometry: shape(geometry),
}));
writeFileSync(new URL("countries.geojson", import.meta.url), JSON.stringify({ type: "FeatureCollection", features: countries }));
