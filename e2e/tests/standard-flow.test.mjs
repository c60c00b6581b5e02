// Patients whom no app has verified: the e-mail code, the way to the CSP and back, and everything that can go wrong
// there.

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
import { travellers } from "../harness/patient.mjs";
import { address, answerOfCsp, confirmAddress, proveAtCsp, toCsp } from "../harness/proofing.mjs";
import { wordsOf } from "../harness/words.mjs";

/** @typedef {import("../harness/patient.mjs").Page} Page */
/** @typedef {import("../harness/patient.mjs").Say} Say */

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
        await page.getByLabel(say("proofing-email-label")).first().fill(address);
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
        await answerOfCsp(page, demo, say, "unauthorized_client");
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
        await page.getByLabel(say("proofing-email-label")).first().fill(address);
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

test("two tabs of one browser each go on with their own check", () =>
  inBrowser("standard-tabs", {}, async ({ page, context }) => {
    const say = wordsOf("en");
    const first = { page, verifier: await begin(page) };
    await page.getByLabel(say("proofing-email-label")).first().fill(address);
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
