// An integrator's backend, written against the published interface with a third-party OIDC client.

import * as client from "openid-client";

/**
 * The CSP's issuer, as openid-client knows it.
 * @param {import("./openias.mjs").Demo} demo
 */
export async function discoverCsp(demo) {
  const issuer = new URL(`${demo.server}/authenticate/oidc-sandbox`);
  return client.discovery(issuer, demo.cspClientId, demo.cspSecret, undefined, {
    execute: [client.allowInsecureRequests],
  });
}

/**
 * Takes a synthetic patient through the hosted inquiry by its forms, and the code flow around it.
 * @param {import("./openias.mjs").Demo} demo
 * @param {client.Configuration} csp
 * @param {string} contact phone or e-mail
 */
export async function provePatient(demo, csp, contact) {
  const { location, checks } = await approvedInquiry(demo, csp, contact);
  return client.authorizationCodeGrant(csp, location, { ...checks, idTokenExpected: true });
}

/**
 * The redirect that brings the code, and what its redemption has to show and to find.
 * @param {import("./openias.mjs").Demo} demo
 * @param {client.Configuration} csp
 * @param {string} contact phone or e-mail
 */
export async function approvedInquiry(demo, csp, contact) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(csp, {
    redirect_uri: `${demo.app}/callback`,
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    // One patient of ours is one person at the CSP.
    login_hint: `e2e-${contact}`,
    state,
    nonce,
  });
  const inquiry = `${demo.server}/authenticate/oidc-sandbox/inquiry`;
  const first = await fetch(url);
  const second = await post(`${inquiry}/person`, { handle: await handleOf(first), contact });
  const back = await post(`${inquiry}/confirm`, {
    handle: await handleOf(second),
    code: "000000",
    pass_verifications: "on",
  });
  const location = new URL(back.headers.get("location") ?? "");
  return { location, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce } };
}

/**
 * Pushes an ID token; the request_uri.
 * @param {import("./openias.mjs").Demo} demo
 * @param {string} idToken
 * @param {string} [scope]
 */
export async function push(demo, idToken, scope = "openid profile email") {
  return requestUri(await par(demo, { scope, idp: "persona_csp", idp_id_token: idToken }));
}

/**
 * A pushed request with these fields beside the usual ones; the answer.
 * @param {import("./openias.mjs").Demo} demo
 * @param {Record<string, string>} fields
 */
export function par(demo, fields) {
  return fetch(`${demo.server}/oauth2/par`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${demo.publicId}:${demo.privateKey}`)}` },
    body: new URLSearchParams({ scope: "openid profile email", response_type: "code", ...fields }),
  });
}

/** @param {Response} answer */
async function requestUri(answer) {
  const body = /** @type {any} */ (await answer.json());
  if (answer.status !== 201) throw new Error(`PAR answered ${answer.status}: ${JSON.stringify(body)}`);
  return /** @type {string} */ (body.request_uri);
}

/**
 * Sends a form, and does not follow where it leads.
 * @param {string} url
 * @param {Record<string, string>} fields
 */
export function post(url, fields) {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
}

/**
 * The handle in the form of a page.
 * @param {{status: number, text: () => Promise<string>}} page
 */
export async function handleOf(page) {
  const handle = (await page.text()).match(/name="handle"[^>]*value="([^"]+)"/);
  if (!handle) throw new Error(`no form on the page (status ${page.status})`);
  return handle[1];
}

/**
 * Pushes a request that leaves it to the server to prove who the patient is; the request_uri.
 * @param {import("./openias.mjs").Demo} demo
 */
export async function pushUnproven(demo) {
  return requestUri(await par(demo, {}));
}

/** A PKCE verifier and its challenge. */
export async function challengeOf() {
  const verifier = client.randomPKCECodeVerifier();
  return { verifier, challenge: await client.calculatePKCECodeChallenge(verifier) };
}

/**
 * Redeems a code of the server's.
 * @param {import("./openias.mjs").Demo} demo
 * @param {string} code
 * @param {string} verifier
 * @param {string} redirectUri
 */
export async function redeem(demo, code, verifier, redirectUri) {
  const answer = await fetch(`${demo.server}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${demo.publicId}:${demo.privateKey}`)}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    }),
  });
  if (answer.status !== 200) throw new Error(`token endpoint: ${answer.status} ${await answer.text()}`);
  return /** @type {any} */ (await answer.json());
}
