// From an ID token to the patient's records by plain HTTP, as an app without the widget goes there.

import * as client from "openid-client";

import { push } from "./integrator.mjs";

/** @typedef {import("./openias.mjs").Demo} Demo */

/**
 * A code that the patient's consent brought, and what redeems it at the token endpoint.
 * @param {Demo} demo
 * @param {string} idToken
 */
export async function consentedCode(demo, idToken) {
  const verifier = client.randomPKCECodeVerifier();
  const redirect_uri = `${demo.app}/authorized`;
  const query = new URLSearchParams({
    client_id: demo.publicId,
    request_uri: await push(demo, idToken, "openid profile email offline_access"),
    response_type: "code",
    redirect_uri,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const page = await (await fetch(`${demo.server}/oauth2/authorize?${query}`)).text();
  const handle = page.match(/name="handle"[^>]*value="([^"]+)"/)?.[1] ?? "";
  const back = await fetch(`${demo.server}/oauth2/authorize/decision`, {
    method: "POST",
    body: new URLSearchParams({ handle, decision: "allow" }),
    redirect: "manual",
  });
  const code = new URL(back.headers.get("location") ?? "").searchParams.get("code") ?? "";
  return { grant_type: "authorization_code", code, redirect_uri, code_verifier: verifier };
}

/**
 * The tokens of a patient's session.
 * @param {Demo} demo
 * @param {string} idToken
 */
export async function openSession(demo, idToken) {
  const answer = await fetch(`${demo.server}/oauth2/token`, {
    method: "POST",
    headers: { authorization: basic(demo.publicId, demo.privateKey) },
    body: new URLSearchParams(await consentedCode(demo, idToken)),
  });
  const tokens = /** @type {any} */ (await answer.json());
  return /** @type {{access_token: string, refresh_token: string}} */ (tokens);
}

/**
 * Calls the Bridge API as the patient; `data` of the answer.
 * @param {Demo} demo
 * @param {string} session
 */
export function asPatient(demo, session) {
  return caller(demo, `Bearer ${session}`);
}

/**
 * Calls the Bridge API as the organisation's backend; `data` of the answer.
 * @param {Demo} demo
 */
export function asBackend(demo) {
  return caller(demo, basic(demo.publicId, demo.privateKey));
}

/**
 * Asks until the status is no longer `pending`.
 * @param {(path: string) => Promise<any>} call
 * @param {string} path
 */
export async function ended(call, path) {
  for (;;) {
    const data = await call(path);
    if (data.status !== "pending") return data;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * @param {Demo} demo
 * @param {string} authorization
 */
function caller(demo, authorization) {
  return async (/** @type {string} */ path, /** @type {unknown} */ body = undefined) => {
    const answer = await fetch(`${demo.server}/v1/bridge/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const { success, data, error } = /** @type {any} */ (await answer.json());
    if (!success) throw new Error(`${path} answered ${answer.status}: ${error}`);
    return data;
  };
}

/**
 * @param {string} id
 * @param {string} secret
 */
export function basic(id, secret) {
  return `Basic ${btoa(`${id}:${secret}`)}`;
}
