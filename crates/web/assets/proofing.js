// Inside the widget, where no identity service can be shown: hands what comes back from the window of its own, and
// the language that is chosen there, to the widget around this page. Only a window that this very page opened can reach it, so nobody gets an answer that
// another browser was given.

window.addEventListener("message", (event) => {
  const fromWindow = event.origin === location.origin && event.source !== window.parent;
  if (fromWindow && ["callback", "language"].includes(event.data?.openias)) window.parent.postMessage(event.data, location.origin);
});
