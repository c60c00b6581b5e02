// The choice: which of the places that know the patient shall share their records.

import { actions, button, element, heading, paragraph } from "./build.js";
import { answerList, isFound } from "./search.js";

/** @typedef {import("./server.js").Account} Account */
/** @typedef {import("./server.js").Accounts} Accounts */
/** @typedef {import("./server.js").Answer} Answer */
/** @typedef {import("./server.js").Result} Result */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./words.js").Words} Words */

/** How often it is asked whether a patient who went to sign in is back. */
const LOOK_MS = 2000;

/**
 * Shows what was found and waits for the choice.
 * @param {{ words: Words, stage: Stage, addressOf: (id: string) => Promise<string | undefined> }} around
 *   `addressOf` tells where the patient signs in for an account.
 * @param {string} organization Who will get the records.
 * @param {Result} found
 * @param {Answer[]} answers
 * @param {() => Promise<Result | undefined>} checkAgain
 * @returns {Promise<{ picked: string[], result: Result }>} Ids of accounts, and the result they come from.
 */
export function chooseProviders({ words, stage, addressOf }, organization, found, answers, checkAgain) {
  let result = found;
  const refused = new Set();
  let hint = "";
  return new Promise((resolve) => {
    const finish = () => {
      const ready = Object.keys(result.discovered_patient_accounts ?? {});
      const picked = ready.filter((id) => !refused.has(id));
      const alreadyConnected = Object.keys(result.connected_patient_accounts ?? {}).length > 0;
      if (picked.length > 0 || (ready.length === 0 && alreadyConnected)) {
        resolve({ picked, result });
      } else {
        tell("widget-providers-choose-one");
      }
    };
    /** @param {string} key */
    const tell = (key) => {
      hint = key;
      const line = document.querySelector("#hint");
      if (line) line.textContent = key && words.say(key);
    };
    /** Whether the account is no longer waiting for a sign-in.
     * @param {string} id */
    const settled = async (id) => {
      const newer = await checkAgain();
      if (!newer || id in (newer.pending_patient_accounts ?? {})) return false;
      result = newer;
      stage.refresh();
      stage.announce(words.say("widget-providers-signed-in", { name: nameOf(newer.connected_patient_accounts?.[id] ?? {}) }));
      return true;
    };
    /** @param {string} id */
    const signIn = async (id) => {
      // Opened within the click: later, browsers would take it for an advertisement.
      const place = window.open("about:blank", "_blank", "popup=true,width=700,height=700");
      const address = place ? await addressOf(id) : undefined;
      if (!place || !isWebLink(address)) {
        place?.close();
        return tell(place ? "widget-providers-sign-in-failed" : "widget-providers-popup");
      }
      place.location.replace(address ?? "");
      tell("widget-providers-waiting");
      // Once more after the window is gone: what it did may have arrived at the same time.
      for (let left = false; !left && place; ) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        left = place.closed;
        if (await settled(id)) return tell("");
      }
      tell("");
    };
    /** @type {(id: string, chosen: boolean) => void} */
    const choose = (id, chosen) => {
      if (chosen) refused.delete(id);
      else refused.add(id);
      tell("");
    };
    stage.show(() => {
      const anyReady = hasAny(result.discovered_patient_accounts);
      const anyUsable = anyReady || hasAny(result.connected_patient_accounts);
      const label = words.say(anyReady ? "widget-providers-share" : "widget-providers-finish");
      return [
        heading(words.say("widget-providers-title")),
        paragraph(words.say("widget-providers-intro", { name: organization })),
        ...readyGroup(words, result.discovered_patient_accounts, refused, choose),
        ...signInGroup(words, result.pending_patient_accounts, signIn),
        ...connectedGroup(words, result.connected_patient_accounts),
        ...missedGroup(words, answers),
        element("p", { id: "hint", class: "hint", role: "status" }, hint && words.say(hint)),
        ...(anyUsable ? [actions(button(label, finish))] : []),
      ];
    });
  });
}

/** The name of the place of an account.
 * @param {Account} account */
export function nameOf(account) {
  return account.brand?.name || account.portal?.name || account.facility_id || "";
}

/**
 * Accounts by the name of their place.
 * @param {Accounts | undefined} accounts
 */
export function byName(accounts) {
  return Object.entries(accounts ?? {}).sort(([, a], [, b]) => nameOf(a).localeCompare(nameOf(b)));
}

/** @param {Accounts | undefined} accounts */
export function hasAny(accounts) {
  return Object.keys(accounts ?? {}).length > 0;
}

/**
 * @param {Words} words
 * @param {Accounts | undefined} accounts
 * @param {Set<string>} refused
 * @param {(id: string, chosen: boolean) => void} choose
 */
function readyGroup(words, accounts, refused, choose) {
  if (!hasAny(accounts)) return [];
  const items = byName(accounts).map(([id, account]) => {
    const change = (/** @type {Event} */ event) => choose(id, /** @type {HTMLInputElement} */ (event.target).checked);
    const box = element("input", { type: "checkbox", name: "account", value: id, checked: !refused.has(id), change });
    return element("li", {}, element("label", { class: "choice" }, box, element("bdi", {}, nameOf(account))));
  });
  const legend = element("legend", {}, words.say("widget-providers-ready"));
  return [element("fieldset", { class: "group" }, legend, element("ul", { class: "choices" }, ...items))];
}

/**
 * @param {Words} words
 * @param {Accounts | undefined} accounts
 * @param {(id: string) => void} signIn
 */
function signInGroup(words, accounts, signIn) {
  if (!hasAny(accounts)) return [];
  const items = byName(accounts).map(([id, account]) => {
    const label = words.say("widget-providers-sign-in-at", { name: nameOf(account) });
    return element("li", {}, button(label, () => signIn(id), "quiet"));
  });
  return [
    element("h2", {}, words.say("widget-providers-sign-in")),
    paragraph(words.say("widget-providers-sign-in-why")),
    element("ul", { class: "plain" }, ...items),
  ];
}

/**
 * @param {Words} words
 * @param {Accounts | undefined} accounts
 */
function connectedGroup(words, accounts) {
  if (!hasAny(accounts)) return [];
  const items = byName(accounts).map(([, account]) => element("li", {}, element("bdi", {}, nameOf(account))));
  const title = element("h2", {}, words.say("widget-providers-connected"));
  return [title, element("ul", { class: "plain ticked" }, ...items)];
}

/**
 * @param {Words} words
 * @param {Answer[]} answers
 */
export function missedGroup(words, answers) {
  const missed = answers.filter((answer) => !isFound(answer));
  if (missed.length === 0) return [];
  const summary = element("summary", {}, words.say("widget-providers-missed", { count: missed.length }));
  return [element("details", {}, summary, paragraph(words.say("widget-providers-missed-why")), answerList(words, missed))];
}

/** @param {string | undefined} address */
function isWebLink(address) {
  return /^https?:/i.test(address ?? "");
}
