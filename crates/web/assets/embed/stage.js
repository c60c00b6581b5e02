// What the patient sees: a bar with the language and the way out, and one screen below it.

import { button, element } from "./build.js";

/** @typedef {import("./words.js").Words} Words */
/** @typedef {import("./words.js").Language} Language */
/** @typedef {() => Node[]} Screen Builds itself anew when the language changes. */

/** @type {[Language, string][]} */
const LANGUAGES = [["en", "English"], ["es", "Español"]];

export class Stage {
  #words;
  #isTest;
  #close;
  #bar = /** @type {HTMLElement} */ (document.getElementById("bar"));
  #main = /** @type {HTMLElement} */ (document.getElementById("stage"));
  /** Speaks to screen readers without moving their focus. */
  #voice = element("p", { class: "unseen", role: "status" });
  /** @type {Screen} */
  #screen = () => [];
  /** The page of ours that is shown instead of a screen. @type {HTMLIFrameElement | undefined} */
  #frame;
  #closed = false;

  /**
   * @param {Words} words
   * @param {boolean} isTest
   * @param {() => void} close
   */
  constructor(words, isTest, close) {
    this.#words = words;
    this.#isTest = isTest;
    this.#close = close;
    this.#bar.after(this.#voice);
    this.#drawBar();
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
  }

  /** Shows a screen and moves the focus to its heading.
   * @param {Screen} screen */
  show(screen) {
    if (this.#closed) return;
    this.#screen = screen;
    this.#frame = undefined;
    document.body.classList.remove("framed");
    this.#draw();
    this.#main.querySelector("h1")?.focus();
    window.scrollTo(0, 0);
  }

  /** Draws the current screen anew. */
  refresh() {
    this.#draw();
  }

  /** Shows a page of ours in a frame, below the bar.
   * @param {HTMLIFrameElement} frame */
  showFrame(frame) {
    if (this.#closed) return;
    this.#frame = frame;
    document.body.classList.add("framed");
    this.#main.replaceChildren(frame);
    frame.focus();
  }

  /** Shows a last screen; whatever still runs no longer matters.
   * @param {Screen} screen */
  showLast(screen) {
    this.show(screen);
    this.#closed = true;
  }

  /** @param {string} text */
  announce(text) {
    if (this.#voice.textContent !== text) this.#voice.textContent = text;
  }

  /** @param {string} language */
  speak(language) {
    this.#words.language = language === "es" ? "es" : "en";
    document.documentElement.lang = this.#words.language;
    this.#drawBar();
    // A page in a frame carries both languages, and would begin anew if it were moved.
    if (this.#frame) this.#frame.contentWindow?.postMessage({ openias: "language", language }, location.origin);
    else this.#draw();
  }

  #draw() {
    const words = this.#words;
    const banner = this.#isTest ? [element("p", { class: "banner" }, words.say("widget-test"))] : [];
    this.#main.replaceChildren(...banner, ...this.#screen());
    document.title = this.#main.querySelector("h1")?.textContent ?? words.say("widget-title");
  }

  #drawBar() {
    const words = this.#words;
    const languages = LANGUAGES.map(([language, name]) => {
      const choose = () => {
        this.speak(language);
        /** @type {HTMLElement | null} */ (this.#bar.querySelector("[aria-pressed='true']"))?.focus();
      };
      const pressed = String(language === words.language);
      return element("button", { type: "button", lang: language, "aria-pressed": pressed, click: choose }, name);
    });
    const leave = button("✕", this.#close, "leave");
    leave.setAttribute("aria-label", words.say("widget-close"));
    const group = element("div", { class: "languages", role: "group", "aria-label": words.say("widget-language") });
    group.append(...languages);
    this.#bar.replaceChildren(group, leave);
  }
}
