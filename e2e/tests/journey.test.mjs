// The whole journey by clicking, in both languages: the sample app on another site than the widget, and
// third-party cookies blocked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  assertAccessible,
  assertLoopbackOnly,
  assertNoSidewaysScroll,
  assertThirdPartyCookiesBlocked,
  inBrowser,
  picture,
} from "../harness/browser.mjs";
import { startDemo } from "../harness/openias.mjs";
import {
  begins,
  closeButton,
  consentButton,
  openWidget,
  providersShown,
  shareAll,
  travellers,
  verify,
  widgetClosed,
} from "../harness/patient.mjs";
import { wordsOf } from "../harness/words.mjs";

/** @typedef {import("../harness/patient.mjs").Page} Page */

const decisionCookie = "__Host-openias-decision";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

for (const { language, locale, scheme, width } of travellers) {
  test(`a patient takes the journey (${language}, ${scheme}, ${width} px)`, () => {
    const viewport = { width, height: 800 };
    return inBrowser(`journey-${language}`, { locale, colorScheme: scheme, viewport }, travel);
  });

  /** @param {import("../harness/browser.mjs").Browser} browser */
  async function travel(browser) {
    const { page } = browser;
    const say = wordsOf(language);
    /** @param {string} where */
    const look = async (where) => {
      await assertAccessible(page, where);
      await assertNoSidewaysScroll(page, where);
      await picture(page, `journey-${language}-${where}`);
    };

    await page.goto(demo.app);
    await look("1-app");
    await page.locator("#verify").click();

    await page.getByRole("heading", { name: say("inquiry-person-title") }).waitFor();
    await look("2-inquiry-person");
    await page.getByLabel(say("inquiry-contact")).first().fill("nobody@example.org");
    await page.getByRole("button", { name: say("inquiry-continue") }).click();
    await page.getByRole("alert").waitFor();
    await look("2-inquiry-unknown");
    await page.getByLabel(say("inquiry-contact")).first().fill("knixontestemail@epic.com");
    await page.getByRole("button", { name: say("inquiry-continue") }).click();
    await page.getByRole("heading", { name: say("inquiry-confirm-title") }).waitFor();
    await look("3-inquiry-confirm");
    await page.getByLabel(say("inquiry-code")).first().fill("123456");
    await page.getByRole("button", { name: say("inquiry-finish") }).click();

    await page.locator("#asking h1").waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), language);
    await look("4-app-share");
    const widget = await openWidget(page);
    await consentButton(widget, say, "allow").waitFor();
    await assertThirdPartyCookiesBlocked(page, demo.server);
    await look("5-consent");
    await consentButton(widget, say, "allow").click();

    await widget.getByRole("heading", { name: say("widget-searching-title") }).waitFor();
    await look("6-searching");
    await providersShown(widget, say);
    await look("7-providers");
    const boxes = widget.getByRole("checkbox");
    assert.deepEqual(await ticked(boxes), Array(8).fill(false), "something was ticked for the patient");
    const share = widget.getByRole("button", { name: say("widget-providers-share"), exact: true });
    assert.equal(await share.isDisabled(), true);
    await widget.getByText(say("widget-providers-choose-one")).first().waitFor();
    await boxes.nth(1).check();
    await boxes.nth(2).check();
    const two = begins(say("widget-providers-share-many").replace("{ $count }", "2"));
    assert.equal(await widget.getByRole("button", { name: two }).isEnabled(), true);
    assert.equal(await boxes.first().evaluate((box) => /** @type {any} */ (box).indeterminate), true);
    await boxes.first().check();
    assert.deepEqual(await ticked(boxes), Array(8).fill(true));
    const told = say("widget-providers-selected").replace("{ $count }", "7").replace("{ $total }", "7");
    await widget.getByRole("status").filter({ hasText: told }).waitFor({ state: "attached" });
    await boxes.first().uncheck();
    assert.deepEqual(await ticked(boxes), Array(8).fill(false));
    await look("7-providers-none");
    await shareAll(widget, say);
    await look("8-done");
    await closeButton(widget, say).click();
    await widgetClosed(page);

    await page.locator("#connected h1").waitFor();
    assert.equal(await page.locator("#share").isVisible(), false);
    const events = page.locator("#events li");
    assert.ok((await events.allTextContents()).includes("patient.connection_success"));
    assert.equal(await events.last().textContent(), "widget.complete");
    await page
      .locator("#webhooks li", { hasText: "patient.ehi_export_success" })
      .first()
      .waitFor({ timeout: 30_000 });
    await page.locator("#records li", { hasText: "Provenance" }).first().waitFor({ timeout: 30_000 });
    await look("9-app-records");
    // What was reached is shown after a reload, too.
    await page.reload();
    await page.locator("#connected h1").waitFor();

    assertLoopbackOnly(browser.requests);
    // Chromium reports the page that names an unknown contact, which has status 422.
    const complaints = browser.complaints.filter((complaint) => !complaint.includes("status of 422"));
    assert.deepEqual(complaints, [], "the browser complained");
    assertOnlyTheDecision(await page.context().cookies(demo.server));
  }
}

