// The element in pages of its own: the language it takes, and what it tells a page that got it wrong.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { assertAccessible, inBrowser, picture } from "../harness/browser.mjs";
import { discoverCsp, provePatient, push } from "../harness/integrator.mjs";
import { startDemo } from "../harness/openias.mjs";
import { consentButton } from "../harness/patient.mjs";
import { wordsOf } from "../harness/words.mjs";

const LABELS = { en: "Share Records", es: "Compartir registros" };

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
/** @type {import("node:http").Server} */
let server;
let origin = "";
let html = "";

before(async () => {
  demo = await startDemo();
  server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(html);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  origin = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
});
after(async () => {
  server?.close();
  await demo?.stop();
});

/**
 * A page of an app.
 * @param {string} element
 * @param {string} [lang]
 */
function pageWith(element, lang = "") {
  const script = `<script type="module" src="${demo.server}/connect/openias-connect.js"></script>`;
  return `<!doctype html><html${lang}><meta name="viewport" content="width=device-width"><title>App</title>${script}<main>${element}</main>`;
}

/** @type {{locale: string, lang: string, attribute: string, expected: "en" | "es"}[]} */
const LANGUAGES = [
  { locale: "es-MX", lang: "", attribute: "", expected: "es" },
  { locale: "en-US", lang: ' lang="es"', attribute: "", expected: "es" },
  { locale: "es-MX", lang: ' lang="en-GB"', attribute: "", expected: "en" },
  { locale: "en-US", lang: ' lang="en"', attribute: ' lang="es-US"', expected: "es" },
  { locale: "es-MX", lang: ' lang="fr"', attribute: "", expected: "es" },
];

for (const { locale, lang, attribute, expected } of LANGUAGES) {
  test(`a ${locale} browser, <html${lang}> and <openias-connect${attribute}> speak ${expected}`, () =>
    inBrowser("element-language", { locale }, async ({ page }) => {
      const tokens = await provePatient(demo, await discoverCsp(demo), "785-785-4321");
      const uri = await push(demo, tokens.id_token ?? "");
      const attributes = `public-id="${demo.publicId}" tefca-mode identity-request-uri="${uri}"${attribute}`;
      html = pageWith(`<openias-connect ${attributes}></openias-connect>`, lang);
      await page.goto(origin);
      await page.getByRole("button", { name: LABELS[expected], exact: true }).click();
      const widget = page.frameLocator("openias-connect iframe");
      await consentButton(widget, wordsOf(expected), "allow").waitFor();
      assert.equal(await widget.locator("html").getAttribute("lang"), expected);
    }));
}

test("the button follows a page that changes its language", () =>
  inBrowser("element-switch", {}, async ({ page }) => {
    html = pageWith('<openias-connect public-id="x"></openias-connect>', ' lang="en"');
    await page.goto(origin);
    await page.getByRole("button", { name: LABELS.en }).waitFor();
    await page.evaluate(() => document.documentElement.setAttribute("lang", "es"));
    await page.getByRole("button", { name: LABELS.es }).waitFor();
  }));

test("an element without a public id tells its developer and the page", () =>
  inBrowser("element-config", { viewport: { width: 375, height: 300 } }, async ({ page }) => {
    html = pageWith("<openias-connect tefca-mode></openias-connect>", ' lang="en"');
    await page.goto(origin);
    await page.evaluate(() => {
      const told = /** @type {any} */ (window);
      document.querySelector("openias-connect")?.addEventListener("eventBus", (event) => {
        told.told = JSON.parse(/** @type {CustomEvent<MessageEvent>} */ (event).detail.data);
      });
    });
    await page.getByRole("button", { name: LABELS.en }).click();
    await page.getByRole("alert").filter({ hasText: "public-id" }).waitFor();
    const told = await page.evaluate(() => /** @type {any} */ (window).told);
    assert.deepEqual(told, { api_mode: "test", event_type: "widget.config_error" });
    assert.equal(await page.locator("openias-connect dialog[open]").count(), 0);
    await assertAccessible(page, "element-config");
    await picture(page, "element-config");
    await page.evaluate(() => document.querySelector("openias-connect")?.setAttribute("public-id", "x"));
    assert.equal(await page.getByRole("alert").textContent(), "");
  }));

test("the page hears that the dialog was closed", () =>
  inBrowser("element-close", {}, async ({ page }) => {
    html = pageWith('<openias-connect public-id="public_test_x" tefca-mode></openias-connect>');
    await page.goto(origin);
    const closed = page.evaluate(
      () =>
        new Promise((resolve) =>
          document.querySelector("openias-connect")?.addEventListener("close", resolve),
        ),
    );
    await page.getByRole("button").click();
    await page.frameLocator("openias-connect iframe").locator("h1").waitFor();
    await page.keyboard.press("Escape");
    await closed;
  }));
