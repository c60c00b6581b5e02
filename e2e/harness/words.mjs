// The product's own words, so that tests find buttons by what a person reads on them.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const locales = fileURLToPath(new URL("../../crates/web/locales/", import.meta.url));

/**
 * Words of one language by their key. Only plain messages: no variables, one line.
 * @param {"en" | "es"} language
 * @returns {(key: string) => string}
 */
export function wordsOf(language) {
  /** @type {Map<string, string>} */
  const words = new Map();
  for (const file of readdirSync(`${locales}${language}`)) {
    for (const line of readFileSync(`${locales}${language}/${file}`, "utf8").split("\n")) {
      const message = line.match(/^([a-z][\w-]*) = (.+)$/);
      if (message) words.set(message[1], message[2]);
    }
  }
  return (key) => {
    const word = words.get(key);
    if (!word) throw new Error(`no message ${key} in ${language}`);
    return word;
  };
}
