// The page around the widget, or the native app: where events go.

/** Events go to exactly one origin. Where it is not known, there are none. */
export class Host {
  /** @type {"test" | "live"} */
  #mode;
  #origin = hostOrigin();

  /** @param {"test" | "live"} mode */
  constructor(mode) {
    this.#mode = mode;
  }

  /**
   * Sends an event as a JSON string.
   * @param {string} type
   * @param {unknown} [data]
   */
  emit(type, data) {
    const event = data === undefined ? {} : { data };
    const text = JSON.stringify({ api_mode: this.#mode, ...event, event_type: type });
    sendToNativeApp(text);
    if (this.#origin) window.parent.postMessage(text, this.#origin);
  }

  /** Calls back when the page around the widget wants it to end.
   * @param {() => void} leave */
  onLeave(leave) {
    window.addEventListener("message", (event) => {
      const theirs = event.source === window.parent && event.origin === this.#origin;
      if (theirs && event.data === "openias.leave") leave();
    });
  }
}

/** The origin of the page around this one. */
function hostOrigin() {
  if (window.parent === window) return undefined;
  const nearest = window.location.ancestorOrigins?.[0];
  if (nearest) return nearest === "null" ? undefined : nearest;
  // Firefox tells only through the referrer; the element asks for one.
  return document.referrer ? new URL(document.referrer).origin : undefined;
}

/** Native SDKs show the widget in a web view and give it a channel of this name.
 * @param {string} text */
function sendToNativeApp(text) {
  const channel = /** @type {{ ReactNativeWebView?: { postMessage(text: string): void } }} */ (window).ReactNativeWebView;
  const letter = { from: "FASTEN_CONNECT_PRIMARY_WEBVIEW", to: "FASTEN_CONNECT_EXTERNAL", payload: text };
  channel?.postMessage(JSON.stringify(letter));
}
