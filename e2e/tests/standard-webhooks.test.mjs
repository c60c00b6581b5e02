// npm standardwebhooks, which nobody here wrote, accepts our signatures, and refuses altered messages.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";

import { freePortPair, run, start } from "../harness/openias.mjs";

test("a delivery verifies with the library; a changed byte does not", async () => {
  /** @type {{headers: Record<string, string>, body: string}[]} */
  const received = [];
  const arrived = new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        received.push({ headers: /** @type {Record<string, string>} */ (request.headers), body });
        response.writeHead(204).end();
        server.close();
        resolve(undefined);
      });
    });
    server.listen(0, "127.0.0.1", () =>
      deliver(/** @type {any} */ (server.address()).port).catch((error) => {
        server.close();
        reject(error);
      }),
    );
  });

  /** @type {string} */
  let secret = "";
  /** @type {(() => Promise<unknown>) | undefined} */
  let stop;
  /** @param {number} port */
  async function deliver(port) {
    const folder = mkdtempSync(join(tmpdir(), "openias-e2e-"));
    const config = join(folder, "openias.toml");
    const listen = await freePortPair();
    writeFileSync(
      config,
      `[server]\nlisten = "127.0.0.1:${listen}"\nbase_url = "http://localhost:${listen}"\n` +
        `[store]\ndata_dir = "${join(folder, "data")}"\n` +
        `[egress]\nprivate_origins = ["http://127.0.0.1:${port}"]\n`,
    );
    // Only a server makes a store; the commands work beside it.
    ({ stop } = await start(["serve", "--config", config], /listens on/));
    const organization = run(["org", "--config", config, "add", "--name", "Example Health"]).split(" ")[0];
    const url = `http://127.0.0.1:${port}/hooks`;
    const added = run(["webhook", "--config", config, "add", organization, "--mode", "test", "--url", url]);
    secret = added.match(/whsec_\S+/)?.[0] ?? "";
    const endpoint = added.match(/endpoint:\s+(\S+)/)?.[1] ?? "";
    run(["webhook", "--config", config, "test", organization, endpoint]);
  }

  await arrived;
  const [{ headers, body }] = received;
  const webhook = new Webhook(secret);
  const message = /** @type {any} */ (webhook.verify(body, headers));
  assert.equal(message.type, "webhook.test");
  assert.equal(message.id, headers["webhook-id"]);
  assert.equal(message.data.hello, "world");
  assert.throws(() => webhook.verify(body.replace("world", "World"), headers));
  await stop?.();
});
