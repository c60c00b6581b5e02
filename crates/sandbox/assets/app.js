// The sample app's page: notes what the widget says, and shows what the backend has.

const element = /** @type {HTMLElement} */ (document.getElementById("connect"));
const events = /** @type {HTMLElement} */ (document.getElementById("events"));
const webhooks = /** @type {HTMLElement} */ (document.getElementById("webhooks"));
const records = /** @type {HTMLElement} */ (document.getElementById("records"));

element.addEventListener("eventBus", (event) => {
  const message = JSON.parse(/** @type {CustomEvent<MessageEvent>} */ (event).detail.data);
  add(events, message.event_type);
});

/**
 * @param {HTMLElement} list
 * @param {string} text
 */
function add(list, text) {
  const item = document.createElement("li");
  item.textContent = text;
  list.append(item);
}

/** @param {{bytes: number, resources: Record<string, number>, problem: string | null}} download */
function describe(download) {
  if (download.problem) return `No records: ${download.problem}`;
  const total = Object.values(download.resources).reduce((sum, count) => sum + count, 0);
  const kinds = Object.entries(download.resources).map(([kind, count]) => `${count} ${kind}`);
  return `${total} records, ${Math.round(download.bytes / 1024)} KB: ${kinds.join(", ")}`;
}

async function refresh() {
  const whose = new URLSearchParams({ external_id: element.getAttribute("external-id") ?? "" });
  const answer = await fetch(`/records.json?${whose}`);
  if (!answer.ok) return;
  const state = await answer.json();
  for (const type of state.webhooks.slice(webhooks.children.length)) add(webhooks, type);
  for (const download of state.downloads.slice(records.children.length)) add(records, describe(download));
}

setInterval(() => void refresh().catch(() => {}), 1000);
