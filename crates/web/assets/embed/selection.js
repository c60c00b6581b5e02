// The places that can be connected at once: none is ticked until the patient ticks it.

import { actions, button, element } from "./build.js";
import { byName, nameOf } from "./accounts.js";

/** @typedef {import("./server.js").Accounts} Accounts */
/** @typedef {import("./words.js").Words} Words */

/**
 * The list to tick, and the button that shares what is ticked.
 * @param {{
 *   words: Words,
 *   accounts: Accounts,
 *   picked: Set<string>,
 *   alreadyConnected: boolean,
 *   announce: (text: string) => void,
 *   share: () => void,
 * }} around `picked` is changed as the patient ticks; with something `alreadyConnected`, nothing more has to be.
 * @returns {{ list: Node[], end: Node[] }}
 */
export function selection({ words, accounts, picked, alreadyConnected, announce, share }) {
  for (const id of picked) if (!(id in accounts)) picked.delete(id);
  const total = Object.keys(accounts).length;
  if (total === 0) {
    return { list: [], end: alreadyConnected ? [actions(button(words.say("widget-providers-finish"), share))] : [] };
  }
  const boxes = byName(accounts).map(([id, account]) => ({ id, name: nameOf(account), box: tickBox(id) }));
  const all = element("input", { type: "checkbox" });
  const hint = element("p", { id: "selected", class: "hint" });
  const go = button("", () => (mayGo() ? share() : announce(hint.textContent ?? "")));
  go.setAttribute("aria-describedby", hint.id);
  const mayGo = () => picked.size > 0 || alreadyConnected;

  const show = () => {
    for (const { id, box } of boxes) box.checked = picked.has(id);
    all.checked = picked.size === total;
    all.indeterminate = picked.size > 0 && picked.size < total;
    hint.textContent = mayGo()
      ? words.say("widget-providers-selected", { count: picked.size, total })
      : words.say("widget-providers-choose-one");
    go.textContent = shareLabel(words, picked.size, alreadyConnected);
    go.setAttribute("aria-disabled", String(!mayGo()));
  };
  /** @param {string[]} ids @param {boolean} ticked */
  const tick = (ids, ticked) => {
    for (const id of ids) ticked ? picked.add(id) : picked.delete(id);
    show();
    announce(words.say("widget-providers-selected", { count: picked.size, total }));
  };
  for (const { id, box } of boxes) box.addEventListener("change", () => tick([id], box.checked));
  all.addEventListener("change", () => tick(Object.keys(accounts), all.checked));
  show();

  const items = boxes.map(({ name, box }) => element("li", {}, element("label", { class: "choice" }, box, element("bdi", {}, name))));
  const selectAll = element("label", { class: "choice every" }, all, words.say("widget-providers-all"));
  const list = element(
    "fieldset",
    { class: "group" },
    element("legend", {}, words.say("widget-providers-ready")),
    ...(total > 1 ? [selectAll] : []),
    element("ul", { class: "choices" }, ...items),
  );
  return { list: [list], end: [actions(hint, go)] };
}

/** @param {string} id */
function tickBox(id) {
  return element("input", { type: "checkbox", name: "account", value: id });
}

/**
 * @param {Words} words
 * @param {number} count
 * @param {boolean} alreadyConnected
 */
function shareLabel(words, count, alreadyConnected) {
  if (count === 0) return words.say(alreadyConnected ? "widget-providers-finish-without" : "widget-providers-share");
  return count === 1 ? words.say("widget-providers-share-one") : words.say("widget-providers-share-many", { count });
}
