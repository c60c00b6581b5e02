// The published React SDK completes the journey. It has no property for the request_uri, so its
// `environment` carries it as a path.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

import { assertLoopbackOnly, inBrowser, picture } from "../harness/browser.mjs";
import { discoverCsp, provePatient, push } from "../harness/integrator.mjs";
import { startDemo } from "../harness/openias.mjs";
import { closeButton, providersShown, shareAll } from "../harness/patient.mjs";
import { wordsOf } from "../harness/words.mjs";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
/** @type {import("node:http").Server} */
let server;
let origin = "";

before(async () => {
  demo = await startDemo();
  const bundled = await build({
    entryPoints: [fileURLToPath(new URL("../pages/react.mjs", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const html =
    '<!doctype html><title>React app</title><div id="root"></div><ol id="events"></ol><script type="module" src="/app.js"></script>';
  server = createServer((request, response) => {
    const script = request.url === "/app.js";
    response.setHeader("content-type", script ? "text/javascript" : "text/html");
    response.end(script ? bundled.outputFiles[0].text : html);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  origin = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
});
after(async () => {
  server?.close();
  await demo?.stop();
});

test("the React SDK delivers widget.complete", () =>
  inBrowser("react-sdk", {}, async ({ page, requests }) => {
    const tokens = await provePatient(demo, await discoverCsp(demo), "785-785-4321");
    const requestUri = await push(demo, tokens.id_token ?? "");
    const reference = requestUri.replace("urn:ietf:params:oauth:request_uri:", "");

    const say = wordsOf("en");
    const parameters = new URLSearchParams({
      "public-id": demo.publicId,
      environment: `${demo.server}/r/${reference}`,
    });
    await page.goto(`${origin}/?${parameters}`);
    await page.getByRole("button", { name: "Share Records" }).click();
    const widget = page.frameLocator("dialog iframe");
    const consent = widget.frameLocator("iframe");
    await consent.getByRole("button", { name: say("consent-allow"), exact: true }).click();
    await providersShown(widget, say);
    await shareAll(widget, say);
    await picture(page, "react-sdk-done");
    await closeButton(widget, say).click();

    await page.getByText("widget.complete").waitFor();
    const events = (await page.locator("#events li").allTextContents()).map((text) => JSON.parse(text));
    const complete = events.find((event) => event.event_type === "widget.complete");
    assert.equal(complete.api_mode, "test");
    assert.ok(complete.data.length > 0);
    for (const connection of complete.data) {
      assert.match(connection.org_connection_id, /^[0-9a-f-]{36}$/);
      assert.equal(connection.platform_type, "tefca");
    }
    const success = events.filter((event) => event.event_type === "patient.connection_success");
    assert.equal(success.length, complete.data.length);
    assert.equal(success[0].data.external_id, "react-app");
    assertLoopbackOnly(requests);
  }));
