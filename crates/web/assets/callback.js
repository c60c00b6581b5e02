// Hands what came back from the consent page to the widget around this page, and to nobody else.

const answer = new URLSearchParams(location.search);
/** @type {Record<string, string>} */
const message = { openias: "callback" };
for (const name of ["code", "state", "iss", "error", "error_description", "error_reason"]) {
  const value = answer.get(name);
  if (value !== null) message[name] = value;
}
// Neither a reload nor the history shall bring the code back.
history.replaceState(null, "", location.pathname);
if (window.parent !== window) {
  window.parent.postMessage(message, location.origin);
} else if (window.opener) {
  // A window beside the widget, where the patient was proven: the page that opened it waits for this.
  window.opener.postMessage(message, location.origin);
  window.close();
}
