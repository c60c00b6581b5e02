// The messages, which the server put into the page in both languages.

/** @typedef {"en" | "es"} Language */
/** @typedef {Record<Language, Record<string, string>>} Messages */

export class Words {
  /** @type {Messages} */
  #messages;

  /** The language spoken now. @type {Language} */
  language;

  /**
   * @param {Messages} messages
   * @param {string} language
   */
  constructor(messages, language) {
    this.#messages = messages;
    this.language = language === "es" ? "es" : "en";
  }

  /**
   * A message, with its variables filled in.
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  say(key, values = {}) {
    const message = this.#messages[this.language][key] ?? key;
    return message.replace(/\{(\w+)\}/g, (mark, name) => String(values[name] ?? mark));
  }
}

/** The words of this page. */
export function pageWords() {
  const block = document.getElementById("messages");
  return new Words(JSON.parse(block?.textContent ?? "{}"), document.documentElement.lang);
}
