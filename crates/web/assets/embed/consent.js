// The patient's permission: the server's consent page in a frame, and what comes back from it.

import { element } from "./build.js";
import { makeProof } from "./pkce.js";

/** @typedef {import("./configuration.js").Configuration} Configuration */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./words.js").Words} Words */
/**
 * @typedef {{ kind: "allowed", code: string, verifier: string, redirectUri: string }
 *   | { kind: "refused", error: string, description: string | undefined, reason: string | undefined }
 *   | { kind: "problem", problem: string }
 *   | { kind: "lost" }} Permission
 */

/** A page that loaded speaks up at once. One that stays silent is the browser's own error page. */
const SILENCE_MS = 4000;

/**
 * Asks for permission.
 * @param {{ configuration: Configuration, words: Words, stage: Stage, close: () => void }} around
 * @returns {Promise<Permission>}
 */
export async function askConsent({ configuration, words, stage, close }) {
  const { verifier, challenge } = await makeProof();
  const state = crypto.randomUUID();
  const redirectUri = `${location.origin}/auth/callback`;
  const query = new URLSearchParams({
    response_type: "code",
    client_id: configuration.publicId,
    redirect_uri: redirectUri,
    state,
    code_challenge: challenge,
    code_challenge_method: "S256",
    request_uri: configuration.requestUri ?? "",
    lang: words.language,
  });
  const frame = element("iframe", { title: words.say("widget-consent-title"), src: `/v1/oauth2/authorize?${query}` });

  /** @type {Permission} */
  const permission = await new Promise((resolve) => {
    let spoken = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let silence;
    const hear = () => {
      if (silence === undefined) spoken = true;
      clearTimeout(silence);
      silence = undefined;
    };
    frame.addEventListener("load", () => {
      if (!spoken) silence = setTimeout(() => end({ kind: "lost" }), SILENCE_MS);
      spoken = false;
    });
    const listen = (/** @type {MessageEvent} */ event) => {
      if (event.origin !== location.origin || event.source !== frame.contentWindow) return;
      const message = event.data ?? {};
      if (message.openias === "ready") {
        hear();
        stage.speak(words.language);
      }
      if (message.openias === "language") stage.speak(message.language);
      if (message.openias === "problem") end({ kind: "problem", problem: message.problem });
      if (message.openias === "close") close();
      if (message.openias === "callback") end(readAnswer(message, state, verifier, redirectUri));
    };
    /** @param {Permission} outcome */
    const end = (outcome) => {
      window.removeEventListener("message", listen);
      clearTimeout(silence);
      resolve(outcome);
    };
    window.addEventListener("message", listen);
    stage.showFrame(frame);
  });
  return permission;
}

/**
 * @param {Record<string, string | undefined>} answer
 * @param {string} state
 * @param {string} verifier
 * @param {string} redirectUri
 * @returns {Permission}
 */
function readAnswer(answer, state, verifier, redirectUri) {
  const ours = answer.state === state && (answer.iss === undefined || answer.iss === location.origin);
  if (!ours) return { kind: "refused", error: "invalid_state", description: undefined, reason: undefined };
  if (answer.code) return { kind: "allowed", code: answer.code, verifier, redirectUri };
  return { kind: "refused", error: answer.error ?? "server_error", description: answer.error_description, reason: answer.error_reason };
}
