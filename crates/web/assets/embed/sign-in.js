// Signing in at places that ask for it: each in a window of its own, watched until something comes of it.

/**
 * How a sign-in stands that has not led to a connection.
 * @typedef {"waiting" | "blocked" | "unavailable" | "closed" | "another_person" | "refused"} Standing
 */

/** How often a window is looked at. */
const LOOK_MS = 500;
/** How often the server is asked whether the account is connected. */
const ASK_MS = 2000;
/** The same, once the window is gone. Some providers' pages only make it look so. */
const LATE_ASK_MS = 5000;
/** The server takes no sign-in that lasts longer. */
const LONGEST_MS = 20 * 60_000;

export class SignIns {
  #addressOf;
  #isConnected;
  #changed;
  /** @type {Map<string, Standing>} */
  #standings = new Map();
  /** The window of the latest try. @type {Map<string, Window>} */
  #windows = new Map();
  #stopped = false;

  /**
   * @param {{
   *   addressOf: (id: string) => Promise<string | undefined>,
   *   isConnected: (id: string) => Promise<boolean>,
   *   changed: (id: string, standing: Standing | undefined) => void,
   * }} around Where the patient signs in for an account, whether that has connected it, and who wants to know
   *   when its standing changes; an account without one is connected.
   */
  constructor({ addressOf, isConnected, changed }) {
    this.#addressOf = addressOf;
    this.#isConnected = isConnected;
    this.#changed = changed;
  }

  /** @param {string} id */
  standing(id) {
    return this.#standings.get(id);
  }

  /** Opens a window for an account. Has to be called within a click: later, browsers would take the window
   * for an advertisement.
   * @param {string} id */
  async begin(id) {
    this.#windows.get(id)?.close();
    const place = window.open("about:blank", "_blank", `popup=true,width=${Math.min(screen.availWidth, 700)},height=700`);
    if (!place) return this.#stand(id, "blocked");
    // The provider's pages shall not be able to send the widget elsewhere.
    place.opener = null;
    this.#windows.set(id, place);
    this.#stand(id, "waiting");
    const address = await this.#addressOf(id);
    if (!this.#isLatest(id, place)) return;
    if (address === undefined || !/^https?:/i.test(address)) {
      place.close();
      return this.#stand(id, "unavailable");
    }
    place.location.replace(address);
    await this.#watch(id, place);
  }

  /** Ends all watching. */
  stop() {
    this.#stopped = true;
  }

  /**
   * @param {string} id
   * @param {Window} place
   */
  async #watch(id, place) {
    const started = performance.now();
    let asked = started;
    while (performance.now() - started < LONGEST_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const result = resultIn(place);
      const left = place.closed && this.standing(id) === "waiting";
      const due = performance.now() - asked > (place.closed ? LATE_ASK_MS : ASK_MS);
      if (result || left || due) {
        asked = performance.now();
        const connected = await this.#isConnected(id);
        if (!this.#isLatest(id, place)) return;
        if (connected) return this.#stand(id, undefined);
      }
      if (!this.#isLatest(id, place)) return;
      if (result && result !== "signed_in") return this.#stand(id, result);
      if (left) this.#stand(id, "closed");
    }
  }

  /**
   * @param {string} id
   * @param {Window} place
   */
  #isLatest(id, place) {
    return !this.#stopped && this.#windows.get(id) === place;
  }

  /**
   * @param {string} id
   * @param {Standing | undefined} standing
   */
  #stand(id, standing) {
    if (standing) this.#standings.set(id, standing);
    else this.#standings.delete(id);
    this.#changed(id, standing);
  }
}

/**
 * What our own page says that providers send the patient back to. The window came from here, so that page,
 * and no other, can be read; no message has to find its way and nothing is stored.
 * @param {Window} place
 * @returns {"signed_in" | "another_person" | "refused" | undefined}
 */
function resultIn(place) {
  try {
    if (place.location.origin !== location.origin) return undefined;
    const { problem, signedIn } = place.document.querySelector("main")?.dataset ?? {};
    if (signedIn !== undefined) return "signed_in";
    if (problem === undefined) return undefined;
    return problem === "another_person" ? "another_person" : "refused";
  } catch {
    // The provider's page.
    return undefined;
  }
}
