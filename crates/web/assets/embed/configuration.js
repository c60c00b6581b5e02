// What the app asked for, as it stands in the address of the widget.

/**
 * @typedef {object} Configuration
 * @property {string} publicId
 * @property {"test" | "live"} mode
 * @property {string | undefined} externalId Echoed in events.
 * @property {string | undefined} requestUri The patient's verified identity, pushed by the app's backend.
 * @property {boolean} readyEvent The element around the widget waits to hear that it runs.
 */

/** What a `request_uri` begins with (RFC 9126 2.2). */
const REQUEST_URI = "urn:ietf:params:oauth:request_uri:";

/**
 * @param {Location} address
 * @returns {Configuration}
 */
export function readConfiguration(address) {
  const query = new URLSearchParams(address.search);
  const publicId = query.get("public-id") ?? "";
  // SDKs without a property for the request bring it in the path.
  const inPath = /^\/r\/([^/]+)\/?$/.exec(address.pathname)?.[1];
  return {
    publicId,
    mode: publicId.split("_")[1] === "live" ? "live" : "test",
    externalId: query.get("external-id") || undefined,
    requestUri: query.get("identity-request-uri") || (inPath && REQUEST_URI + decodeURIComponent(inPath)) || undefined,
    readyEvent: query.get("ready-event") === "true",
  };
}

/**
 * The message about what is wrong before anyone was asked, if something is.
 * @param {Configuration} configuration
 * @param {string} server Where patients reach this server.
 */
export function configurationFault(configuration, server) {
  if (configuration.publicId.split("_").length !== 3) return "widget-config-public-id";
  if (new URL(server).origin !== location.origin) return "widget-config-address";
  if (!window.isSecureContext) return "widget-config-insecure";
  if (!configuration.requestUri) return "widget-config-identity";
  return undefined;
}
