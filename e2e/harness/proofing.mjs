// What a patient does whom no app has verified: the e-mail address, and the way to the built-in CSP and through it.

/** @typedef {import("./patient.mjs").Page} Page */
/** @typedef {import("./patient.mjs").Say} Say */
/** @typedef {import("./openias.mjs").Demo} Demo */

/** A synthetic patient's address. */
export const address = "knixontestemail@epic.com";

/**
 * Confirms the e-mail address.
 * @param {Page} page
 * @param {Say} say
 */
export async function confirmAddress(page, say) {
  await page.getByLabel(say("proofing-email-label")).first().fill(address);
  await page.getByRole("button", { name: say("proofing-email-send"), exact: true }).click();
  await page.getByRole("button", { name: say("proofing-code-skip") }).click();
  await page.getByRole("heading", { name: say("proofing-choose-title") }).waitFor();
}

/**
 * @param {Page} page
 * @param {Say} say
 */
export function toCsp(page, say) {
  const name = say("proofing-choose-go").replace("{ $name }", "OpenIAS Test ID");
  return page.getByRole("link", { name });
}

/**
 * Is proven at the built-in CSP, or not.
 * @param {Page} page
 * @param {Say} say
 */
export async function proveAtCsp(page, say, passes = true) {
  await page.getByLabel(say("inquiry-contact")).first().fill(address);
  await page.getByRole("button", { name: say("inquiry-continue") }).click();
  await page.getByLabel(say("inquiry-code")).first().fill("1");
  if (!passes) await page.getByLabel(say("inquiry-pass")).first().uncheck();
  await page.getByRole("button", { name: say("inquiry-finish") }).click();
}

/**
 * Goes to the CSP, which sends the patient back with an error.
 * @param {Page} page
 * @param {Demo} demo
 * @param {Say} say
 * @param {string} error
 */
export async function answerOfCsp(page, demo, say, error) {
  const [request] = await Promise.all([
    page.waitForRequest((request) => new URL(request.url()).pathname.endsWith("/authorize")),
    toCsp(page, say).click(),
  ]);
  const state = new URL(request.url()).searchParams.get("state") ?? "";
  const { origin, pathname } = new URL(request.url());
  const answer = new URLSearchParams({ error, state, iss: `${origin}${pathname.replace("/authorize", "")}` });
  await page.goto(`${demo.server}/oauth2/proofing/callback?${answer}`);
}
