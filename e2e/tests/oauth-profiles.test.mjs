// npm openid-client as a client of the authorization server, by both profiles: under FAPI 2.0 with keys and DPoP alone,
// and by the BYOI guide with its private key. An operator sets each up by the command line.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { exportJWK, generateKeyPair } from "jose";
import * as client from "openid-client";

import { discoverCsp, handleOf, post, provePatient } from "../harness/integrator.mjs";
import { startDemo } from "../harness/openias.mjs";

const REDIRECT_URI = "https://app.example/authorized";
const SIGNED_OUT = "https://app.example/bye";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
/** @type {string} */
let organization;
/** Where key sets are for the command line. */
const folder = mkdtempSync(join(tmpdir(), "openias-keys-"));

before(async () => {
  demo = await startDemo();
  organization = demo.command("org", "list").split(/\s/)[0];
});
after(async () => {
  await demo?.stop();
  rmSync(folder, { recursive: true });
});

for (const algorithm of ["ES256", "PS256", "EdDSA"]) {
  test(`fapi2 by private_key_jwt and DPoP with ${algorithm}`, async () => {
    const { publicId, idToken } = await addClient();
    const keys = await generateKeyPair(algorithm, { extractable: true });
    const jwks = join(folder, `${algorithm}.json`);
    writeFileSync(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: "first" }] }));
    const told = policy(publicId, "--profile", "fapi2", "--jwks", jwks, "--dpop", "true");
    assert.match(told, /^profile +fapi2$/m);
    assert.match(told, /^proves itself by +signed assertions$/m);
    policy(publicId, "--post-logout-uri", SIGNED_OUT);

    const key = { key: keys.privateKey, kid: "first" };
    const config = await discover(publicId, client.PrivateKeyJwt(key));
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair(dpopAlgorithm(algorithm)));
    const tokens = await authorize(config, idToken, { DPoP });
    assert.equal(tokens.token_type, "dpop");
    await holds(config, tokens, { DPoP });
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, subject(tokens)), refused(401));

    const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
    const stolen = client.fetchUserInfo(config, tokens.access_token, subject(tokens), { DPoP: thief });
    await assert.rejects(stolen, refused(401));

    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "", undefined, { DPoP });
    assert.equal(renewed.token_type, "dpop");
    assert.equal(renewed.refresh_token, undefined, "the one it has stays good");
    await client.refreshTokenGrant(config, tokens.refresh_token ?? "", undefined, { DPoP });
    await ends(config, idToken, renewed, { DPoP });

    const own = await client.clientCredentialsGrant(config, {}, { DPoP });
    assert.equal(own.token_type, "dpop");
    assert.equal(
      await askBridge(config, own, { DPoP }),
      404,
      "there is no such export, which a client is told",
    );
  });
}

for (const [name, prove] of /** @type {const} */ ([
  ["client_secret_basic", client.ClientSecretBasic],
  ["client_secret_post", client.ClientSecretPost],
])) {
  test(`byoi by ${name}`, async () => {
    const { publicId, privateKey, idToken } = await addClient();
    policy(publicId, "--post-logout-uri", SIGNED_OUT);
    const config = await discover(publicId, prove(privateKey));
    const tokens = await authorize(config, idToken);
    assert.equal(tokens.token_type, "bearer");
    await holds(config, tokens);

    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "");
    assert.notEqual(renewed.refresh_token, tokens.refresh_token);
    await ends(config, idToken, renewed);

    await assert.rejects(client.clientCredentialsGrant(config), { error: "unauthorized_client" });
    policy(publicId, "--client-credentials", "true");
    const own = await client.clientCredentialsGrant(config, { resource: demo.server });
    assert.equal(own.token_type, "bearer");
    assert.equal(await askBridge(config, own), 404);
    await client.tokenRevocation(config, own.access_token);
    assert.equal(await askBridge(config, own), 401);
  });
}

test("byoi with DPoP, and a token that names the API", async () => {
  const { publicId, privateKey, idToken } = await addClient();
  const config = await discover(publicId, client.ClientSecretBasic(privateKey));
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
  const tokens = await authorize(config, idToken, { DPoP }, { resource: `${demo.server}/v1` });
  assert.equal(tokens.access_token.split(".").length, 3);
  await holds(config, tokens, { DPoP });
  await assert.rejects(authorize(config, idToken, {}, { resource: "https://elsewhere.example" }), {
    error: "invalid_target",
  });
});

test("settings that do not go together are refused", async () => {
  const { publicId } = await addClient();
  for (const { settings, told } of [
    { settings: ["--profile", "fapi2"], told: /proves itself by signed assertions/ },
    { settings: ["--profile", "fapi2", "--dpop", "true"], told: /proves itself by signed assertions/ },
    { settings: ["--refresh-retry", "61"], told: /may be tried again for at most 60 seconds/ },
    {
      settings: ["--post-logout-uri", "javascript:alert(1)"],
      told: /not an address that a browser may be sent to/,
    },
  ]) {
    assert.throws(() => policy(publicId, ...settings), told);
  }
  assert.match(policy(publicId), /^profile +byoi$/m);
});

