// Drawing an outline on the map with terra-draw; fetched when somebody first draws. `map.ts` starts it.

import type { Map as GlMap } from "maplibre-gl";
import { TerraDraw, TerraDrawModeUndoRedo, TerraDrawPolygonMode, TerraDrawSelectMode, type GeoJSONStoreFeatures, type HexColor } from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import type { Colours } from "./patterns";

/** A ring of [longitude, latitude] in degrees, closed. */
export type Ring = [number, number][];
/** The outlines at one moment, one ring each. */
type Outlines = Ring[];

/** What is told after every change: `finished` is false while a ring is still open. */
export type Tell = (outlines: Outlines, finished: boolean, canUndo: boolean) => void;

const DRAW = "polygon";
const EDIT = "select";

/** terra-draw takes hexadecimal colours alone; the browser's canvas writes any colour so. */
function hex(colour: string): HexColor {
  const context = document.createElement("canvas").getContext("2d")!;
  context.fillStyle = colour;
  return context.fillStyle as HexColor;
}

// Lines without fill: nothing weakens the hazard beneath them.
function polygonMode(c: Colours): TerraDrawPolygonMode {
  const [line, halo] = [hex(c.reportLine), hex(c.halo)];
  return new TerraDrawPolygonMode({
    pointerDistance: 24,
    showCoordinatePoints: true,
    styles: {
      fillColor: line, fillOpacity: 0, outlineColor: line, outlineWidth: 4,
      closingPointColor: halo, closingPointOutlineColor: line, closingPointWidth: 8, closingPointOutlineWidth: 3,
      coordinatePointColor: halo, coordinatePointOutlineColor: line, coordinatePointWidth: 5, coordinatePointOutlineWidth: 2,
    },
  });
}

function selectMode(c: Colours): TerraDrawSelectMode {
  const [line, halo] = [hex(c.reportLine), hex(c.halo)];
  return new TerraDrawSelectMode({
    pointerDistance: 24,
    // A key that removes the whole outline, or turns it, is pressed by accident.
    keyEvents: { deselect: null, delete: null, rotate: null, scale: null },
    allowManualDeselection: false,
    flags: { [DRAW]: { feature: { draggable: false, selfIntersectable: true, coordinates: { draggable: true, midpoints: { draggable: true }, deletable: true } } } },
    styles: {
      selectedPolygonColor: line, selectedPolygonFillOpacity: 0, selectedPolygonOutlineColor: line, selectedPolygonOutlineWidth: 4,
      selectionPointColor: halo, selectionPointOutlineColor: line, selectionPointWidth: 9, selectionPointOutlineWidth: 3,
      midPointColor: line, midPointOutlineColor: halo, midPointWidth: 5, midPointOutlineWidth: 2,
    },
  });
}

const copy = (outlines: Outlines): Outlines => outlines.map((ring) => ring.map(([x, y]) => [x, y]));

export class Drawing {
  private readonly draw: TerraDraw;
  /** Outlines before each change, the oldest first. */
  private readonly past: Outlines[] = [];
  private now: Outlines;
  private telling = 0;

  constructor(map: GlMap, colours: Colours, outlines: Outlines, private readonly tell: Tell) {
    this.draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 9 }),
      modes: [polygonMode(colours), selectMode(colours)],
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    });
    this.now = copy(outlines);
    this.draw.start();
    this.show(this.now);
    this.draw.on("change", () => this.later());
    this.draw.on("finish", () => this.changed());
  }

  /** Puts outlines on the map to be edited; without one a new one is begun. */
  private show(outlines: Outlines): void {
    this.draw.clear();
    const features = outlines.map((ring) => ({ type: "Feature", properties: { mode: DRAW }, geometry: { type: "Polygon", coordinates: [ring] } }));
    const added = this.draw.addFeatures(features as GeoJSONStoreFeatures[]).filter((each) => each.valid && each.id !== undefined);
    this.now = this.finished();
    if (added.length === 0) return this.draw.setMode(DRAW);
    this.draw.setMode(EDIT);
    this.draw.selectFeature(added[0].id!);
  }

  private features(): GeoJSONStoreFeatures[] {
    return this.draw.getSnapshot().filter((each) => each.geometry.type === "Polygon" && each.properties.mode === DRAW);
  }

  private finished(): Outlines {
    return this.features().filter((each) => !each.properties.currentlyDrawing).map((each) => each.geometry.coordinates[0] as Ring);
  }

  /** A ring was closed or a corner moved, added or taken away. */
  private changed(): void {
    this.past.push(copy(this.now));
    this.now = copy(this.finished());
    if (this.draw.getMode() === DRAW) {
      const last = this.features().at(-1);
      this.draw.setMode(EDIT);
      if (last?.id !== undefined) this.draw.selectFeature(last.id);
    }
    this.later();
  }

  /** Once a frame is enough: every move of the mouse is a change. */
  private later(): void {
    if (this.telling) return;
    this.telling = requestAnimationFrame(() => {
      this.telling = 0;
      this.say();
    });
  }

  private say(): void {
    const all = this.features();
    const open = all.some((each) => each.properties.currentlyDrawing);
    const rings = all.map((each) => each.geometry.coordinates[0] as Ring);
    this.tell(rings, !open, this.draw.canUndo() || this.past.length > 0);
  }

  /** Takes back the last corner of a ring that is open, else the last change. */
  undo(): void {
    if (this.draw.getMode() === DRAW && this.draw.canUndo()) this.draw.undo();
    else if (this.past.length) this.show(this.past.pop()!);
    this.later();
  }

  /** Begins a new outline in place of what is there. */
  anew(): void {
    if (this.now.length) this.past.push(copy(this.now));
    this.show([]);
    this.later();
  }

  /** Ends drawing; what was finished is given back, so that it can go on in other colours. */
  stop(): Outlines {
    cancelAnimationFrame(this.telling);
    const outlines = copy(this.now);
    this.draw.stop();
    return outlines;
  }
}
