// What a patient does, step by step: the sample app, the widget, and a provider's sign-in.

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").FrameLocator} FrameLocator */
/** @typedef {ReturnType<typeof import("./words.mjs").wordsOf>} Say */
/** @typedef {import("./openias.mjs").Demo} Demo */

/**
 * The patients who look at every page: in English on a light telephone, in Spanish on a narrower dark one.
 * @type {{language: "en" | "es", locale: string, scheme: "light" | "dark", width: number}[]}
 */
export const travellers = [
  { language: "en", locale: "en-US", scheme: "light", width: 390 },
  { language: "es", locale: "es-US", scheme: "dark", width: 320 },
];

/**
 * Proves who the patient is; ends in the app, with the button that shares.
 * @param {Page} page
 * @param {Demo} demo
 * @param {Say} say
 */
export async function verify(page, demo, say) {
  await page.goto(`${demo.app}/verify`);
  await page.getByLabel(say("inquiry-contact")).first().fill("608-555-1243");
  await page.getByRole("button", { name: say("inquiry-continue") }).click();
  await page.getByLabel(say("inquiry-code")).first().fill("1");
  await page.getByRole("button", { name: say("inquiry-finish") }).click();
  await page.locator("#asking h1").waitFor();
}

/** @param {Page} page */
export async function openWidget(page) {
  await page.locator("#share").click();
  return page.frameLocator("openias-connect iframe");
}

/** @param {Page} page */
export function widgetClosed(page) {
  return page.locator("openias-connect dialog[open]").waitFor({ state: "detached" });
}

/**
 * A button of the consent page inside the widget.
 * @param {FrameLocator} widget
 * @param {Say} say
 * @param {"allow" | "deny"} decision
 */
export function consentButton(widget, say, decision) {
  return widget.frameLocator("iframe").getByRole("button", { name: say(`consent-${decision}`), exact: true });
}

/**
 * Takes a patient to the list of providers.
 * @param {Page} page
 * @param {Demo} demo
 * @param {Say} say
 */
export async function openProviders(page, demo, say) {
  await verify(page, demo, say);
  const widget = await openWidget(page);
  await consentButton(widget, say, "allow").click();
  await providersShown(widget, say);
  return widget;
}

/**
 * @param {FrameLocator} widget
 * @param {Say} say
 */
export function providersShown(widget, say) {
  return widget.getByRole("heading", { name: say("widget-providers-title") }).waitFor({ timeout: 30_000 });
}

/**
 * Shares with every place that is ready.
 * @param {FrameLocator} widget
 * @param {Say} say
 */
export async function shareAll(widget, say) {
  await widget.getByRole("checkbox", { name: say("widget-providers-all") }).check();
  await widget.getByRole("button", { name: begins(say("widget-providers-share-many")) }).click();
  await widget.getByRole("heading", { name: say("widget-done-title") }).waitFor({ timeout: 30_000 });
}

/**
 * The button at the end of a screen that closes the widget.
 * @param {FrameLocator} widget
 * @param {Say} say
 */
export function closeButton(widget, say) {
  return widget.locator("main").getByRole("button", { name: say("widget-close") });
}

/**
 * Signs in at a provider.
 * @param {Page} place
 * @param {string} email
 */
export async function signIn(place, email) {
  await place.locator("#email").fill(email);
  await place.locator("#password").fill("any");
  await place.locator("form button").click();
}

/** A message up to its first variable.
 * @param {string} message */
export function begins(message) {
  return new RegExp(`^${message.split("{")[0]}`);
}
