// Patients whom no app has verified, beside the widget: they are proven in a window of their own, and the widget goes on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  assertAccessible,
  assertLoopbackOnly,
  assertNoSidewaysScroll,
  inBrowser,
  picture,
} from "../harness/browser.mjs";
import { startDemo } from "../harness/openias.mjs";
import {
  closeButton,
  openWidget,
  providersShown,
  shareAll,
  travellers,
  widgetClosed,
} from "../harness/patient.mjs";
import { answerOfCsp, confirmAddress, proveAtCsp, toCsp } from "../harness/proofing.mjs";
import { wordsOf } from "../harness/words.mjs";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

/**
 * The widget for a patient whom nobody has verified, and how its window is opened.
 * @param {import("playwright-core").Page} page
 * @param {import("playwright-core").BrowserContext} context
 * @param {ReturnType<typeof wordsOf>} say
 */
async function widgetOfUnverified(page, context, say) {
  await page.goto(`${demo.app}/unverified`);
  const widget = await openWidget(page);
  const inner = widget.frameLocator("iframe");
  const open = inner.getByRole("link", { name: say("proofing-window-open") });
  const press = async () => {
    const opened = context.waitForEvent("page");
    await open.click();
    return opened;
  };
  return { widget, inner, open, press };
}

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
    const { widget, press } = await widgetOfUnverified(page, context, say);
    const place = await press();
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
        const { widget, inner, open, press } = await widgetOfUnverified(page, context, say);
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
    const { widget, press } = await widgetOfUnverified(page, context, say);
    const place = await press();
    await confirmAddress(place, say);
    await answerOfCsp(place, demo, say, "unauthorized_client");
    const closed = place.waitForEvent("close");
    await place.getByRole("button", { name: say("proofing-cancel") }).click();
    await closed;
    await widget.getByRole("heading", { name: say("widget-unprovable-title") }).waitFor();
    await assertAccessible(page, "unprovable");
    await picture(page, "standard-widget-misconfigured");
    await page.locator("#events", { hasText: "server_error" }).waitFor();
  }));
