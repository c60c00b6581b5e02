// The operator's portal by clicking: an organisation, its credential, a webhook and its deliveries.

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
import { wordsOf } from "../harness/words.mjs";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

/** @type {{language: "en" | "es", scheme: "light" | "dark", width: number}[]} */
const operators = [
  { language: "en", scheme: "light", width: 1280 },
  { language: "es", scheme: "dark", width: 320 },
];

for (const { language, scheme, width } of operators) {
  test(`an operator sets up an organisation (${language}, ${scheme}, ${width} px)`, () => {
    const options = { locale: language, colorScheme: scheme, viewport: { width, height: 900 } };
    return inBrowser(`portal-${language}`, options, administer);
  });

  /** @param {import("../harness/browser.mjs").Browser} browser */
  async function administer({ page, requests, complaints }) {
    const say = wordsOf(language);
    /** @param {string} where */
    const look = async (where) => {
      await assertAccessible(page, where);
      await assertNoSidewaysScroll(page, where);
      await picture(page, `portal-${language}-${where}`);
    };
    const button = (/** @type {string} */ key) => page.getByRole("button", { name: say(key), exact: true });

    // The link that was printed at start works once: the second operator finds it used, and gets another.
    await page.goto(demo.signIn);
    await look("1-sign-in");
    await button("portal-sign-in").first().click();
    if (language !== operators[0].language) {
      await page.getByText(say("portal-token-refused")).waitFor();
      await look("1-sign-in-refused");
      assert.match(complaints.splice(0).join(), /403 \(Forbidden\)/, "the browser names the refusal");
      await page.goto(demo.anotherSignIn());
      await button("portal-sign-in").first().click();
    }
    await page.getByRole("heading", { name: say("portal-organizations"), level: 1 }).waitFor();
    await look("2-organizations");

    const name = `Example Health ${language}`;
    await page.getByLabel(say("portal-organization-name"), { exact: true }).fill(name);
    await button("portal-add-organization").click();
    await page.getByText(say("portal-done-organization-added")).waitFor();
    await look("3-organization");

    await page.getByRole("link", { name: say("portal-credentials"), exact: true }).click();
    await page.getByRole("radio", { name: say("portal-test"), exact: true }).check();
    await page.getByLabel(say("portal-origins"), { exact: true }).fill("https://app.example.org");
    await button("portal-add-credential").click();
    await page.getByRole("heading", { name: say("portal-key-title") }).waitFor();
    await look("4-private-key");
    const key = (await page.locator("code", { hasText: "private_test_" }).textContent())?.trim() ?? "";
    assert.match(key, /^private_test_\w{45}$/);
    await page.getByRole("link", { name: say("portal-kept") }).click();
    assert.ok(!(await page.content()).includes(key), "a private key is shown once");
    await look("5-credentials");

    await page.goto(`${demo.server}/portal`);
    await page.getByRole("link", { name: "Sample Health App" }).click();
    await page.getByRole("link", { name: say("portal-webhooks"), exact: true }).click();
    await look("6-webhooks");

    const requestId = await failToPush();
    await page.getByRole("link", { name: say("portal-requests"), exact: true }).click();
    await assert.doesNotReject(shown(page, requestId), "a failed call is listed within seconds");
    await page.getByText(say("portal-why-scope")).first().waitFor();
    await look("7-failed-calls");
    await page.getByText(say("portal-requests-choose"), { exact: true }).click();
    await page.getByLabel(say("portal-class"), { exact: true }).selectOption("5");
    await button("portal-requests-filter").click();
    await page.getByText(say("portal-no-request-match")).waitFor();
    await look("7-failed-calls-filtered");
    await page.getByRole("link", { name: say("portal-audit"), exact: true }).click();
    await look("7-audit");
    await page
      .getByRole("row", { name: requestId })
      .getByRole("link", { name: say("portal-requests") })
      .click();
    await page.getByRole("heading", { name: say("portal-requests"), level: 1 }).waitFor();
    assert.ok((await page.content()).includes(requestId), "the audit trail leads to the failed call");
    await page.getByRole("link", { name: say("portal-audit"), exact: true }).click();
    await page.getByText(say("portal-audit-choose"), { exact: true }).click();
    await page.getByLabel(say("portal-action"), { exact: true }).fill("organization.added");
    await button("portal-filter").click();
    await page.getByRole("link", { name: say("portal-show-all") }).waitFor();
    assert.ok(!(await page.content()).includes("operator.signed_in"), "only what was asked for is shown");
    await look("8-audit-filtered");

    assertLoopbackOnly(requests);
    assert.deepEqual(complaints, [], "the browser complained");
    await button("portal-sign-out").click();
    await page.goto(`${demo.server}/portal`);
    assert.match(page.url(), /\/portal\/sign-in/);
  }
}

/** A push with the sample app's keys that is refused; the answer's id. */
async function failToPush() {
  const answer = await fetch(`${demo.server}/oauth2/par`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${demo.publicId}:${demo.privateKey}`)}` },
    body: new URLSearchParams({ scope: "everything" }),
  });
  assert.equal(answer.status, 400);
  return answer.headers.get("x-request-id") ?? "";
}

/**
 * Loads a page again until it shows a text.
 * @param {import("playwright-core").Page} page
 * @param {string} text
 */
async function shown(page, text) {
  const found = page.getByText(text, { exact: true });
  for (let tries = 0; tries < 20; tries++) {
    if (await found.isVisible()) return;
    await page.waitForTimeout(500);
    await page.reload();
  }
  throw new Error(`the page does not show ${text}`);
}
