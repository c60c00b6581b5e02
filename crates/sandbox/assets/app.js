// The sample app's page: asks its backend for a request when the patient wants to share, notes what the widget
// says, and shows what the backend has.

/** @typedef {HTMLElement & { show(): void }} Connect */
/** @typedef {{ provider: string, bytes: number, resources: Record<string, number>, problem: string | null }} Download */

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const element = /** @type {Connect} */ (find("connect"));
const [asking, connected, note, share] = ["asking", "connected", "note", "share"].map(find);
const [events, webhooks, records] = ["events", "webhooks", "records"].map(find);

/** A request is on its way. */
let busy = false;
/** What the widget told, since it was opened: `connected`, or a text that the note carries. */
let outcome = "closed";
/** Errors that have a text of their own. @type {Record<string, string>} */
const TEXTS = { access_denied: "denied", identity_not_confirmed: "unproven", no_records_found: "none" };

share.addEventListener("click", async (event) => {
  // The element would open at once. A request works once and for 90 seconds, so it is made now.
  event.stopPropagation();
  if (busy) return;
  busy = true;
  say("");
  const answer = await fetch("/request", { method: "POST" }).catch(() => undefined);
  busy = false;
  if (answer?.status === 401) {
    find("verify-again").hidden = false;
    element.hidden = true;
    return say("lapsed");
  }
  if (!answer?.ok || !element.show) return say("unreachable");
  const { request_uri } = await answer.json();
  element.setAttribute("identity-request-uri", request_uri);
  outcome = "closed";
  element.show();
});

element.addEventListener("eventBus", (event) => {
  const message = JSON.parse(/** @type {CustomEvent<MessageEvent>} */ (event).detail.data);
  const { event_type: type, data } = message;
  add(events, data?.error ? `${type}: ${data.error}` : type);
  if (type === "patient.connection_success" || type === "widget.complete") outcome = "connected";
  // One place may fail where others are connected.
  else if (outcome !== "connected") outcome = TEXTS[data?.error] ?? "failed";
});

element.addEventListener("close", () => {
  if (outcome === "connected") return showConnected();
  say(outcome);
  share.textContent = share.dataset.again ?? "";
});

/** @param {string} key A text that the note carries. */
function say(key) {
  note.textContent = note.dataset[key] ?? "";
}

function showConnected() {
  asking.hidden = true;
  connected.hidden = false;
  connected.querySelector("h1")?.focus();
}

/**
 * @param {HTMLElement} list
 * @param {...(string | Node)} content
 */
function add(list, ...content) {
  const item = document.createElement("li");
  item.append(...content);
  list.append(item);
  /** @type {HTMLElement} */ (list.parentElement).hidden = false;
}

/** @param {Download} download */
function describe({ provider, bytes, resources, problem }) {
  const name = document.createElement("strong");
  name.textContent = provider;
  if (problem) return [name, `: ${records.dataset.none} (${problem})`];
  const total = Object.values(resources).reduce((sum, count) => sum + count, 0);
  const kinds = document.createElement("small");
  kinds.textContent = Object.entries(resources).map(([kind, count]) => `${count} ${kind}`).join(", ");
  return [name, `: ${total} ${records.dataset.records}, ${Math.round(bytes / 1024)} KB`, kinds];
}

async function refresh() {
  const answer = await fetch("/records.json");
  if (!answer.ok) return;
  const state = await answer.json();
  for (const type of state.webhooks.slice(webhooks.children.length)) add(webhooks, type);
  for (const download of state.downloads.slice(records.children.length)) add(records, ...describe(download));
  return state.webhooks.length > 0;
}

// Someone who comes back to this page has connected before.
void refresh().then((before) => before && showConnected()).catch(() => {});
setInterval(() => void refresh().catch(() => {}), 1000);
