// Fills drawn on a canvas in the colours of the theme. Each tile repeats without a seam.

export type Colours = Record<string, string>;

const SIZE = 24;
const RATIO = 2;

type Draw = (context: CanvasRenderingContext2D, colours: Colours) => void;

/** A line through the tile and its neighbours, so that corners join. */
function diagonal(context: CanvasRenderingContext2D, colour: string, width: number, step: number, down: boolean): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  for (let offset = -SIZE * 2; offset <= SIZE * 2; offset += step) {
    context.moveTo(offset, down ? -SIZE : SIZE * 2);
    context.lineTo(offset + SIZE * 3, down ? SIZE * 2 : -SIZE);
  }
  context.stroke();
}

function tint(context: CanvasRenderingContext2D, colour: string, alpha: number): void {
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fillRect(0, 0, SIZE, SIZE);
  context.globalAlpha = 1;
}

function dots(context: CanvasRenderingContext2D, colour: string, radius: number, step: number): void {
  context.fillStyle = colour;
  for (let x = step / 2; x < SIZE; x += step) {
    for (let y = step / 2; y < SIZE; y += step) {
      context.beginPath();
      context.arc(x, y, radius, 0, Math.PI * 2);
      context.fill();
    }
  }
}

const PATTERNS: Record<string, Draw> = {
  confirmed: (context, c) => {
    tint(context, c.hazardFill, 0.28);
    diagonal(context, c.hazardLine, 1.6, 12, true);
    diagonal(context, c.hazardLine, 1.6, 12, false);
  },
  suspected: (context, c) => {
    tint(context, c.suspectFill, 0.36);
    diagonal(context, c.suspectLine, 1.8, 12, false);
  },
  // Lies on the red and leaves it whole: dots alone (S3).
  worked: (context, c) => dots(context, c.workedDot, 1.9, 8),
  released: (context, c) => {
    tint(context, c.releaseFill, 0.22);
    dots(context, c.releaseLine, 1.4, 8);
  },
  "not-here": (context, c) => {
    tint(context, c.notHere, 0.35);
    context.strokeStyle = c.notHere;
    context.lineWidth = 4;
    context.beginPath();
    for (const x of [6, 18]) {
      context.moveTo(x, 0);
      context.lineTo(x, SIZE);
    }
    context.stroke();
  },
};

const SYMBOL = 28;

function polygon(context: CanvasRenderingContext2D, points: [number, number][]): void {
  context.beginPath();
  points.forEach(([x, y], index) => (index ? context.lineTo(x * SYMBOL, y * SYMBOL) : context.moveTo(x * SYMBOL, y * SYMBOL)));
  context.closePath();
}

/** A danger symbol: its own shape, a light casing, and a sign in it, so that it survives any ground and a photocopier. */
function symbol(points: [number, number][], fill: string, sign: string): Draw {
  return (context, c) => {
    polygon(context, points);
    context.lineJoin = "round";
    context.lineWidth = 5;
    context.strokeStyle = c.halo;
    context.stroke();
    context.fillStyle = c[fill];
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = c.hazardLine;
    context.stroke();
    context.fillStyle = c.signInk;
    context.font = "bold 12px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(sign, SYMBOL / 2, SYMBOL * 0.54);
  };
}

const DIAMOND: [number, number][] = [[0.5, 0.08], [0.92, 0.5], [0.5, 0.92], [0.08, 0.5]];
const TRIANGLE: [number, number][] = [[0.5, 0.1], [0.92, 0.86], [0.08, 0.86]];

const SYMBOLS: Record<string, Draw> = {
  "symbol-confirmed": symbol(DIAMOND, "hazardFill", "×"),
  "symbol-suspected": symbol(DIAMOND, "suspectFill", "?"),
  "symbol-indication": symbol(DIAMOND, "suspectFill", "i"),
  "symbol-item": symbol(DIAMOND, "hazardFill", "!"),
  "symbol-accident": symbol(TRIANGLE, "hazardFill", "!"),
};

const DEMO_WIDTH = 72;
const DEMO_HEIGHT = 22;

/** The stripe that is painted on made-up ground, black and white in every theme. */
function demo(context: CanvasRenderingContext2D): void {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, DEMO_WIDTH, DEMO_HEIGHT);
  context.strokeStyle = "#111";
  context.lineWidth = 6;
  context.beginPath();
  for (let x = -DEMO_HEIGHT; x < DEMO_WIDTH + DEMO_HEIGHT; x += 16) {
    context.moveTo(x, DEMO_HEIGHT);
    context.lineTo(x + DEMO_HEIGHT, 0);
  }
  context.stroke();
  context.fillStyle = "#fff";
  context.fillRect(13, 4, DEMO_WIDTH - 26, DEMO_HEIGHT - 8);
  context.fillStyle = "#111";
  context.font = "bold 12px sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText("DEMO", DEMO_WIDTH / 2, DEMO_HEIGHT / 2 + 0.5);
}

/** The colours of the theme, out of style/tokens.css: there is no other list of them. */
export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colours: Colours = { signInk: "#ffffff" };
  for (const [name, token] of Object.entries(TOKENS)) colours[name] = style.getPropertyValue(token).trim() || "#000000";
  return colours;
}

const TOKENS = {
  hazardLine: "--hazard-line", hazardFill: "--hazard-fill", suspectLine: "--suspect-line", suspectFill: "--suspect-fill",
  workedDot: "--worked-dot", workedEdge: "--worked-edge", releaseLine: "--release-line", releaseFill: "--release-fill",
  reportLine: "--report-line", taskLine: "--task-line", land: "--map-land", water: "--map-water", border: "--map-border",
  road: "--map-road", green: "--map-green", building: "--map-building", label: "--map-label", halo: "--map-halo",
  notHere: "--not-here", ink: "--ink", accent: "--accent",
};

/** Draws every pattern and symbol anew and hands each to `add`. */
export function drawImages(colours: Colours, add: (name: string, image: ImageData, ratio: number) => void): void {
  const image = (name: string, width: number, height: number, draw: Draw) => {
    const canvas = document.createElement("canvas");
    canvas.width = width * RATIO;
    canvas.height = height * RATIO;
    const context = canvas.getContext("2d")!;
    context.scale(RATIO, RATIO);
    draw(context, colours);
    add(name, context.getImageData(0, 0, canvas.width, canvas.height), RATIO);
  };
  for (const [name, draw] of Object.entries(PATTERNS)) image(name, SIZE, SIZE, draw);
  for (const [name, draw] of Object.entries(SYMBOLS)) image(name, SYMBOL, SYMBOL, draw);
  image("demo", DEMO_WIDTH, DEMO_HEIGHT, demo);
}
