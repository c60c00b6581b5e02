// A page of an app that uses the published React SDK, unmodified, pointed at OpenIAS.

import { FastenStitchElement } from "@fastenhealth/fasten-stitch-element-react";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const parameters = new URLSearchParams(location.search);
const log = document.getElementById("events");

createRoot(document.getElementById("root")).render(
  createElement(FastenStitchElement, {
    publicId: parameters.get("public-id"),
    externalId: "react-app",
    tefcaMode: true,
    environment: parameters.get("environment"),
    onEventBus: (event) => {
      const item = document.createElement("li");
      item.textContent = event.data;
      log.append(item);
    },
  }),
);
