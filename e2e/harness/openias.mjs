// Starts the real binary and waits until it says that it runs.

import { spawn, execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The binary under test: OPENIAS_BIN, or the debug build. */
export const binary = process.env.OPENIAS_BIN ?? `${root}target/debug/openias`;

/**
 * @typedef {object} Demo
 * @property {string} app URL of the sample app
 * @property {string} server URL of the server
 * @property {string} signIn portal sign-in link, which works once
 * @property {() => string} anotherSignIn a fresh one, by the command that the demo printed
 * @property {(...args: string[]) => string} command what another command on the demo's store prints
 * @property {string} publicId
 * @property {string} privateKey
 * @property {string} cspClientId
 * @property {string} cspSecret
 * @property {() => string} output what it printed
 * @property {() => Promise<number | null>} stop ends it; its exit code
 */

/**
 * Starts `openias demo` on free ports.
 * @param {string[]} [args]
 * @returns {Promise<Demo>}
 */
export async function startDemo(args = []) {
  const port = await freePortPair();
  const running = await start(["demo", "--port", String(port), ...args], /Press Ctrl-C to stop/);
  /** @param {string} label */
  const read = (label) => {
    const line = running.output().match(new RegExp(`^\\s*${label}\\s+(\\S+)$`, "m"));
    if (!line) throw new Error(`the demo did not print its ${label}`);
    return line[1];
  };
  const command = (/** @type {string[]} */ ...args) => {
    const printed = running.output().match(/^ {2}(\S.*) operator sign-in (--config .*)$/m);
    if (!printed) throw new Error("the demo did not print how to get another sign-in link");
    return execFileSync("sh", ["-c", `${printed[1]} "$@" ${printed[2]}`, "sh", ...args], {
      encoding: "utf8",
    });
  };
  return {
    app: read("Sample app"),
    server: read("Server"),
    signIn: read("Portal sign-in"),
    anotherSignIn: () => command("operator", "sign-in").trim(),
    command,
    publicId: read("public id"),
    privateKey: read("private key"),
    cspClientId: read("CSP client id"),
    cspSecret: read("CSP secret"),
    ...running,
  };
}

/**
 * Starts the binary and waits for a line of its output.
 * @param {string[]} args
 * @param {RegExp} ready
 */
export async function start(args, ready) {
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  await new Promise((resolve, reject) => {
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      output += chunk.toString();
      if (ready.test(output)) resolve(undefined);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("error", reject);
    void exited.then((code) => reject(new Error(`openias ended with ${code}:\n${output}`)));
  });
  return {
    output: () => output,
    stop: async () => {
      child.kill("SIGTERM");
      return /** @type {Promise<number | null>} */ (exited);
    },
  };
}

/**
 * Runs the binary to its end; what it printed.
 * @param {string[]} args
 */
export function run(args) {
  return execFileSync(binary, args, { encoding: "utf8" });
}

/** A port that is free together with the next one. */
export async function freePortPair() {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = await freePort(0);
    if (port < 65000 && (await freePort(port + 1).catch(() => 0)) === port + 1) return port;
  }
  throw new Error("no two free ports beside each other");
}

/**
 * @param {number} port
 * @returns {Promise<number>}
 */
function freePort(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
