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
import { wordsOf } from "../harness/words.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").FrameLocator} FrameLocator */
/** @typedef {ReturnType<typeof wordsOf>} Say */

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

/** @type {{language: "en" | "es", locale: string, scheme: "light" | "dark", width: number}[]} */
const travellers = [
  { language: "en", locale: "en-US", scheme: "light", width: 390 },
  { language: "es", locale: "es-US", scheme: "dark", width: 320 },
];

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
    await page.getByRole("link", { name: "Verify my identity" }).click();

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

    await page.getByRole("heading", { name: "You are verified" }).waitFor();
    await look("4-app-share");
    const widget = await openWidget(page);
    await consentButton(widget, say, "allow").waitFor();
    await assertThirdPartyCookiesBlocked(page, demo.server);
    await look("5-consent");
    await consentButton(widget, say, "allow").click();

    await widget.getByRole("heading", { name: say("widget-searching-title") }).waitFor();
    await look("6-searching");
    await widget.getByRole("heading", { name: say("widget-providers-title") }).waitFor({ timeout: 30_000 });
    await look("7-providers");
    await widget.getByRole("button", { name: say("widget-providers-share") }).click();
    await widget.getByRole("heading", { name: say("widget-done-title") }).waitFor({ timeout: 30_000 });
    await look("8-done");
    const main = widget.locator("main");
    await main.getByRole("button", { name: say("widget-close") }).click();
    await page.locator("openias-connect dialog[open]").waitFor({ state: "detached" });

    const events = page.locator("#events li");
    await page.getByText("widget.complete").waitFor();
    assert.ok((await events.allTextContents()).includes("patient.connection_success"));
    await page
      .locator("#webhooks li", { hasText: "patient.ehi_export_success" })
      .first()
      .waitFor({ timeout: 30_000 });
    await page.locator("#records li", { hasText: "Provenance" }).first().waitFor({ timeout: 30_000 });
    await look("9-app-records");

    assertLoopbackOnly(browser.requests);
    // Chromium reports the page that names an unknown contact, which has status 422.
    const complaints = browser.complaints.filter((complaint) => !complaint.includes("status of 422"));
    assert.deepEqual(complaints, [], "the browser complained");
    assert.deepEqual(await page.context().cookies(demo.server), [], "the widget set a cookie");
  }
}

test("a patient signs in at a provider that asks for it", () =>
  inBrowser("sign-in", {}, async ({ page, context }) => {
    const say = wordsOf("en");
    const widget = await openProviders(page, say);
    const opened = context.waitForEvent("page");
    await widget.getByRole("button", { name: "Willow Gate Health System" }).click();
    const place = await opened;
    await signIn(place, "dlin@example.org");
    await place.getByRole("alert").waitFor();
    await signIn(place, "ahackett@gmail.com");
    await place.getByRole("heading", { name: say("signed-in-title") }).waitFor();
    await assertAccessible(place, "signed-in");
    await picture(place, "signed-in");
    await place.close();

    await widget.getByRole("heading", { name: say("widget-providers-connected") }).waitFor();
    await picture(page, "providers-after-sign-in");
    await widget.getByRole("button", { name: say("widget-providers-share") }).click();
    await widget.getByRole("heading", { name: say("widget-done-title") }).waitFor({ timeout: 30_000 });
    await widget.getByText("Willow Gate Health System", { exact: true }).waitFor();
    const main = widget.locator("main");
    await main.getByRole("button", { name: say("widget-close") }).click();
    // Its records come by the sign-in's refresh token.
    await page.waitForFunction(() => document.querySelectorAll("#records li").length === 8, undefined, {
      timeout: 30_000,
    });
    assert.equal(await page.locator("#records li", { hasText: "No records" }).count(), 0);
  }));

test("nobody signs in with another person's account", () =>
  inBrowser("sign-in-other", {}, async ({ page, context }) => {
    const say = wordsOf("en");
    const widget = await openProviders(page, say);
    const opened = context.waitForEvent("page");
    await widget.getByRole("button", { name: "Willow Gate Health System" }).click();
    const place = await opened;
    await signIn(place, "hsimpson@gmail.com");
    await place.getByRole("heading", { name: say("problem-another-person-title") }).waitFor();
    await assertAccessible(place, "another-person");
    await picture(place, "another-person");
    assert.equal(await widget.getByRole("heading", { name: say("widget-providers-connected") }).count(), 0);
  }));

