// Patients whom no app has verified: the e-mail code, the way to the CSP and back, and everything that can go wrong
// there, in a window of its own and beside the widget.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  assertAccessible,
  assertLoopbackOnly,
  assertNoSidewaysScroll,
  inBrowser,
  picture,
} from "../harness/browser.mjs";
import { challengeOf, pushUnproven, redeem } from "../harness/integrator.mjs";
import { startDemo } from "../harness/openias.mjs";
import { closeButton, openWidget, providersShown, shareAll, widgetClosed } from "../harness/patient.mjs";
import { wordsOf } from "../harness/words.mjs";

/** @typedef {import("../harness/patient.mjs").Page} Page */
/** @typedef {import("../harness/patient.mjs").Say} Say */

const patient = "knixontestemail@epic.com";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

/**
 * Opens the authorization endpoint, as an app does that shows no widget.
 * @param {Page} page
 * @param {"en" | "es"} language
 */
async function begin(page, language = "en") {
  const { verifier, challenge } = await challengeOf();
  const query = new URLSearchParams({
    client_id: demo.publicId,
    request_uri: await pushUnproven(demo),
    redirect_uri: `${demo.app}/authorized`,
    state: "the state",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ui_locales: language,
  });
  await page.goto(`${demo.server}/oauth2/authorize?${query}`);
  return verifier;
}

/**
 * Confirms the e-mail address.
 * @param {Page} page
 * @param {Say} say
 */
async function confirmAddress(page, say) {
  await page.getByLabel(say("proofing-email-label")).first().fill(patient);
  await page.getByRole("button", { name: say("proofing-email-send"), exact: true }).click();
  await page.getByRole("button", { name: say("proofing-code-skip") }).click();
  await page.getByRole("heading", { name: say("proofing-choose-title") }).waitFor();
}

/**
 * @param {Page} page
 * @param {Say} say
 */
function toCsp(page, say) {
  const name = say("proofing-choose-go").replace("{ $name }", "OpenIAS Test ID");
  return page.getByRole("link", { name });
}

/**
 * Is proven at the built-in CSP, or not.
 * @param {Page} page
 * @param {Say} say
 */
async function proveAtCsp(page, say, passes = true) {
  await page.getByLabel(say("inquiry-contact")).first().fill(patient);
  await page.getByRole("button", { name: say("inquiry-continue") }).click();
  await page.getByLabel(say("inquiry-code")).first().fill("1");
  if (!passes) await page.getByLabel(say("inquiry-pass")).first().uncheck();
  await page.getByRole("button", { name: say("inquiry-finish") }).click();
}

/**
 * What the app would be told after a press of a button. The page there is nobody's: what counts is its address.
 * @param {Page} page
 * @param {import("playwright-core").Locator} button
 */
async function toldAfter(page, button) {
  const app = `${demo.app}/authorized?`;
  const [request] = await Promise.all([
    page.waitForRequest((request) => request.url().startsWith(app)),
    button.click(),
  ]);
  const { searchParams } = new URL(request.url());
  assert.equal(searchParams.get("state"), "the state");
  assert.equal(searchParams.get("iss"), demo.server);
  return searchParams;
}

/** @type {{language: "en" | "es", locale: string, scheme: "light" | "dark", width: number}[]} */
const travellers = [
  { language: "en", locale: "en-US", scheme: "light", width: 390 },
  { language: "es", locale: "es-US", scheme: "dark", width: 320 },
];

