// Inside the widget, where no identity service can be shown: the way to a window of its own. Hands what comes back from
// it, and the language that is chosen there, to the widget around this page. Only a window that this very page opened
// can reach it, so nobody gets an answer that another browser was given.

/** How often the window is looked at. */
const LOOK_MS = 500;

/** The window of the latest press. @type {Window | undefined} */
let place;

window.addEventListener("message", (event) => {
  const fromWindow = event.origin === location.origin && event.source !== window.parent;
  if (fromWindow && ["callback", "language"].includes(event.data?.openias)) window.parent.postMessage(event.data, location.origin);
});

for (const link of document.querySelectorAll("a[target]")) {
  link.addEventListener("click", (event) => {
    // Whoever asks the browser itself for a tab or a window gets it.
    const { button, ctrlKey, metaKey, shiftKey } = /** @type {MouseEvent} */ (event);
    if (button !== 0 || ctrlKey || metaKey || shiftKey) return;
    event.preventDefault();
    // The patient is somewhere in it: it is brought back to the front as it is.
    if (place && !place.closed) return place.focus();
    place = window.open(/** @type {HTMLAnchorElement} */ (link).href, "_blank") ?? undefined;
    tell(place ? undefined : "blocked");
  });
}

setInterval(() => {
  // So it looks, too, where the pages of an identity service cut the tie to the window; pressed again, it opens another.
  if (place?.closed) tell("closed");
}, LOOK_MS);

/** Says in both languages how it stands with the window.
 * @param {"closed" | "blocked" | undefined} standing */
function tell(standing) {
  for (const hint of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-window]"))) {
    hint.hidden = hint.dataset.window !== standing;
  }
}
