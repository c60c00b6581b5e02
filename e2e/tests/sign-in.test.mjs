// Providers that want the patient to sign in with them, in a window of its own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible, assertNoSidewaysScroll, inBrowser, picture } from "../harness/browser.mjs";
import { startDemo } from "../harness/openias.mjs";
import { closeButton, openProviders, shareAll, signIn } from "../harness/patient.mjs";
import { wordsOf } from "../harness/words.mjs";

const PROVIDER = "Willow Gate Health System";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

test("a patient signs in at a provider that asks for it", () =>
  inBrowser("sign-in", {}, async ({ page, context }) => {
    const say = wordsOf("en");
    const widget = await openProviders(page, demo, say);
    const button = widget.getByRole("button", { name: PROVIDER });
    const { height } = (await button.boundingBox()) ?? { height: 0 };
    assert.ok(height >= 44, `the button is ${height} px high`);
    const opened = context.waitForEvent("page");
    await button.click();
    const place = await opened;
    await place.waitForURL(/authorize/);
    assert.equal(await place.evaluate(() => window.opener), null, "the provider can reach the widget");
    await assertAccessible(place, "place");
    await picture(place, "place");
    await signIn(place, "dlin@example.org");
    await place.getByRole("alert").waitFor();
    await signIn(place, "ahackett@gmail.com");
    await place.getByRole("heading", { name: say("signed-in-title") }).waitFor();
    await assertAccessible(place, "signed-in");
    await picture(place, "signed-in");
    await place.close();

    await widget.getByRole("heading", { name: say("widget-providers-connected") }).waitFor();
    await picture(page, "providers-after-sign-in");
    await widget.getByRole("button", { name: say("widget-providers-finish-without") }).waitFor();
    await shareAll(widget, say);
    await widget.getByText(PROVIDER, { exact: true }).waitFor();
    await closeButton(widget, say).click();
    // Its records come by the sign-in's refresh token.
    await page.waitForFunction(() => document.querySelectorAll("#records li").length === 8, undefined, {
      timeout: 30_000,
    });
    assert.equal(await page.locator("#records li", { hasText: "No records" }).count(), 0);
    const providers = await page.locator("#records strong").allTextContents();
    assert.equal(new Set(providers).size, 8, `not told apart: ${providers}`);
  }));

test("another person's account is refused, told, and can be tried again", () =>
  inBrowser("sign-in-other", {}, async ({ page, context }) => {
    const say = wordsOf("en");
    const widget = await openProviders(page, demo, say);
    const row = widget.getByRole("listitem").filter({ hasText: PROVIDER });
    let opened = context.waitForEvent("page");
    await row.getByRole("button").click();
    let place = await opened;
    await row.getByText(say("widget-providers-waiting")).waitFor();
    await signIn(place, "hsimpson@gmail.com");
    await place.getByRole("heading", { name: say("problem-another-person-title") }).waitFor();
    await assertAccessible(place, "another-person");
    await picture(place, "another-person");
    // Also while that window is still open.
    await row.getByText(say("widget-providers-sign-in-another")).waitFor();
    await assertAccessible(page, "sign-in-another");
    await row.scrollIntoViewIfNeeded();
    await picture(page, "sign-in-another");

    opened = context.waitForEvent("page");
    const again = say("widget-providers-sign-in-again").replace("{ $name }", PROVIDER);
    await row.getByRole("button", { name: again }).click();
    place = await opened;
    await place.waitForURL(/authorize/);
    await place.close();
    await row.getByText(say("widget-providers-sign-in-closed")).waitFor();
    await picture(page, "sign-in-closed");

    opened = context.waitForEvent("page");
    await row.getByRole("button", { name: again }).click();
    place = await opened;
    await signIn(place, "ahackett@gmail.com");
    await widget.getByRole("heading", { name: say("widget-providers-connected") }).waitFor();
    // Nothing more has to be shared.
    await widget.getByRole("button", { name: say("widget-providers-finish-without") }).click();
    await widget.getByRole("heading", { name: say("widget-done-title") }).waitFor();
  }));

test("a window that the browser does not open is told beside its button", () =>
  inBrowser("sign-in-blocked", {}, async ({ page }) => {
    const say = wordsOf("en");
    await page.addInitScript("window.open = () => null");
    const widget = await openProviders(page, demo, say);
    const row = widget.getByRole("listitem").filter({ hasText: PROVIDER });
    await row.getByRole("button").click();
    await row.getByText(say("widget-providers-popup")).waitFor();
  }));

test("the sign-in speaks the language that the patient switched the widget to", () =>
  inBrowser(
    "sign-in-es",
    { colorScheme: "dark", viewport: { width: 320, height: 800 } },
    async ({ page, context }) => {
      const [en, es] = [wordsOf("en"), wordsOf("es")];
      const widget = await openProviders(page, demo, en);
      await widget.getByRole("button", { name: "Español" }).click();
      const opened = context.waitForEvent("page");
      await widget.getByRole("button", { name: PROVIDER }).click();
      const place = await opened;
      await place.setViewportSize({ width: 320, height: 640 });
      await place.getByRole("heading", { name: "Iniciar sesión" }).waitFor();
      await assertAccessible(place, "place-es");
      await assertNoSidewaysScroll(place, "place-es");
      await picture(place, "place-es");
      await signIn(place, "hsimpson@gmail.com");
      await place.getByRole("heading", { name: es("problem-another-person-title") }).waitFor();
      await widget.getByText(es("widget-providers-sign-in-another")).last().waitFor();
      await assertNoSidewaysScroll(page, "providers-es");
      await widget.getByText(es("widget-providers-sign-in-another")).last().scrollIntoViewIfNeeded();
      await picture(page, "sign-in-another-es");
    },
  ));