/**
 * The widget may keep the decision that waits, for a reload, and that for the page around it alone.
 * @param {Awaited<ReturnType<import("playwright-core").BrowserContext["cookies"]>>} cookies
 */
function assertOnlyTheDecision(cookies) {
  const kept = cookies.map(({ name, httpOnly, secure, partitionKey }) => ({
    name,
    httpOnly,
    secure,
    partitionKey,
  }));
  const { protocol, hostname } = new URL(demo.app);
  const partitionKey = `${protocol}//${hostname}`;
  assert.deepEqual(kept, [{ name: decisionCookie, httpOnly: true, secure: true, partitionKey }]);
}

test("a patient who says no shares nothing and can start again", () =>
  inBrowser("denied", {}, async ({ page }) => {
    const say = wordsOf("en");
    await verify(page, demo, say);
    const widget = await openWidget(page);
    await consentButton(widget, say, "deny").click();
    await widget.getByRole("heading", { name: say("widget-denied-title") }).waitFor();
    await assertAccessible(page, "denied");
    await picture(page, "denied");
    await closeButton(widget, say).click();
    await page.getByText("patient.connection_failed: access_denied").waitFor();
    await page.getByText("You did not give permission.").waitFor();
    await assertAccessible(page, "app-denied");
    await picture(page, "app-denied");
    assert.equal(await page.getByText("patient.connection_success").count(), 0);
    await page.getByRole("button", { name: "Start again" }).click();
    await consentButton(widget, say, "allow").waitFor();
  }));

test("a patient who closes the widget, or reloads the page, goes on with a fresh request", () =>
  inBrowser("reopened", {}, async ({ page }) => {
    const say = wordsOf("en");
    await verify(page, demo, say);
    const widget = await openWidget(page);
    await consentButton(widget, say, "allow").waitFor();
    await page.keyboard.press("Escape");
    await widgetClosed(page);
    await page.getByText("You closed the window before the end.").waitFor();
    await openWidget(page);
    await consentButton(widget, say, "allow").waitFor();
    await page.reload();
    await openWidget(page);
    await consentButton(widget, say, "allow").click();
    await providersShown(widget, say);
  }));

test("a request that was used before leads back to the app", () =>
  inBrowser("expired", {}, async ({ page }) => {
    const say = wordsOf("en");
    await verify(page, demo, say);
    // An app that keeps its request, instead of making one when it is needed.
    let kept = "";
    await page.route("**/request", async (route) => {
      kept ||= await (await route.fetch()).text();
      await route.fulfill({ body: kept, contentType: "application/json" });
    });
    const widget = await openWidget(page);
    await consentButton(widget, say, "allow").waitFor();
    await page.keyboard.press("Escape");
    await widgetClosed(page);
    await openWidget(page);
    await consentButton(widget, say, "allow").waitFor();
    await page.keyboard.press("Escape");
    await widgetClosed(page);
    // The same browser was met with kindness; any other is not.
    await page.context().clearCookies({ name: decisionCookie });
    await openWidget(page);
    await widget.getByRole("heading", { name: say("widget-expired-title") }).waitFor();
    await assertAccessible(page, "expired");
    await picture(page, "expired");
    await widget.getByRole("button", { name: say("widget-expired-back") }).click();
    await page.getByText("patient.connection_failed: invalid_request_uri").waitFor();
    await page.unroute("**/request");
    await page.getByRole("button", { name: "Start again" }).click();
    await consentButton(widget, say, "allow").waitFor();
  }));

