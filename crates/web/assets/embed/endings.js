// Screens without a choice: waiting, the good end, and everything that can go wrong.

import { actions, button, element, heading, paragraph } from "./build.js";
import { missedGroup } from "./providers.js";

/** @typedef {import("./server.js").Answer} Answer */
/** @typedef {import("./stage.js").Screen} Screen */
/** @typedef {import("./words.js").Words} Words */

export class Endings {
  #words;
  #close;

  /**
   * @param {Words} words
   * @param {() => void} close
   */
  constructor(words, close) {
    this.#words = words;
    this.#close = close;
  }

  /** @type {Screen} */
  loading = () => [paragraph(this.#words.say("widget-loading"))];

  /** @type {Screen} */
  connecting = () => [
    heading(this.#words.say("widget-connecting-title")),
    element("progress", { "aria-label": this.#words.say("widget-connecting-title") }),
    paragraph(this.#words.say("widget-connecting-intro")),
  ];

  /** @type {Screen} */
  denied = () => this.#ending("widget-denied-title", ["widget-denied-text"]);

  /** @type {Screen} */
  unproven = () => this.#ending("widget-unproven-title", ["widget-unproven-text"]);

  /** @type {Screen} */
  unprovable = () => this.#ending("widget-unprovable-title", ["widget-unprovable-text", "widget-config-next"]);

  /** @type {Screen} */
  expired = () => {
    const words = this.#words;
    const texts = ["widget-expired-text", "widget-expired-next"].map((text) => paragraph(words.say(text)));
    return [heading(words.say("widget-expired-title")), ...texts, actions(button(words.say("widget-expired-back"), this.#close))];
  };

  /** @type {Screen} */
  lost = () => this.#ending("widget-offline-title", ["widget-offline-restart"]);

  /** @type {Screen} */
  broken = () => this.#ending("widget-broken-title", ["widget-broken-text"]);

  /** @type {Screen} */
  closed = () => [heading(this.#words.say("widget-closed-title")), paragraph(this.#words.say("widget-closed-text"))];

  /**
   * The app did something wrong.
   * @param {string} fault A message.
   * @param {Record<string, string>} [values]
   * @returns {Screen}
   */
  misconfigured(fault, values) {
    return () => this.#ending("widget-config-title", [fault, "widget-config-next"], values);
  }

  /**
   * @param {Answer[]} answers
   * @returns {Screen}
   */
  nothingFound(answers) {
    const words = this.#words;
    return () => [
      heading(words.say("widget-none-title")),
      paragraph(words.say("widget-none-text")),
      paragraph(words.say("widget-none-next")),
      ...missedGroup(words, answers),
      this.#wayOut(),
    ];
  }

  /**
   * Something that may go better at the next try.
   * @param {string} title
   * @param {string} text
   * @param {() => void} retry
   * @returns {Screen}
   */
  retryable(title, text, retry) {
    const words = this.#words;
    return () => [
      heading(words.say(title)),
      paragraph(words.say(text)),
      actions(button(words.say("widget-retry"), retry), this.#closeButton("quiet")),
    ];
  }

  /**
   * @param {string} name Of the organisation.
   * @param {string[]} connected Names of places.
   * @param {string[]} failed Names of places.
   * @param {() => void} retry Tries those again.
   * @returns {Screen}
   */
  done(name, connected, failed, retry) {
    const words = this.#words;
    const list = (/** @type {string[]} */ names, /** @type {string} */ kind) =>
      element("ul", { class: kind }, ...[...names].sort((a, b) => a.localeCompare(b)).map((place) => element("li", {}, element("bdi", {}, place))));
    return () => [
      heading(words.say("widget-done-title")),
      paragraph(words.say("widget-done-list", { name })),
      list(connected, "plain ticked"),
      ...(failed.length === 0
        ? []
        : [paragraph(words.say("widget-done-failed")), list(failed, "plain"), actions(button(words.say("widget-retry"), retry, "quiet"))]),
      element("h2", {}, words.say("widget-done-next")),
      paragraph(words.say("widget-done-next-text", { name })),
      paragraph(words.say("widget-done-stop-text", { name })),
      this.#wayOut(),
    ];
  }

  /**
   * @param {string} title
   * @param {string[]} texts
   * @param {Record<string, string>} [values]
   */
  #ending(title, texts, values) {
    const words = this.#words;
    return [heading(words.say(title)), ...texts.map((text) => paragraph(words.say(text, values))), this.#wayOut()];
  }

  #wayOut() {
    return actions(this.#closeButton());
  }

  #closeButton(kind = "") {
    return button(this.#words.say("widget-close"), this.#close, kind);
  }
}
