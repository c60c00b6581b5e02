// The choice: which of the places that know the patient shall share their records.

import { byName, hasAny, nameOf } from "./accounts.js";
import { button, element, heading, paragraph } from "./build.js";
import { answerList, isFound } from "./search.js";
import { selection } from "./selection.js";
import { SignIns } from "./sign-in.js";

/** @typedef {import("./server.js").Accounts} Accounts */
/** @typedef {import("./server.js").Answer} Answer */
/** @typedef {import("./server.js").Result} Result */
/** @typedef {import("./sign-in.js").Standing} Standing */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./words.js").Words} Words */

/** What the patient is told of a sign-in. @type {Record<Standing, string>} */
const STANDINGS = {
  waiting: "widget-providers-waiting",
  blocked: "widget-providers-popup",
  unavailable: "widget-providers-sign-in-failed",
  closed: "widget-providers-sign-in-closed",
  another_person: "widget-providers-sign-in-another",
  refused: "widget-providers-sign-in-refused",
};

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
  /** @type {Set<string>} */
  const picked = new Set();
  /** Whether the account is no longer waiting for a sign-in.
   * @param {string} id */
  const isConnected = async (id) => {
    const newer = await checkAgain();
    if (!newer || id in (newer.pending_patient_accounts ?? {})) return false;
    result = newer;
    return true;
  };
  /** Draws what a sign-in came to, by account. @type {Map<string, () => void>} */
  const rows = new Map();
  /** @type {(id: string, standing: Standing | undefined) => void} */
  const changed = (id, standing) => {
    if (standing) {
      rows.get(id)?.();
      return stage.announce(words.say(STANDINGS[standing]));
    }
    stage.refresh();
    // The button that the patient came from is gone.
    document.getElementById("connected")?.focus();
    stage.announce(words.say("widget-providers-signed-in", { name: nameOf(result.connected_patient_accounts?.[id] ?? {}) }));
  };
  const signIns = new SignIns({ addressOf, isConnected, changed });
  return new Promise((resolve) => {
    const share = () => {
      signIns.stop();
      resolve({ picked: [...picked], result });
    };
    stage.show(() => {
      const { list, end } = selection({
        words,
        accounts: result.discovered_patient_accounts ?? {},
        picked,
        alreadyConnected: hasAny(result.connected_patient_accounts),
        announce: (text) => stage.announce(text),
        share,
      });
      return [
        heading(words.say("widget-providers-title")),
        paragraph(words.say("widget-providers-intro", { name: organization })),
        ...list,
        ...signInGroup(words, result.pending_patient_accounts, signIns, rows),
        ...connectedGroup(words, result.connected_patient_accounts),
        ...missedGroup(words, answers),
        ...end,
      ];
    });
  });
}

/**
 * @param {Words} words
 * @param {Accounts | undefined} accounts
 * @param {SignIns} signIns
 * @param {Map<string, () => void>} rows Gets what draws each account anew.
 */
function signInGroup(words, accounts, signIns, rows) {
  if (!hasAny(accounts)) return [];
  const items = byName(accounts).map(([id, account]) => {
    const press = button("", () => signIns.begin(id), "quiet");
    const hint = element("p");
    const draw = () => {
      const standing = signIns.standing(id);
      const again = standing !== undefined && standing !== "waiting";
      const label = again ? "widget-providers-sign-in-again" : "widget-providers-sign-in-at";
      press.textContent = words.say(label, { name: nameOf(account) });
      hint.textContent = standing ? words.say(STANDINGS[standing]) : "";
      hint.className = again ? "fault" : "hint";
    };
    rows.set(id, draw);
    draw();
    return element("li", { class: "actions" }, press, hint);
  });
  return [
    element("h2", {}, words.say("widget-providers-sign-in")),
    paragraph(words.say("widget-providers-sign-in-why")),
    element("ul", { class: "offers" }, ...items),
  ];
}

/**
 * @param {Words} words
 * @param {Accounts | undefined} accounts
 */
function connectedGroup(words, accounts) {
  if (!hasAny(accounts)) return [];
  const items = byName(accounts).map(([, account]) => element("li", {}, element("bdi", {}, nameOf(account))));
  const title = element("h2", { id: "connected", tabindex: "-1" }, words.say("widget-providers-connected"));
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