for (const { language, locale, scheme, width } of travellers) {
  test(`a patient without an ID token is proven and asked (${language})`, () =>
    inBrowser(
      `standard-${language}`,
      { locale, colorScheme: scheme, viewport: { width, height: 800 } },
      async (browser) => {
        const { page } = browser;
        const say = wordsOf(language);
        /** @param {string} where */
        const look = async (where) => {
          await assertAccessible(page, where);
          await assertNoSidewaysScroll(page, where);
          await picture(page, `standard-${language}-${where}`);
        };
        const verifier = await begin(page, language);
        await page.getByRole("heading", { name: say("proofing-email-title") }).waitFor();
        await look("1-email");
        await page.getByLabel(say("proofing-email-label")).first().fill("somebody@example.org");
        await page.getByRole("button", { name: say("proofing-email-send"), exact: true }).click();
        await page.getByRole("alert").waitFor();
        await look("2-email-refused");
        const field = page.getByLabel(say("proofing-email-label")).first();
        assert.equal(await field.inputValue(), "somebody@example.org", "what was typed stays");
        assert.ok(
          await field.evaluate((input) => input === document.activeElement),
          "the field has the focus",
        );
        await page.getByLabel(say("proofing-email-label")).first().fill(patient);
        // By keyboard alone.
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: say("proofing-code-title") }).waitFor();
        await look("3-code");
        await page.getByLabel(say("proofing-code-label")).first().fill("ABC234");
        await page.keyboard.press("Enter");
        await page.getByRole("alert").waitFor();
        await look("4-code-wrong");
        await page.getByLabel(say("proofing-code-label")).first().fill("test 22");
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: say("proofing-choose-title") }).waitFor();
        await look("5-choose");
        // A reload shows the same.
        await page.reload();
        await toCsp(page, say).click();
        await page.getByRole("heading", { name: say("inquiry-person-title") }).waitFor();
        await proveAtCsp(page, say);

        await page.getByRole("button", { name: say("consent-allow"), exact: true }).waitFor();
        assert.equal(new URL(page.url()).pathname, "/oauth2/proofing", "the code is gone from the address");
        assert.equal(await page.locator("html").getAttribute("lang"), language);
        await look("6-consent");
        await page.reload();
        const allow = page.getByRole("button", { name: say("consent-allow"), exact: true });
        const answer = await toldAfter(page, allow);
        const tokens = await redeem(demo, answer.get("code") ?? "", verifier, `${demo.app}/authorized`);
        assert.ok(tokens.access_token);
        assertLoopbackOnly(browser.requests);
        const complaints = browser.complaints.filter((complaint) => !/status of (404|422)/.test(complaint));
        assert.deepEqual(complaints, [], "the browser complained");
      },
    ));
}

for (const { language, locale, scheme, width } of travellers) {
  test(`whoever stops at the CSP, or is not recognised there, is told what to do (${language})`, () =>
    inBrowser(
      `standard-cancel-${language}`,
      { locale, colorScheme: scheme, viewport: { width, height: 800 } },
      async ({ page }) => {
        const say = wordsOf(language);
        await begin(page, language);
        await confirmAddress(page, say);
        await toCsp(page, say).click();
        await page.getByRole("button", { name: say("inquiry-decline") }).click();
        await page.getByRole("heading", { name: say("proofing-cancelled-title") }).waitFor();
        await assertAccessible(page, "cancelled");
        await assertNoSidewaysScroll(page, "cancelled");
        await picture(page, `standard-${language}-cancelled`);
        await toCsp(page, say).click();
        await proveAtCsp(page, say, false);
        await page.getByRole("heading", { name: say("proofing-cancelled-title") }).waitFor();
        const cancel = page.getByRole("button", { name: say("proofing-cancel") });
        const answer = await toldAfter(page, cancel);
        assert.equal(answer.get("error"), "access_denied");
        assert.equal(answer.get("code"), null);
      },
    ));
}

test("a CSP that fails is said to, and the app is told", () =>
  inBrowser("standard-unavailable", {}, async ({ page, context }) => {
    const say = wordsOf("en");
    await begin(page);
    await confirmAddress(page, say);
    await toCsp(page, say).click();
    // The code that comes back is not the CSP's: the CSP refuses to redeem it.
    let back = "";
    await context.route(/\/inquiry\/confirm$/, async (route) => {
      const answer = await route.fetch({ maxRedirects: 0 });
      back = answer.headers().location ?? "";
      await route.fulfill({ status: 200, contentType: "text/html", body: "<title>Gone</title>" });
    });
    await proveAtCsp(page, say);
    await page.waitForFunction(() => document.title === "Gone");
    const altered = new URL(back);
    altered.searchParams.set("code", "not-the-code");
    await page.goto(altered.href);
    await page.getByRole("heading", { name: say("proofing-unavailable-title") }).waitFor();
    await assertAccessible(page, "unavailable");
    await picture(page, "standard-unavailable");
    const cancel = page.getByRole("button", { name: say("proofing-cancel") });
    assert.equal((await toldAfter(page, cancel)).get("error"), "temporarily_unavailable");
  }));

