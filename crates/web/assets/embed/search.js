// The search: asks the server how far it is, and shows what each place answered, as it comes.

import { actions, button, element, heading, paragraph } from "./build.js";
import { Unreachable } from "./server.js";

/** @typedef {import("./server.js").Answer} Answer */
/** @typedef {import("./server.js").Progress} Progress */
/** @typedef {import("./server.js").Server} Server */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./words.js").Words} Words */

const FIRST_PAUSE_MS = 700;
const LONGEST_PAUSE_MS = 3000;
const LONGEST_SEARCH_MS = 5 * 60_000;
const ANNOUNCE_EVERY_MS = 5000;
/** So many polls may fail in a row before the patient is told. */
const TOLERATED_FAILURES = 3;

/**
 * Follows a search until it ends, takes too long, or the patient goes on with what was found.
 * @param {{ server: Server, words: Words, stage: Stage }} around
 * @param {Progress} begun
 * @returns {Promise<Progress>} How far it got.
 */
export async function followSearch({ server, words, stage }, begun) {
  let progress = begun;
  let goneOn = false;
  /** @type {() => void} */
  let wake = () => {};
  const view = searchScreen(words, () => progress, () => {
    goneOn = true;
    wake();
  });
  stage.show(view.screen);

  const started = performance.now();
  let announced = started;
  let pause = FIRST_PAUSE_MS;
  let failures = 0;
  // What each place answered is known only from the first poll on, even of a search that ended before.
  while (progress.answers === undefined || progress.status === "pending") {
    try {
      progress = await server.progress(progress.task_id);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!(error instanceof Unreachable) || failures > TOLERATED_FAILURES) throw error;
    }
    view.update();
    const now = performance.now();
    if (now - announced > ANNOUNCE_EVERY_MS) {
      announced = now;
      stage.announce(countText(words, progress));
    }
    if (goneOn || now - started > LONGEST_SEARCH_MS) break;
    await new Promise((resolve) => {
      wake = () => resolve(undefined);
      if (progress.status === "pending") setTimeout(resolve, pause);
      else resolve(undefined);
    });
    pause = Math.min(pause * 1.25, LONGEST_PAUSE_MS);
    if (goneOn) break;
  }
  return progress;
}

/**
 * Whether a place knows the patient.
 * @param {Answer} answer
 */
export function isFound({ outcome }) {
  return outcome === "found" || outcome === "sign_in";
}

/** Places and what they answered.
 * @param {Words} words
 * @param {Answer[]} answers */
export function answerList(words, answers) {
  const items = answers.map(({ name, outcome }) =>
    element("li", {}, element("bdi", {}, name), " ", element("span", { class: "outcome" }, words.say(`widget-outcome-${outcome}`))),
  );
  return element("ul", { class: "answers" }, ...items);
}

/**
 * @param {Words} words
 * @param {() => Progress} current
 * @param {() => void} goOn
 */
function searchScreen(words, current, goOn) {
  let update = () => {};
  const screen = () => {
    const count = element("p", { class: "count" });
    const bar = element("progress", { "aria-label": words.say("widget-searching-title") });
    const found = element("ul", { class: "answers", "aria-label": words.say("widget-searching-matches") });
    const summary = element("summary");
    const others = element("details", { hidden: true }, summary);
    const proceed = actions(button(words.say("widget-searching-continue"), goOn, "quiet"));
    update = () => {
      const progress = current();
      const answers = progress.answers ?? [];
      const matches = answers.filter(isFound);
      count.textContent = countText(words, progress);
      if (progress.asked) {
        bar.max = Math.max(progress.asked, progress.answered ?? 0);
        bar.value = progress.answered ?? 0;
      }
      found.replaceChildren(...answerList(words, matches).children);
      proceed.hidden = matches.length === 0;
      others.hidden = answers.length === 0;
      summary.textContent = words.say("widget-searching-others");
      others.replaceChildren(summary, answerList(words, answers));
    };
    update();
    const intro = paragraph(words.say("widget-searching-intro"));
    return [heading(words.say("widget-searching-title")), intro, bar, count, found, others, proceed];
  };
  return { screen, update: () => update() };
}

/**
 * @param {Words} words
 * @param {Progress} progress
 */
function countText(words, { asked, answered = 0, answers = [] }) {
  if (!asked) return words.say("widget-searching-directory");
  const count = answers.filter(isFound).length;
  const values = { asked: Math.max(asked, answered), answered };
  return `${words.say("widget-searching-count", values)}. ${words.say("widget-searching-found", { count })}.`;
}
