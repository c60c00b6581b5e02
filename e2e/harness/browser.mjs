// A real Chromium that blocks third-party cookies, notes every request, and takes pictures.

import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = fileURLToPath(new URL("../output/", import.meta.url));

/**
 * @typedef {object} Options
 * @property {string} [locale]
 * @property {"light" | "dark"} [colorScheme]
 * @property {{width: number, height: number}} [viewport]
 */

/**
 * Opens a browser with a fresh profile.
 * @param {Options} [options]
 */
export async function openBrowser(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "openias-e2e-"));
  // The user's own setting, as in the browser's privacy page.
  mkdirSync(join(profile, "Default"), { recursive: true });
  const preferences = { profile: { cookie_controls_mode: 1, block_third_party_cookies: true } };
  writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    locale: options.locale ?? "en-US",
    colorScheme: options.colorScheme ?? "light",
    viewport: options.viewport ?? { width: 390, height: 844 },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--test-third-party-cookie-phaseout",
    ],
  });
  /** @type {string[]} */
  const requests = [];
  /** @type {string[]} */
  const complaints = [];
  context.on("request", (request) => requests.push(request.url()));
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return { context, page, requests, complaints };
}

/** @typedef {Awaited<ReturnType<typeof openBrowser>>} Browser */

/**
 * Opens a browser for a test and closes it whatever happens; a failure leaves a picture of what was seen.
 * @param {string} name
 * @param {Options} options
 * @param {(browser: Browser) => Promise<void>} body
 */
export async function inBrowser(name, options, body) {
  const browser = await openBrowser(options);
  try {
    await body(browser);
  } catch (error) {
    await picture(browser.page, `failed-${name}`).catch(() => {});
    const seen = await browser.page
      .locator("body")
      .innerText()
      .catch(() => "");
    const where = browser.page.url().split("?")[0];
    throw new Error(`${name}: ${error}\nat ${where}, where the page says:\n${seen.slice(0, 1500)}`, {
      cause: error,
    });
  } finally {
    await browser.context.close();
  }
}

/**
 * Nothing was asked of anyone but this machine.
 * @param {string[]} requests
 */
export function assertLoopbackOnly(requests) {
  const elsewhere = requests.filter((url) => {
    const { protocol, hostname } = new URL(url);
    const local = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
    return !(local || protocol === "data:" || protocol === "blob:" || protocol === "about:");
  });
  assert.deepEqual(elsewhere, [], "requests left this machine");
}

/**
 * Runs axe-core in a page and all its frames; nothing serious may be found.
 * @param {import("playwright-core").Page} page
 * @param {string} where
 */
export async function assertAccessible(page, where) {
  for (const frame of page.frames()) {
    if (!frame.url().startsWith("http")) continue;
    // The pages' own policy allows no inline script; the debugger's world is not bound by it.
    await frame.evaluate(axe);
    const found = await frame.evaluate(async () => {
      // @ts-expect-error axe was just put there
      const results = await globalThis.axe.run(document, { iframes: false });
      return results.violations
        .filter((/** @type {any} */ v) => v.impact === "serious" || v.impact === "critical")
        .map(
          (/** @type {any} */ v) => `${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.html).join(" | ")}`,
        );
    });
    assert.deepEqual(found, [], `axe-core in ${where}, ${new URL(frame.url()).pathname}`);
  }
}

/**
 * Nothing is wider than the screen.
 * @param {import("playwright-core").Page} page
 * @param {string} where
 */
export async function assertNoSidewaysScroll(page, where) {
  for (const frame of page.frames()) {
    if (!frame.url().startsWith("http")) continue;
    const excess = await frame.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(excess <= 0, `${where}, ${new URL(frame.url()).pathname} is ${excess} px too wide`);
  }
}

/**
 * The setting is really in force: a frame of another site cannot keep a cookie.
 * @param {import("playwright-core").Page} page
 * @param {string} origin of the frame
 */
export async function assertThirdPartyCookiesBlocked(page, origin) {
  const frame = page.frames().find((candidate) => candidate.url().startsWith(origin));
  assert.ok(frame, `no frame of ${origin}`);
  const kept = await frame.evaluate(() => {
    document.cookie = "probe=1; SameSite=None; Secure; Path=/";
    return document.cookie;
  });
  assert.equal(kept, "", "third-party cookies are not blocked");
}

/**
 * Takes a picture.
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
export async function picture(page, name) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}
