// A real `safelane` with a data folder of its own, for one test.

import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** The binary under test; `cargo xtask test` names the one that it built. */
export const binary = process.env.SAFELANE_BINARY ?? path.join(root, "target/debug/safelane");

/** The app as it was built. */
export const app = path.join(root, "frontend/dist");

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 10_000;

/** Names the folder of a demo programme that was built, and stopped, for all tests. */
export const BUILT = "SAFELANE_BUILT_DEMO";

export class Hub {
  private child: ChildProcess | undefined;
  private printed = "";
  private port = 0;

  private constructor(
    /** `demo` or `serve`. */
    private readonly command: string,
    /** Its data folder. */
    readonly data: string,
    /** More arguments of its command. */
    private readonly more: string[],
  ) {}

  /** Starts a hub on a fresh folder and a free port; a demo on a copy of the one that was built for all tests. */
  static async start(command: "demo" | "serve" = "demo", more: string[] = []): Promise<Hub> {
    const hub = new Hub(command, await mkdtemp(path.join(tmpdir(), "safelane-")), more);
    try {
      const built = process.env[BUILT];
      if (built && command === "demo" && more.length === 0) {
        await cp(built, hub.data, { recursive: true, mode: constants.COPYFILE_FICLONE });
      }
      await hub.run();
    } catch (error) {
      await hub.remove();
      throw error;
    }
    return hub;
  }

  /** Where it answers, without a slash at the end. */
  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** All that it has printed so far. */
  get output(): string {
    return this.printed;
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error("the hub is not running");
    return this.child.pid;
  }

  /** Starts it (again), on the same folder and, when it ran before, the same port. */
  async run(): Promise<void> {
    const listen = `127.0.0.1:${this.port}`;
    const child = spawn(binary, [this.command, "--data", this.data, "--listen", listen, "--app", app, ...this.more], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    const before = this.printed.length;
    const address = new Promise<number>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        this.printed += chunk.toString();
        const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(this.printed.slice(before));
        if (found) resolve(Number(found[1]));
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("error", reject);
      child.once("exit", (code, signal) => reject(new Error(`the hub ended (${code ?? signal}):\n${this.printed}`)));
    });
    this.port = await within(START_LIMIT_MS, address, () => `the hub printed no address:\n${this.printed}`);
  }

  /** Stops it gracefully; its folder stays. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  /** Ends it as a power cut would; its folder stays. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Stops it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    await within(STOP_LIMIT_MS, ended, () => "the hub did not stop").catch((error: unknown) => {
      child.kill("SIGKILL");
      throw error;
    });
  }
}

async function within<T>(milliseconds: number, promise: Promise<T>, message: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message())), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
