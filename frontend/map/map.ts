// The only MapLibre code. `src/map/` calls `create` and gives GeoJSON as text; what people do comes back as JSON text.

import { Map as GlMap, setWorkerUrl, type GeoJSONSource, type VectorTileSource } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import { drawImages, readColours } from "./patterns";
import polylabel from "polylabel";
import { LETTERED, lettersOf, makeStyle, tileAddress } from "./style";
import type { Drawing, Ring } from "./draw";

interface Options {
  /** [west, south, east, north] in degrees. */
  bounds: [number, number, number, number] | null;
  /** Log number for the hub's tiles; null for local shapes alone. */
  tiles: number | null;
  /** No turning and tilting ever: north is up. */
  keyboard: boolean;
  /** Its name, for who does not see it. */
  name: string;
}

type Send = (event: string) => void;

const assets = (): Record<string, string> => (window as any).safelane.assets;
const e7 = (degrees: number): number => Math.round(degrees * 1e7);

/** For each area of a collection the place where its letters stand: within, and as far from its edges as can be. */
function places(collection: any): any {
  const area = (ring: [number, number][]): number => Math.abs(ring.reduce((sum, [x, y], at) => sum + x * (ring[(at + 1) % ring.length][1] - y) - y * (ring[(at + 1) % ring.length][0] - x), 0));
  const place = ({ properties, geometry }: any): any => {
    const polygons = geometry?.type === "Polygon" ? [geometry.coordinates] : geometry?.type === "MultiPolygon" ? geometry.coordinates : [];
    const [largest] = [...polygons].sort((a: any, b: any) => area(b[0]) - area(a[0]));
    return largest ? [{ type: "Feature", properties, geometry: { type: "Point", coordinates: [...polylabel(largest, 1e-6)] } }] : [];
  };
  return { type: "FeatureCollection", features: collection.features.flatMap(place) };
}

class Handle {
  private readonly map: GlMap;
  private readonly data = new Map<string, string>();
  private tiles: number | null;
  /** The query of a moment of the past; empty for the present. */
  private past = "";
  private ready = false;
  private theme: MutationObserver;
  /** Asks for a picture as long as something is on its way. */
  private waking: ReturnType<typeof setInterval> | undefined;
  private drawing: Drawing | null = null;
  /** Outlines to go on with once the style is there: at the start, and after a change of theme. */
  private waiting: Ring[] | null = null;

