// A bad network between a browser and a hub: `safelane-torture proxy`.

import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";
import * as readline from "node:readline";

import { binary, type Hub } from "./hub.ts";

const program = process.env.SAFELANE_TORTURE ?? path.join(path.dirname(binary), "safelane-torture");

/** What the proxy did to requests that send something. */
export type Count = Record<"passed" | "loss" | "cut" | "lost" | "twice" | "portal", number>;

export class Proxy {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    /** Where it answers for the hub. */
    readonly address: string,
  ) {}

  /** Stands before a hub, in clear weather. */
  static async before(hub: Hub, seed: number): Promise<Proxy> {
    const child = spawn(program, ["proxy", new URL(hub.address).host, String(seed)], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = (await lines.next()).value as string | undefined;
    const address = first?.replace("proxy: ", "");
    if (!address?.startsWith("http://")) throw new Error(`the proxy said ${first}`);
    return new Proxy(child, lines, address);
  }

  /** Sets the weather: `loss 20 latency 300`, `clear`. */
  async weather(line: string): Promise<void> {
    await this.ask(line);
  }

  async count(): Promise<Count> {
    const said = await this.ask("count");
    const found = [...said.matchAll(/(\w+): (\d+)/g)].map(([, name, figure]) => [name, Number(figure)]);
    return Object.fromEntries(found) as Count;
  }

  end(): void {
    // Its standard input ends, and it with it.
    this.child.stdin?.end();
  }

  private async ask(line: string): Promise<string> {
    this.child.stdin?.write(`${line}\n`);
    const said = (await this.lines.next()).value as string | undefined;
    if (said === undefined) throw new Error("the proxy ended");
    return said;
  }
}