for (const language of /** @type {const} */ (["en", "es"])) {
  test(`a network that does not answer is not the patient's fault (${language})`, () =>
    inBrowser(`unreachable-${language}`, { locale: language }, async ({ page, context }) => {
      const say = wordsOf(language);
      const unreachable = { success: true, data: { outcome: "unreachable" } };
      await context.route("**/record_locator/*/result?*", (route) => route.fulfill({ json: unreachable }));
      await verify(page, demo, say);
      const widget = await openWidget(page);
      await consentButton(widget, say, "allow").click();
      await widget
        .getByRole("heading", { name: say("widget-unreachable-title") })
        .waitFor({ timeout: 30_000 });
      await assertAccessible(page, "unreachable");
      await picture(page, `unreachable-${language}`);
      assert.equal(await widget.getByText(say("widget-none-title")).count(), 0);
      await closeButton(widget, say).click();
      await page.getByText("patient.connection_failed: network_unavailable").waitFor();

      await openWidget(page);
      await consentButton(widget, say, "allow").click();
      const again = widget.getByRole("button", { name: say("widget-retry") });
      await again.waitFor({ timeout: 30_000 });
      await context.unroute("**/record_locator/*/result?*");
      await again.click();
      await providersShown(widget, say);
    }));
}

test("the widget can be walked through by keyboard alone", () =>
  inBrowser("keyboard", {}, async ({ page }) => {
    const say = wordsOf("en");
    await verify(page, demo, say);
    await page.locator("#share").focus();
    await page.keyboard.press("Enter");
    const widget = page.frameLocator("openias-connect iframe");
    await consentButton(widget, say, "allow").waitFor();
    await press(page, say("consent-allow"));
    await providersShown(widget, say);
    // What cannot be pressed yet can be reached, and says why.
    await press(page, say("widget-providers-share"));
    const reason = say("widget-providers-choose-one");
    await widget.getByRole("status").filter({ hasText: reason }).waitFor({ state: "attached" });
    await press(page, say("widget-providers-all"), "Space", "Shift+Tab");
    await press(page, /^Share records from 7/);
    await widget.getByRole("heading", { name: say("widget-done-title") }).waitFor({ timeout: 30_000 });
    await press(page, say("widget-close"));
    await page.getByText("widget.complete").waitFor();
  }));

/** @param {import("playwright-core").Locator} boxes */
function ticked(boxes) {
  return boxes.evaluateAll((all) => all.map((box) => /** @type {any} */ (box).checked));
}

/**
 * Moves until the focus is on the control with this name, in whichever frame, and presses it.
 * @param {Page} page
 * @param {string | RegExp} name
 * @param {string} [key]
 * @param {string} [move]
 */
async function press(page, name, key = "Enter", move = "Tab") {
  for (let step = 0; step < 60; step += 1) {
    const focused = await Promise.all(
      page.frames().map((frame) =>
        frame
          .evaluate(() => {
            const node = document.hasFocus() ? document.activeElement : null;
            const label = /** @type {any} */ (node)?.labels?.[0] ?? node;
            return node?.getAttribute("aria-label") ?? label?.textContent?.trim() ?? "";
          })
          .catch(() => ""),
      ),
    );
    if (focused.some((label) => (typeof name === "string" ? label === name : name.test(label)))) {
      await page.keyboard.press(key);
      return;
    }
    await page.keyboard.press(move);
  }
  throw new Error(`no way to ${name} by keyboard`);
}
