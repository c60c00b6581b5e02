// For pages of the server. They work without it. With it, the language switch also changes the page's title,
// and a page inside the widget speaks with the widget around it.

const main = document.querySelector("main");
const problem = main?.dataset.problem;

if (isFramedByUs()) {
  // The widget has a bar of its own, with the same switch.
  document.documentElement.classList.add("inside");
  window.addEventListener("message", (event) => {
    const ours = event.origin === location.origin && event.source === window.parent;
    if (ours && event.data?.openias === "language") speak(event.data.language);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell({ openias: "close" });
  });
  tell(problem ? { openias: "problem", problem } : { openias: "ready" });
}

for (const choice of document.querySelectorAll("input[name='language']")) {
  choice.addEventListener("change", () => speak(/** @type {HTMLInputElement} */ (choice).value));
}

// A logo that cannot be loaded uncovers the initial behind it.
for (const logo of document.querySelectorAll("img")) {
  if (logo.complete && logo.naturalWidth === 0) logo.remove();
  else logo.addEventListener("error", () => logo.remove());
}

/** Shows the page in a language that it carries.
 * @param {unknown} language */
function speak(language) {
  if (language !== "en" && language !== "es") return;
  const choice = /** @type {HTMLInputElement | null} */ (document.getElementById(`speak-${language}`));
  if (choice) choice.checked = true;
  document.documentElement.lang = language;
  document.title = document.querySelector(`.in-${language} h1`)?.textContent ?? document.title;
  // A window beside the widget: who opened it speaks the same language afterwards.
  if (window.parent === window) window.opener?.postMessage({ openias: "language", language }, location.origin);
}

/** @param {Record<string, string>} message */
function tell(message) {
  window.parent.postMessage(message, location.origin);
}

function isFramedByUs() {
  try {
    return window.parent !== window && window.parent.location.origin === location.origin;
  } catch {
    // The page around this one has another origin.
    return false;
  }
}