/** A credential of the demo's organisation with pages of its own, and an ID token, which is one client's alone. */
async function addClient() {
  const proven = await provePatient(demo, await discoverCsp(demo), "469-469-4321");
  const added = demo.command("client", "add", organization, "--mode", "test", "--redirect-uri", REDIRECT_URI);
  const read = (/** @type {string} */ name) => added.match(new RegExp(`^${name}: +(\\S+)`, "m"))?.[1] ?? "";
  return { publicId: read("public id"), privateKey: read("private key"), idToken: proven.id_token ?? "" };
}

/**
 * Changes what is named, and says what holds.
 * @param {string} publicId
 * @param {string[]} settings
 */
function policy(publicId, ...settings) {
  return demo.command("client", "policy", organization, publicId, ...settings);
}

/**
 * @param {string} publicId
 * @param {client.ClientAuth} proof
 */
function discover(publicId, proof) {
  return client.discovery(new URL(demo.server), publicId, undefined, proof, {
    execute: [client.allowInsecureRequests],
  });
}

/**
 * The whole way from a pushed request to tokens, by the patient's consent.
 * @param {client.Configuration} config
 * @param {string} idToken
 * @param {client.DPoPOptions} [options]
 * @param {Record<string, string>} [more]
 */
async function authorize(config, idToken, options, more) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = await client.buildAuthorizationUrlWithPAR(
    config,
    {
      redirect_uri: REDIRECT_URI,
      scope: "openid profile email offline_access",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      idp: "persona_csp",
      idp_id_token: idToken,
      state,
      nonce,
      ...more,
    },
    options,
  );
  const handle = await handleOf(await fetch(url));
  const back = await post(`${demo.server}/oauth2/authorize/decision`, { handle, decision: "allow" });
  assert.equal(back.status, 303);
  const location = new URL(back.headers.get("location") ?? "");
  const checks = {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  };
  return client.authorizationCodeGrant(config, location, checks, undefined, options);
}

/**
 * Tokens stand: for who the patient is, for the Bridge, and in what the server says of them.
 * @param {client.Configuration} config
 * @param {client.TokenEndpointResponse & client.TokenEndpointResponseHelpers} tokens
 * @param {client.DPoPOptions} [options]
 */
async function holds(config, tokens, options) {
  const person = await client.fetchUserInfo(config, tokens.access_token, subject(tokens), options);
  assert.equal(person.given_name, "Camila");
  const search = new URL(`${demo.server}/v1/bridge/record_locator`);
  const token = tokens.access_token;
  const found = await client.fetchProtectedResource(config, token, search, "GET", null, undefined, options);
  assert.equal(found.status, 200);
  const standing = await client.tokenIntrospection(config, token);
  assert.equal(standing.active, true);
  assert.equal(standing.sub, subject(tokens));
  assert.equal(standing.cnf?.jkt, await options?.DPoP?.calculateThumbprint());
}

/**
 * Tokens end: the access tokens by a sign-out, and what renews them by revocation.
 * @param {client.Configuration} config
 * @param {string} idToken
 * @param {client.TokenEndpointResponse & client.TokenEndpointResponseHelpers} tokens
 * @param {client.DPoPOptions} [options]
 */
async function ends(config, idToken, tokens, options) {
  const url = client.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token ?? "",
    post_logout_redirect_uri: SIGNED_OUT,
    state: "signed out",
  });
  const away = await fetch(url, { redirect: "manual" });
  const location = new URL(away.headers.get("location") ?? "");
  assert.equal(`${location.origin}${location.pathname}`, SIGNED_OUT);
  assert.equal(location.searchParams.get("state"), "signed out");
  assert.deepEqual(await client.tokenIntrospection(config, tokens.access_token), { active: false });

  const again = await authorize(config, idToken, options);
  const renewal = again.refresh_token ?? "";
  await client.tokenRevocation(config, renewal);
  assert.equal((await client.tokenIntrospection(config, again.access_token)).active, false);
  await assert.rejects(client.refreshTokenGrant(config, renewal, undefined, options), {
    error: "invalid_grant",
  });
}

/**
 * What the Bridge says to a client that asks for an export that does not exist.
 * @param {client.Configuration} config
 * @param {client.TokenEndpointResponse} tokens
 * @param {client.DPoPOptions} [options]
 */
async function askBridge(config, tokens, options) {
  const url = new URL(`${demo.server}/v1/bridge/fhir/ehi-export/x`);
  const token = tokens.access_token;
  try {
    const bearer = { authorization: `Bearer ${token}` };
    if (!options?.DPoP) return (await fetch(url, { headers: bearer })).status;
    return (await client.fetchProtectedResource(config, token, url, "GET", null, undefined, options)).status;
  } catch (error) {
    return /** @type {any} */ (error).status;
  }
}

/** @param {client.TokenEndpointResponseHelpers} tokens */
function subject(tokens) {
  return tokens.claims()?.sub ?? "";
}

/** @param {number} status */
function refused(status) {
  return (/** @type {any} */ error) => error.status === status;
}

/** @param {string} algorithm */
function dpopAlgorithm(algorithm) {
  return algorithm === "EdDSA" ? "Ed25519" : algorithm;
}