test("a patient who says no shares nothing", () =>
  inBrowser("denied", {}, async ({ page }) => {
    const say = wordsOf("en");
    await verify(page, say);
    const widget = await openWidget(page);
    await consentButton(widget, say, "deny").click();
    await widget.getByRole("heading", { name: say("widget-denied-title") }).waitFor();
    await assertAccessible(page, "denied");
    await picture(page, "denied");
    await widget
      .getByRole("button", { name: say("widget-close") })
      .last()
      .click();
    await page.getByText("patient.connection_failed").waitFor();
    assert.equal(await page.getByText("patient.connection_success").count(), 0);
  }));

test("a request that was used before leads back to the app", () =>
  inBrowser("expired", {}, async ({ page }) => {
    const say = wordsOf("en");
    await verify(page, say);
    await consentButton(await openWidget(page), say, "allow").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("openias-connect dialog[open]").waitFor({ state: "detached" });
    const widget = await openWidget(page);
    await widget.getByRole("heading", { name: say("widget-expired-title") }).waitFor();
    await picture(page, "expired");
  }));

test("the widget can be walked through by keyboard alone", () =>
  inBrowser("keyboard", {}, async ({ page }) => {
    const say = wordsOf("en");
    await verify(page, say);
    const share = page.getByRole("button", { name: "Share Records" });
    await share.focus();
    await page.keyboard.press("Enter");
    const widget = page.frameLocator("openias-connect iframe");
    await consentButton(widget, say, "allow").waitFor();
    await press(page, say("consent-allow"));
    await widget.getByRole("heading", { name: say("widget-providers-title") }).waitFor({ timeout: 30_000 });
    await press(page, say("widget-providers-share"));
    await widget.getByRole("heading", { name: say("widget-done-title") }).waitFor({ timeout: 30_000 });
    await press(page, say("widget-close"));
    await page.getByText("widget.complete").waitFor();
  }));

/**
 * Takes a patient to the list of providers.
 * @param {Page} page
 * @param {Say} say
 */
async function openProviders(page, say) {
  await verify(page, say);
  const widget = await openWidget(page);
  await consentButton(widget, say, "allow").click();
  await widget.getByRole("heading", { name: say("widget-providers-title") }).waitFor({ timeout: 30_000 });
  return widget;
}

/** @param {Page} page */
async function openWidget(page) {
  await page.getByRole("button", { name: "Share Records" }).click();
  return page.frameLocator("openias-connect iframe");
}

/**
 * A button of the consent page inside the widget.
 * @param {FrameLocator} widget
 * @param {Say} say
 * @param {"allow" | "deny"} decision
 */
function consentButton(widget, say, decision) {
  return widget.frameLocator("iframe").getByRole("button", { name: say(`consent-${decision}`), exact: true });
}

/**
 * @param {Page} place
 * @param {string} email
 */
async function signIn(place, email) {
  await place.getByLabel("E-mail").fill(email);
  await place.getByLabel("Password").fill("any");
  await place.getByRole("button", { name: "Sign in" }).click();
}

/**
 * @param {Page} page
 * @param {Say} say
 */
async function verify(page, say) {
  await page.goto(`${demo.app}/verify`);
  await page.getByLabel(say("inquiry-contact")).first().fill("608-555-1243");
  await page.getByRole("button", { name: say("inquiry-continue") }).click();
  await page.getByLabel(say("inquiry-code")).first().fill("1");
  await page.getByRole("button", { name: say("inquiry-finish") }).click();
  await page.getByRole("heading", { name: "You are verified" }).waitFor();
}

/**
 * Moves by Tab until the focus is on the button with this name, in whichever frame, and presses it.
 * @param {Page} page
 * @param {string} name
 */
async function press(page, name) {
  for (let step = 0; step < 60; step += 1) {
    const focused = await Promise.all(
      page.frames().map((frame) =>
        frame
          .evaluate(() => {
            const node = document.hasFocus() ? document.activeElement : null;
            return node?.getAttribute("aria-label") ?? node?.textContent?.trim() ?? "";
          })
          .catch(() => ""),
      ),
    );
    if (focused.includes(name)) {
      await page.keyboard.press("Enter");
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`no way to ${name} by keyboard`);
}
