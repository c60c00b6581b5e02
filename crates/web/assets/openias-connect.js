// The element that an app puts into its page: a button, and a dialog with the widget in it.
//
//   <script type="module" src="…/connect/openias-connect.js"></script>
//   <openias-connect public-id="public_test_..." tefca-mode identity-request-uri="urn:..."></openias-connect>
//
// It is also defined as <fasten-stitch-element>, with the attributes, methods and events that pages
// written for that name already use.

/** Where this script came from is where the widget is. */
const SERVER = new URL(import.meta.url).origin;

/** Attributes that travel to the widget as they are. */
const TEXTS = [
  "public-id", "external-id", "external-state", "identity-request-uri", "reconnect-org-connection-id", "brand-id",
  "portal-id", "endpoint-id", "email", "search-query", "search-sort-by", "search-sort-by-opts", "event-types",
  "connect-mode", "branding-theme", "branding-accent-color", "branding-company-name", "branding-logo-url",
];
/** Attributes that are on or off. */
const SWITCHES = ["tefca-mode", "tefca-csp-prompt-force", "search-only", "show-splash", "static-backdrop"];

/** What the element itself says. All other words are the widget's. */
const WORDS = {
  en: {
    share: "Share Records",
    dialog: "Share health records",
    close: "Close",
    slow: "This does not open. Check your internet connection, close this and try again.",
    setup: "This app is not set up correctly: its <openias-connect> element has no public-id. Please tell the app's support team.",
  },
  es: {
    share: "Compartir registros",
    dialog: "Compartir registros médicos",
    close: "Cerrar",
    slow: "Esto no se abre. Revise su conexión a internet, cierre esto e inténtelo de nuevo.",
    setup: "Esta aplicación no está bien configurada: a su elemento <openias-connect> le falta public-id. Avise al equipo de ayuda de la aplicación.",
  },
};