for (const { language, locale, scheme, width } of travellers) {
  test(`a CSP that does not know this server is no outage (${language})`, () =>
    inBrowser(
      `standard-misconfigured-${language}`,
      { locale, colorScheme: scheme, viewport: { width, height: 800 } },
      async ({ page }) => {
        const say = wordsOf(language);
        await begin(page, language);
        await confirmAddress(page, say);
        await answerOfCsp(page, say, "unauthorized_client");
        await page.getByRole("heading", { name: say("proofing-misconfigured-title") }).waitFor();
        await page.getByText("proofing.csp_error").first().waitFor();
        await assertAccessible(page, "misconfigured");
        await assertNoSidewaysScroll(page, "misconfigured");
        await picture(page, `standard-${language}-misconfigured`);
        const cancel = page.getByRole("button", { name: say("proofing-cancel") });
        const answer = await toldAfter(page, cancel);
        assert.equal(answer.get("error"), "server_error");
        assert.equal(answer.get("error_reason"), "proofing.misconfigured");
      },
    ));

  test(`the last code is said to be the last (${language})`, () =>
    inBrowser(
      `standard-last-code-${language}`,
      { locale, colorScheme: scheme, viewport: { width, height: 800 } },
      async ({ page }) => {
        const say = wordsOf(language);
        await begin(page, language);
        await page.getByLabel(say("proofing-email-label")).first().fill(patient);
        await page.keyboard.press("Enter");
        for (let sent = 1; sent < 5; sent += 1) {
          const [answer] = await Promise.all([
            page.waitForResponse((answer) => new URL(answer.url()).pathname === "/oauth2/proofing"),
            page.getByRole("button", { name: say("proofing-code-again") }).click(),
          ]);
          assert.equal(answer.status(), 200);
        }
        await page.getByText(say("proofing-code-no-more-usable")).waitFor();
        await page.locator("[data-last]:visible").scrollIntoViewIfNeeded();
        await assertAccessible(page, "last code");
        await assertNoSidewaysScroll(page, "last code");
        await picture(page, `standard-${language}-last-code`);
        await page.getByLabel(say("proofing-code-label")).first().fill("test 22");
        await page.keyboard.press("Enter");
        await toCsp(page, say).waitFor();
      },
    ));
}

/**
 * Goes to the CSP, which sends the patient back with an error.
 * @param {Page} page
 * @param {Say} say
 * @param {string} error
 */
async function answerOfCsp(page, say, error) {
  const [request] = await Promise.all([
    page.waitForRequest((request) => new URL(request.url()).pathname.endsWith("/authorize")),
    toCsp(page, say).click(),
  ]);
  const state = new URL(request.url()).searchParams.get("state") ?? "";
  const { origin, pathname } = new URL(request.url());
  const answer = new URLSearchParams({ error, state, iss: `${origin}${pathname.replace("/authorize", "")}` });
  await page.goto(`${demo.server}/oauth2/proofing/callback?${answer}`);
}

test("two tabs of one browser each go on with their own check", () =>
  inBrowser("standard-tabs", {}, async ({ page, context }) => {
    const say = wordsOf("en");
    const first = { page, verifier: await begin(page) };
    await page.getByLabel(say("proofing-email-label")).first().fill(patient);
    await page.getByRole("button", { name: say("proofing-email-send"), exact: true }).click();
    await page.getByRole("heading", { name: say("proofing-code-title") }).waitFor();
    const other = await context.newPage();
    const second = { page: other, verifier: await begin(other) };
    await confirmAddress(other, say);
    await page.getByRole("button", { name: say("proofing-code-skip") }).click();
    await toCsp(page, say).click();
    await proveAtCsp(page, say);
    const title = page.getByRole("button", { name: say("consent-allow"), exact: true });
    await title.waitFor();
    await other.reload();
    await toCsp(other, say).click();
    await proveAtCsp(other, say);
    for (const tab of [first, second]) {
      await tab.page.reload();
      const allow = tab.page.getByRole("button", { name: say("consent-allow"), exact: true });
      const answer = await toldAfter(tab.page, allow);
      const tokens = await redeem(demo, answer.get("code") ?? "", tab.verifier, `${demo.app}/authorized`);
      assert.ok(tokens.access_token);
    }
  }));

test("a link to the CSP proves nothing in another browser", () =>
  inBrowser("standard-attacker", {}, async ({ page }) => {
    const say = wordsOf("en");
    await begin(page);
    await confirmAddress(page, say);
    // The attacker stops at the CSP's door and sends its address on.
    await toCsp(page, say).click();
    await page.getByRole("heading", { name: say("inquiry-person-title") }).waitFor();
    const link = page.url();
    await inBrowser("standard-victim", {}, async ({ page: victims }) => {
      await victims.goto(link);
      await proveAtCsp(victims, say);
      await victims.getByRole("heading", { name: say("problem-proofing-elsewhere-title") }).waitFor();
      await assertAccessible(victims, "elsewhere");
      await picture(victims, "standard-elsewhere");
    });
    await page.goto(`${demo.server}/oauth2/proofing`);
    await toCsp(page, say).waitFor();
  }));

