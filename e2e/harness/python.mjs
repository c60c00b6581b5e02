// Clients and verifiers in Python: the environment of e2e/python, which install.sh there makes.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const folder = fileURLToPath(new URL("../python/", import.meta.url));
const programs = `${folder}.venv/bin`;

/**
 * What a script of that folder prints as JSON.
 * @param {string} script
 * @param {unknown} input what it reads
 * @returns {Promise<any>}
 */
export async function runPython(script, input) {
  const run = promisify(execFile)(`${programs}/python`, [folder + script], { maxBuffer: 64 << 20 });
  run.child.stdin?.end(JSON.stringify(input));
  return JSON.parse((await run).stdout);
}

/**
 * What a program of the environment prints, whether it succeeds or not.
 * @param {string} name
 * @param {string[]} args
 * @param {import("node:child_process").ExecFileOptions} options
 */
export function runProgram(name, args, options) {
  /** @type {Promise<{code: number | string | null, output: string}>} */
  const ended = new Promise((resolve) => {
    execFile(`${programs}/${name}`, args, { maxBuffer: 64 << 20, ...options }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? null) : 0, output: `${stdout}${stderr}` });
    });
  });
  return ended;
}

/** @param {string} name */
export function versionOf(name) {
  const pinned = readFileSync(`${folder}requirements.txt`, "utf8");
  return pinned.match(new RegExp(`^${name}==(.+)$`, "m"))?.[1];
}
