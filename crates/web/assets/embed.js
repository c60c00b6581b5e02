// The widget: permission, search, choice, connection. Everything it knows is kept in memory and is gone when
// the window closes, so it needs neither cookies nor storage and works wherever browsers withhold them.

import { configurationFault, readConfiguration } from "./embed/configuration.js";
import { askConsent } from "./embed/consent.js";
import { Endings } from "./embed/endings.js";
import { completeEntry, connectedBySignIn, connectedEarlier, failure, success } from "./embed/events.js";
import { Host } from "./embed/host.js";
import { hasAny, nameOf } from "./embed/accounts.js";
import { chooseProviders } from "./embed/providers.js";
import { followSearch } from "./embed/search.js";
import { Refused, Server, Unreachable } from "./embed/server.js";
import { Stage } from "./embed/stage.js";
import { pageWords } from "./embed/words.js";

/** @typedef {import("./embed/server.js").Answer} Answer */
/** @typedef {import("./embed/server.js").Result} Result */

const configuration = readConfiguration(location);
const { externalId } = configuration;
const words = pageWords();
const host = new Host(configuration.mode);
const server = new Server(configuration.publicId);
const stage = new Stage(words, configuration.mode === "test", close);
const endings = new Endings(words, close);

/** How the server's reasons begin where the patient was asked nothing yet, for the identity check did not come to an end.
 * OAuth has no errors of its own for that. */
const UNPROVEN = "proofing.";

/** What `widget.complete` will tell, once there is something to tell. @type {object[] | undefined} */
let completed;
/** What went wrong and was not told yet, because the patient may try again. @type {string | undefined} */
let untold;
/** The patient has gone. */
let gone = false;

host.onLeave(close);
if (configuration.readyEvent) host.emit("widget.ready");
run().catch(fail);

async function run() {
  stage.show(endings.loading);
  const baseUrl = document.getElementById("stage")?.dataset.baseUrl ?? location.origin;
  const fault = configurationFault(configuration, baseUrl);
  if (fault) return misconfigured(fault, { url: baseUrl });

  const organization = await lookUpOrganization();
  if (typeof organization === "string") return misconfigured(organization);

  const permission = await askConsent({ configuration, words, stage, close });
  if (permission.kind === "problem") return problem(permission.problem);
  if (permission.kind === "lost") return failed("connection_lost", undefined, endings.lost);
  if (permission.kind === "refused") {
    const { error, description, reason } = permission;
    if (reason === "proofing.misconfigured") return failed(error, description, endings.unprovable, reason);
    if (error !== "access_denied") return failed(error, description, endings.broken, reason);
    if (reason?.startsWith(UNPROVEN)) return failed("identity_not_confirmed", description, endings.unproven, reason);
    return failed(error, description, endings.denied);
  }
  stage.show(endings.loading);
  await patiently(() => server.redeem(permission.code, permission.verifier, permission.redirectUri));

  const found = await search();
  if (!found) return failed("no_records_found", undefined, endings.nothingFound(lastAnswers));
  const around = { words, stage, addressOf: signInAddress };
  const choice = await chooseProviders(around, organization.name, found, lastAnswers, checkAgain);
  await connect(organization.name, choice.picked, choice.result);
}

/** The organisation, or the message about why it cannot ask. */
async function lookUpOrganization() {
  try {
    const organization = await patiently(() => server.organization());
    if (organization.status === "inactive") return "widget-config-organization";
    const enabled = organization.feature_flags?.includes(`${configuration.mode}.tefca.enable`);
    return enabled ? organization : "widget-config-tefca";
  } catch (error) {
    if (error instanceof Refused) return "widget-config-organization";
    throw error;
  }
}

/** The search that ran last. */
let task = "";
/** What each place answered. @type {Answer[]} */
let lastAnswers = [];

/** Searches until there is an answer; none when nobody has records. @returns {Promise<Result | undefined>} */
async function search() {
  for (;;) {
    const begun = await patiently(() => server.startSearch());
    const { task_id, status, answers } = await patiently(() => followSearch({ server, words, stage }, begun));
    task = task_id;
    lastAnswers = answers ?? [];
    if (status === "failed") {
      await retry("record_locator_failed", "widget-failed-title", "widget-failed-text");
      continue;
    }
    const result = await patiently(() => server.result(task));
    if (isKnownSomewhere(result)) return result;
    if (result.outcome !== "unreachable") return undefined;
    await retry("network_unavailable", "widget-unreachable-title", "widget-unreachable-text");
  }
}

/** @param {Result} result */
function isKnownSomewhere(result) {
  const { discovered_patient_accounts, pending_patient_accounts, connected_patient_accounts } = result;
  return [discovered_patient_accounts, pending_patient_accounts, connected_patient_accounts].some(hasAny);
}