/** After this the patient, and the developer, are told that the widget does not come. */
const SLOW_MS = 8000;
/** The widget has this long to say what it has to say when it is closed from outside. */
const LAST_WORDS_MS = 400;

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: inline-block; }
  :host([hidden]) { display: none; }
  .share {
    min-height: 44px; padding: 0.5em 1.25em; border: 0; border-radius: 10px; cursor: pointer;
    font: 600 1rem/1.4 system-ui, sans-serif; color: #fff; background: var(--openias-accent, #0b5a8a);
  }
  .share:hover { filter: brightness(1.1); }
  .share.bare { min-height: 0; padding: 0; background: none; font: inherit; color: inherit; text-align: inherit; }
  :focus-visible { outline: 3px solid currentColor; outline-offset: 3px; }
  .share:not(.bare):focus-visible { outline-color: var(--openias-accent, #0b5a8a); }
  dialog {
    width: min(440px, 100vw); height: min(800px, 100dvh); max-width: none; max-height: none; padding: 0; border: 0;
    border-radius: 16px; overflow: hidden; overscroll-behavior: contain; background: Canvas; color: CanvasText;
    color-scheme: light dark; box-shadow: 0 12px 48px rgb(0 0 0 / 35%);
  }
  dialog::backdrop { background: rgb(10 20 30 / 60%); }
  iframe { display: block; width: 100%; height: 100%; border: 0; }
  .leave {
    position: absolute; inset-block-start: 6px; inset-inline-end: 6px; width: 44px; height: 44px; border: 0;
    border-radius: 10px; background: none; color: inherit; font: 1.5rem/1 system-ui, sans-serif; cursor: pointer;
  }
  .slow {
    position: absolute; inset-block-start: 0; inset-inline: 0; margin: 0; padding: 16px 60px 16px 20px;
    font: 1rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText;
  }
  .fault { margin: 8px 0 0; max-width: 34rem; font: 1rem/1.5 system-ui, sans-serif; }
  [hidden] { display: none !important; }
  @media (max-width: 480px) { dialog { width: 100vw; height: 100dvh; border-radius: 0; } }
`);

class OpeniasConnect extends HTMLElement {
  static observedAttributes = ["lang", "public-id"];

  #button = document.createElement("button");
  #slot = document.createElement("slot");
  #dialog = document.createElement("dialog");
  #leave = document.createElement("button");
  #slow = document.createElement("p");
  #fault = document.createElement("p");
  #frame = blankFrame();
  /** The widget has spoken: from then on it shows its own way out. */
  #ready = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Pages that change their language say so on their root. */
  #pageLanguage = new MutationObserver(() => this.#dress());

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE];
    this.#button.type = "button";
    this.#button.part.add("button");
    this.#button.className = "share";
    this.#button.append(this.#slot);
    this.#leave.type = "button";
    this.#leave.className = "leave";
    this.#leave.textContent = "✕";
    this.#slow.className = "slow";
    this.#slow.setAttribute("role", "status");
    this.#fault.className = "fault";
    this.#fault.setAttribute("role", "alert");
    this.#dialog.append(this.#frame, this.#slow, this.#leave);
    root.append(this.#button, this.#fault, this.#dialog);

    this.#slot.addEventListener("slotchange", () => this.#dress());
    this.#slot.addEventListener("click", () => this.#button.isConnected || this.show());
    this.#button.addEventListener("click", () => this.show());
    this.#leave.addEventListener("click", () => this.hide());
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog && !this.#isOn("static-backdrop")) this.#askToLeave();
    });
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#askToLeave();
    });
    this.#dialog.addEventListener("close", () => {
      this.#empty();
      this.dispatchEvent(new Event("close"));
    });
  }

  connectedCallback() {
    window.addEventListener("message", this.#receive);
    this.#pageLanguage.observe(document.documentElement, { attributeFilter: ["lang"] });
    this.#dress();
  }

  disconnectedCallback() {
    window.removeEventListener("message", this.#receive);
    this.#pageLanguage.disconnect();
    this.hide();
  }

  attributeChangedCallback() {
    if (this.getAttribute("public-id")) this.#fault.textContent = "";
    if (this.isConnected) this.#dress();
  }

  /** Opens the dialog and starts the widget. */
  show() {
    if (this.#dialog.open || !this.isConnected) return;
    const words = this.#words();
    if (!this.getAttribute("public-id")) return this.#misconfigured(words.setup.replace("openias-connect", this.localName));
    const frame = document.createElement("iframe");
    frame.title = words.dialog;
    // Tells the widget which origin it may speak to, and nothing else of the page.
    frame.referrerPolicy = "origin";
    frame.src = `${this.#base()}/?${this.#query()}`;
    this.#replace(frame);
    this.#setReady(false);
    this.#slow.hidden = true;
    this.#leave.setAttribute("aria-label", words.close);
    this.#dialog.setAttribute("aria-label", words.dialog);
    this.#dialog.showModal();
    this.#timer = setTimeout(() => {
      this.#slow.textContent = words.slow;
      this.#slow.hidden = false;
      console.warn(`The widget at ${this.#base()} did not start. Is ${location.origin} registered as an origin of ${this.getAttribute("public-id")}?`);
    }, SLOW_MS);
  }

  /** Closes the dialog and ends the widget. */
  hide() {
    if (this.#dialog.open) this.#dialog.close();
  }

  /** A message of the widget. Only its own window and its own origin are listened to. */
  #receive = (/** @type {MessageEvent} */ event) => {
    if (!this.#dialog.open || event.source !== this.#frame.contentWindow || event.origin !== this.#base()) return;
    const type = eventType(event.data);
    if (type === "widget.ready") {
      this.#setReady(true);
    } else if (type === "widget.close") {
      this.hide();
    } else {
      this.dispatchEvent(new CustomEvent("eventBus", { detail: event }));
    }
  };

  /** Tells the developer, and the page, what the widget would tell if it could be opened.
   * @param {string} fault */
  #misconfigured(fault) {
    this.#fault.textContent = fault;
    const data = JSON.stringify({ api_mode: "test", event_type: "widget.config_error" });
    const detail = new MessageEvent("message", { data, origin: this.#base() });
    this.dispatchEvent(new CustomEvent("eventBus", { detail }));
  }

  /** Lets the widget end by itself, so that the app hears how far it got. */
  #askToLeave() {
    if (!this.#ready) return this.hide();
    this.#frame.contentWindow?.postMessage("openias.leave", this.#base());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), LAST_WORDS_MS);
  }

  /** @param {boolean} ready */
  #setReady(ready) {
    clearTimeout(this.#timer);
    this.#ready = ready;
    this.#leave.hidden = ready;
    if (ready) this.#slow.hidden = true;
  }

  #empty() {
    clearTimeout(this.#timer);
    this.#replace(blankFrame());
  }

  /** A new frame instead of a new address: the page's history stays as it is.
   * @param {HTMLIFrameElement} frame */
  #replace(frame) {
    this.#frame.replaceWith(frame);
    this.#frame = frame;
  }

  /** The app's own content replaces the label; if it brings its own button, it replaces ours too. */
  #dress() {
    const content = this.#slot.assignedElements();
    const interactive = content.some(
      (element) => element.matches(INTERACTIVE) || element.querySelector(INTERACTIVE) || element.localName.includes("-"),
    );
    const filled = interactive || this.#slot.assignedNodes().some((node) => node.textContent?.trim());
    const label = this.#words().share;
    // Writing the label is a slot change too, which would call this again without end.
    if (!filled && this.#slot.textContent !== label) this.#slot.textContent = label;
    this.#button.classList.toggle("bare", content.length > 0);
    if (interactive && this.#button.isConnected) {
      this.#button.replaceWith(this.#slot);
    } else if (!interactive && !this.#button.isConnected) {
      this.#slot.replaceWith(this.#button);
      this.#button.append(this.#slot);
    }
  }

  #base() {
    const given = this.getAttribute("base-url");
    return given ? new URL(given, document.baseURI).origin : SERVER;
  }

  #query() {
    const query = new URLSearchParams();
    for (const name of TEXTS) {
      const value = this.getAttribute(name);
      if (value) query.set(name, value);
    }
    for (const name of SWITCHES) {
      if (this.hasAttribute(name)) query.set(name, String(this.#isOn(name)));
    }
    // Records come from the network then, not from a search by name.
    if (this.#isOn("tefca-mode")) query.set("search-only", "false");
    query.set("lang", this.#language());
    query.set("sdk-mode", "none");
    query.set("ready-event", "true");
    return query;
  }

  /** @param {string} name */
  #isOn(name) {
    const value = this.getAttribute(name);
    return value !== null && value !== "false";
  }

  #words() {
    return WORDS[this.#language()];
  }

  /** What the element or the page around it says it speaks, else what the browser prefers. */
  #language() {
    return ours(languageAround(this)) ?? navigator.languages.map(ours).find(Boolean) ?? "en";
  }
}

/** What can be pressed by itself. */
const INTERACTIVE = "button, a[href], input, summary, [role='button'], [tabindex]";

/** The language that the nearest `lang` attribute names, from the node outwards.
 * @param {Element} node
 * @returns {string | null} */
function languageAround(node) {
  const holder = node.closest("[lang]");
  if (holder) return holder.getAttribute("lang");
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? languageAround(root.host) : null;
}

/** The language of a tag such as `es-MX`, if the widget speaks it.
 * @param {string | null} tag */
function ours(tag) {
  const primary = tag?.trim().toLowerCase().split(/[-_]/)[0];
  return primary === "en" || primary === "es" ? primary : undefined;
}

function blankFrame() {
  const frame = document.createElement("iframe");
  frame.src = "about:blank";
  return frame;
}

/** @param {unknown} data */
function eventType(data) {
  try {
    return typeof data === "string" ? JSON.parse(data)?.event_type : undefined;
  } catch {
    return undefined;
  }
}

for (const name of ["openias-connect", "fasten-stitch-element"]) {
  // A class can be registered once, so each name gets one of its own.
  if (!customElements.get(name)) customElements.define(name, class extends OpeniasConnect {});
}