for (const language of /** @type {("en" | "es")[]} */ (["en", "es"])) {
  test(`beside the widget it runs in a window, and the widget goes on (${language})`, () =>
    inBrowser(
      `standard-widget-${language}`,
      { locale: language === "en" ? "en-US" : "es-US" },
      async ({ page, context, requests }) => {
        const say = wordsOf(language);
        await page.goto(demo.app);
        await page.locator("#unverified").click();
        const widget = await openWidget(page);
        const open = widget.frameLocator("iframe").getByRole("link", { name: say("proofing-window-open") });
        await open.waitFor();
        await assertAccessible(page, "window");
        await picture(page, `standard-${language}-window`);
        const opened = context.waitForEvent("page");
        await open.click();
        const place = await opened;
        await confirmAddress(place, say);
        await toCsp(place, say).click();
        await proveAtCsp(place, say);
        const closed = place.waitForEvent("close");
        await place.getByRole("button", { name: say("consent-allow"), exact: true }).click();
        await closed;

        await providersShown(widget, say);
        await shareAll(widget, say);
        await closeButton(widget, say).click();
        await widgetClosed(page);
        await page.locator("#connected h1").waitFor();
        assertLoopbackOnly(requests);
      },
    ));
}

test("giving up in the window closes it, and the widget says so", () =>
  inBrowser("standard-widget-cancel", {}, async ({ page, context }) => {
    const say = wordsOf("en");
    await page.goto(`${demo.app}/unverified`);
    const widget = await openWidget(page);
    const opened = context.waitForEvent("page");
    await widget
      .frameLocator("iframe")
      .getByRole("link", { name: say("proofing-window-open") })
      .click();
    const place = await opened;
    const closed = place.waitForEvent("close");
    // The language that is chosen there holds in the widget too.
    await place.getByText("Español", { exact: true }).click();
    const spanish = wordsOf("es");
    await place.getByRole("button", { name: spanish("proofing-cancel") }).click();
    await closed;
    await widget.getByRole("heading", { name: spanish("widget-unproven-title") }).waitFor();
    await page.locator("#events", { hasText: "identity_not_confirmed" }).waitFor();
  }));

for (const { language, locale, scheme, width } of travellers) {
  test(`a window that is closed at the consent page goes on there (${language})`, () =>
    inBrowser(
      `standard-widget-closed-${language}`,
      { locale, colorScheme: scheme, viewport: { width, height: 800 } },
      async ({ page, context }) => {
        const say = wordsOf(language);
        await page.goto(`${demo.app}/unverified`);
        const widget = await openWidget(page);
        const inner = widget.frameLocator("iframe");
        const open = inner.getByRole("link", { name: say("proofing-window-open") });
        const press = async () => {
          const opened = context.waitForEvent("page");
          await open.click();
          return opened;
        };
        const place = await press();
        await confirmAddress(place, say);
        await toCsp(place, say).click();
        await place.getByRole("heading", { name: say("inquiry-person-title") }).waitFor();
        // Pressed once more, the window is as it was.
        await open.click();
        await proveAtCsp(place, say);
        const allow = say("consent-allow");
        await place.getByRole("button", { name: allow, exact: true }).waitFor();
        assert.equal(await inner.getByText(say("proofing-window-closed")).isVisible(), false);
        await place.close();
        await inner.getByText(say("proofing-window-closed")).waitFor();
        await assertAccessible(page, "closed");
        await assertNoSidewaysScroll(page, "closed");
        await picture(page, `standard-${language}-window-closed`);

        const again = await press();
        await again.getByRole("button", { name: allow, exact: true }).waitFor();
        assert.equal(await inner.getByText(say("proofing-window-closed")).isVisible(), false);
        await again.reload();
        assert.equal(context.pages().length, 2, "one window beside the app");
        const closed = again.waitForEvent("close");
        await again.getByRole("button", { name: allow, exact: true }).click();
        await closed;
        await providersShown(widget, say);
      },
    ));
}

test("an identity check that is not set up rightly is told from one that is away", () =>
  inBrowser("standard-widget-misconfigured", {}, async ({ page, context }) => {
    const say = wordsOf("en");
    await page.goto(`${demo.app}/unverified`);
    const widget = await openWidget(page);
    const opened = context.waitForEvent("page");
    await widget
      .frameLocator("iframe")
      .getByRole("link", { name: say("proofing-window-open") })
      .click();
    const place = await opened;
    await confirmAddress(place, say);
    await answerOfCsp(place, say, "unauthorized_client");
    const closed = place.waitForEvent("close");
    await place.getByRole("button", { name: say("proofing-cancel") }).click();
    await closed;
    await widget.getByRole("heading", { name: say("widget-unprovable-title") }).waitFor();
    await assertAccessible(page, "unprovable");
    await picture(page, "standard-widget-misconfigured");
    await page.locator("#events", { hasText: "server_error" }).waitFor();
  }));