  constructor(element: HTMLElement, options: Options, private readonly send: Send) {
    setWorkerUrl(new URL(assets()["map-worker.js"], location.href).href);
    this.tiles = options.tiles;
    this.map = new GlMap({
      container: element,
      style: makeStyle(assets(), readColours(), options.tiles),
      ...(options.bounds ? { bounds: options.bounds, fitBoundsOptions: { padding: 24 } } : { center: [0, 10], zoom: 1 }),
      attributionControl: false,
      locale: { "Map.Title": options.name },
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      keyboard: options.keyboard,
      fadeDuration: 0,
      maxZoom: 21,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.on("style.load", () => this.styled());
    this.map.on("moveend", () => this.moved());
    this.map.on("move", () => this.crossed());
    this.map.on("click", (event: any) => this.tapped(event.point, event.lngLat));
    // Says to whoever waits for a picture of it that nothing is still on its way. Tiles that come again unchanged say
    // nothing when they are here, and no picture would follow: then one is asked for.
    const begun = (): void => {
      delete element.dataset.drawn;
      this.waking ??= setInterval(() => this.map.loaded() && this.map.triggerRepaint(), 150);
    };
    this.map.on("idle", () => {
      element.dataset.drawn = "";
      this.sleep();
    });
    this.map.on("movestart", begun);
    this.map.on("dataloading", begun);
    this.map.on("error", (event: any) => this.send(JSON.stringify({ type: "trouble", text: String(event.error?.message ?? "") })));
    this.theme = new MutationObserver(() => this.restyle());
    this.theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  private styled(): void {
    drawImages(readColours(), (name, image, pixelRatio) => {
      if (this.map.hasImage(name)) this.map.removeImage(name);
      this.map.addImage(name, image, { pixelRatio });
    });
    this.ready = true;
    if (this.waiting) void this.beginDrawing(this.waiting);
    for (const [role, text] of this.data) this.give(role, text);
    this.send('{"type":"ready"}');
    this.moved();
  }

  private restyle(): void {
    this.ready = false;
    // A new style takes the drawing's own layers away.
    if (this.drawing) this.waiting = this.drawing.stop();
    this.drawing = null;
    this.map.setStyle(makeStyle(assets(), readColours(), this.tiles, this.past), { diff: false });
  }

  /** GeoJSON text for a role (see ROLES); it stays through a change of theme. */
  setData(role: string, geojson: string): void {
    this.data.set(role, geojson);
    if (this.ready) this.give(role, geojson);
  }

  private give(role: string, geojson: string): void {
    const features = JSON.parse(geojson);
    (this.map.getSource(role) as GeoJSONSource | undefined)?.setData(features);
    if ((LETTERED as readonly string[]).includes(role)) (this.map.getSource(lettersOf(role)) as GeoJSONSource | undefined)?.setData(places(features));
  }

  /** Reads the hub's tiles anew, as they are at this log number, or as they were at a moment of the past. */
  setTiles(upto: number, past: string): void {
    const had = this.tiles !== null;
    // A moment of the past stays what it was: new entries of the log change nothing of it.
    if (had && past !== "" && past === this.past) return;
    this.tiles = upto;
    this.past = past;
    if (!had) return this.restyle();
    (this.map.getSource("tiles") as VectorTileSource | undefined)?.setTiles([tileAddress(upto, past)]);
  }

  /** `begin` with outlines as JSON text (rings of [longitude, latitude] in 1e-7 degree), `undo`, `anew`, `end`. */
  draw(verb: string, outlines: string): void {
    if (verb === "undo") this.drawing?.undo();
    if (verb === "anew") this.drawing?.anew();
    if (verb === "end") {
      this.drawing?.stop();
      this.drawing = null;
      this.waiting = null;
    }
    if (verb === "begin") {
      const closed = (ring: Ring): Ring => [...ring, ring[0]].map(([x, y]) => [x / 1e7, y / 1e7]);
      this.waiting = (JSON.parse(outlines) as Ring[]).map(closed);
      if (this.ready) void this.beginDrawing(this.waiting);
    }
  }

  private async beginDrawing(outlines: Ring[]): Promise<void> {
    try {
      const { Drawing } = (await import(assets()["draw.js"])) as typeof import("./draw");
      // Ended, begun anew or taken off the page while the file was on its way.
      if (this.waiting !== outlines || !this.ready) return;
      this.waiting = null;
      this.drawing = new Drawing(this.map, readColours(), outlines, (rings, finished, undo) => this.drawn(rings, finished, undo));
    } catch {
      this.send('{"type":"cannot-draw"}');
    }
  }

  private drawn(rings: Ring[], finished: boolean, undo: boolean): void {
    // Rings are closed here and open in the app.
    const outlines = rings.map((ring) => ring.slice(0, -1).map(([x, y]) => [e7(x), e7(y)]));
    this.send(JSON.stringify({ type: "drawn", outlines, finished, undo }));
  }

  fit(west: number, south: number, east: number, north: number): void {
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150;
    // The legend may lie open over the lower left of a large map, the date over its upper edge: one place is shown
    // between them. A whole country wants the room, and goes around beneath.
    const container = this.map.getContainer();
    const over = (edge: string) => 20 + Math.max(20, container.closest(".map")?.querySelector(`.map-${edge}`)?.clientHeight ?? 0);
    const isPlace = container.clientHeight > 600 && north - south < 0.05;
    const padding = isPlace ? { top: over("top"), right: 40, bottom: over("bottom"), left: 40 } : 40;
    this.map.fitBounds([west, south, east, north], { padding, maxZoom: 19, duration });
  }

  centre(longitude: number, latitude: number): void {
    this.map.jumpTo({ center: [longitude, latitude] });
  }

  zoom(by: number): void {
    this.map.zoomTo(this.map.getZoom() + by, { duration: 150 });
  }

  resize(): void {
    this.map.resize();
  }

  private sleep(): void {
    clearInterval(this.waking);
    this.waking = undefined;
  }

  remove(): void {
    this.sleep();
    this.theme.disconnect();
    this.waiting = null;
    this.drawing?.stop();
    this.map.remove();
  }

  private moved(): void {
    const bounds = this.map.getBounds();
    this.send(JSON.stringify({ type: "moved", bounds: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map(e7), zoom: this.map.getZoom() }));
    this.crossed();
  }

  private crossed(): void {
    const { lng, lat } = this.map.getCenter();
    this.send(JSON.stringify({ type: "cross", longitude: e7(lng), latitude: e7(lat) }));
  }

  private tapped(point: { x: number; y: number }, at: { lng: number; lat: number }): void {
    // While somebody draws, a press is a corner.
    if (this.drawing) return;
    // A finger is not a mouse: what lies within 14 px counts as tapped, the most dangerous first (points lie on top).
    const box: [[number, number], [number, number]] = [[point.x - 14, point.y - 14], [point.x + 14, point.y + 14]];
    const layers = this.map.getStyle().layers.map((layer: any) => layer.id).filter((id: string) => /^(given|tile)-/.test(id));
    const found = this.map.queryRenderedFeatures(box, { layers });
    const records = found.map((feature: any) => ({ layer: feature.layer.id.replace(/^(given|tile)-/, "").replace(/-[a-z]+$/, ""), ...feature.properties }));
    const unique = [...new Map(records.map((each: any) => [each.record ?? each.id ?? JSON.stringify(each), each])).values()];
    this.send(JSON.stringify({ type: "tap", longitude: e7(at.lng), latitude: e7(at.lat), features: unique }));
  }
}

/** Called from the app: `options` is JSON text, `send` takes JSON text. */
export function create(element: HTMLElement, options: string, send: Send): Handle {
  return new Handle(element, JSON.parse(options), send);
}
