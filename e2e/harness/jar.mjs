// A browser of the plainest kind: it keeps cookies by origin and follows redirects. `fetch` would not do, because it
// says of itself that it is a script, which relying parties answer with 401.

import { request } from "node:http";

/**
 * @typedef {object} Page
 * @property {string} url
 * @property {number} status
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {() => Promise<string>} text
 */

export class Jar {
  /** @type {Map<string, Map<string, string>>} */
  #cookies = new Map();

  /**
   * Where a URL, or a form posted to it, leads in the end.
   * @param {string} url
   * @param {Record<string, string>} [form]
   * @returns {Promise<Page>}
   */
  async visit(url, form) {
    const page = await this.#fetch(url, form);
    return page.headers.location ? this.visit(new URL(page.headers.location, url).href) : page;
  }

  /**
   * @param {string} url
   * @param {Record<string, string>} [form]
   * @returns {Promise<Page>}
   */
  async #fetch(url, form) {
    const cookies = this.#cookies.get(new URL(url).origin) ?? new Map();
    this.#cookies.set(new URL(url).origin, cookies);
    const headers = {
      accept: "text/html",
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
    };
    const page = await new Promise((resolve, reject) => {
      const asked = request(url, { method: form ? "POST" : "GET", headers }, (answer) => {
        let body = "";
        answer.setEncoding("utf8");
        answer.on("data", (text) => (body += text));
        answer.on("end", () =>
          resolve({ url, status: answer.statusCode ?? 0, headers: answer.headers, text: async () => body }),
        );
      });
      asked.on("error", reject);
      asked.end(form && new URLSearchParams(form).toString());
    });
    for (const line of page.headers["set-cookie"] ?? []) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/) ?? [];
      if (value) cookies.set(name, value);
      else cookies.delete(name);
    }
    return page;
  }
}