/** Accounts that were connected by signing in, and told of. @type {Set<string>} */
const signedIn = new Set();

/** What was found by now, after the patient signed in somewhere. */
async function checkAgain() {
  try {
    const result = await server.result(task);
    for (const [id, account] of Object.entries(result.connected_patient_accounts ?? {})) {
      if (account.patient_authorization_type === "tefca_facilitated" && !signedIn.has(id)) {
        signedIn.add(id);
        host.emit("patient.connection_success", success(externalId, undefined, id, account, connectedBySignIn(account)));
      }
    }
    return result;
  } catch (error) {
    if (!(error instanceof Unreachable)) fail(error);
    return undefined;
  }
}

/** Where the patient signs in for an account.
 * @param {string} id */
async function signInAddress(id) {
  try {
    return (await server.signIn(id, externalId, words.language)).url;
  } catch (error) {
    if (error instanceof Refused && error.sessionEnded) fail(error);
    return undefined;
  }
}

/**
 * Connects the accounts that were picked, and says how it went.
 * @param {string} organization
 * @param {string[]} picked
 * @param {Result} result
 */
async function connect(organization, picked, result) {
  const accounts = result.discovered_patient_accounts ?? {};
  const earlier = Object.values(result.connected_patient_accounts ?? {});
  const names = earlier.map(nameOf);
  const complete = earlier.map(connectedEarlier);
  let waiting = picked;
  while (waiting.length > 0) {
    stage.show(endings.connecting);
    const answer = await patiently(() => server.authorize(waiting, externalId));
    for (const [id, connection] of Object.entries(answer.successes)) {
      host.emit("patient.connection_success", success(externalId, answer.request_id, id, accounts[id], connection));
      names.push(nameOf(accounts[id] ?? {}));
      complete.push(completeEntry(accounts[id] ?? {}, connection));
    }
    for (const [id, { error, error_description }] of Object.entries(answer.failures)) {
      host.emit("patient.connection_failed", failure(externalId, error, error_description, answer.request_id, id));
    }
    waiting = waiting.filter((id) => id in answer.failures);
    if (waiting.length === 0) break;
    if (complete.length === 0) {
      await retry(undefined, "widget-connect-failed-title", "widget-connect-failed-text");
    } else {
      completed = complete;
      const failedNames = waiting.map((id) => nameOf(accounts[id] ?? {}));
      await new Promise((resolve) => stage.show(endings.done(organization, names, failedNames, () => resolve(undefined))));
    }
  }
  completed = complete;
  stage.show(endings.done(organization, names, [], () => {}));
}

/**
 * @param {string} error
 * @param {string | undefined} description
 * @param {import("./embed/stage.js").Screen} screen
 * @param {string} [reason] The server's, which tells apart what has one error.
 */
function failed(error, description, screen, reason) {
  host.emit("patient.connection_failed", { ...failure(externalId, error, description), error_reason: reason });
  stage.show(screen);
}

/**
 * @param {string} fault
 * @param {Record<string, string>} [values]
 */
function misconfigured(fault, values) {
  host.emit("widget.config_error");
  stage.show(endings.misconfigured(fault, values));
}

/** The consent page could not be shown.
 * @param {string} name */
function problem(name) {
  if (name === "unknown_client" || name === "redirect_uri") return misconfigured("widget-config-client");
  const expired = name === "request_uri" || name === "nothing_to_decide";
  const error = name === "request_uri" ? "invalid_request_uri" : name;
  failed(error, undefined, expired ? endings.expired : endings.broken);
}

/** @param {unknown} error */
function fail(error) {
  const ended = error instanceof Refused && (error.sessionEnded || error.code === "invalid_grant");
  const code = error instanceof Refused ? error.code : "unknown_error";
  failed(code, undefined, ended ? endings.expired : endings.broken);
}

/**
 * Does something until the connection carries it. What was reached so far is kept.
 * @template Value
 * @param {() => Promise<Value>} action
 * @returns {Promise<Value>}
 */
async function patiently(action) {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      await retry("connection_lost", "widget-offline-title", "widget-offline-text");
    }
  }
}

/**
 * Waits until the patient wants to try again, or the connection is back.
 * @param {string | undefined} error Told if the patient gives up instead.
 * @param {string} title
 * @param {string} text
 */
async function retry(error, title, text) {
  untold = error;
  await new Promise((resolve) => {
    stage.show(endings.retryable(title, text, () => resolve(undefined)));
    window.addEventListener("online", resolve, { once: true });
  });
  untold = undefined;
  stage.show(endings.loading);
}

/** Ends the widget. */
function close() {
  if (gone) return;
  gone = true;
  if (untold) host.emit("patient.connection_failed", failure(externalId, untold));
  if (completed) host.emit("widget.complete", completed);
  host.emit("widget.close");
  // Seen only where nobody takes the window away.
  stage.showLast(endings.closed);
}
