// For pages of the server. They work without it; with it, the language switch also changes the page's
// title, and the widget around a page learns what the patient sees there.

const main = document.querySelector("main");
const problem = main?.dataset.problem;

tell(problem ? { openias: "problem", problem } : { openias: "ready" });

for (const choice of document.querySelectorAll("input[name='language']")) {
  choice.addEventListener("change", () => {
    const language = /** @type {HTMLInputElement} */ (choice).value;
    document.documentElement.lang = language;
    document.title = document.querySelector(`.in-${language} h1`)?.textContent ?? document.title;
    tell({ openias: "language", language });
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") tell({ openias: "close" });
});

/** Tells the page around this one, if it is ours.
 * @param {Record<string, string>} message */
function tell(message) {
  if (isFramedByUs()) window.parent.postMessage(message, location.origin);
}

function isFramedByUs() {
  try {
    return window.parent !== window && window.parent.location.origin === location.origin;
  } catch {
    // The page around this one has another origin.
    return false;
  }
}
