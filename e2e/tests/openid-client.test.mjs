// npm openid-client, which nobody here wrote, completes the CSP's code flow with PKCE, and its refresh.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as client from "openid-client";

import { discoverCsp, provePatient } from "../harness/integrator.mjs";
import { startDemo } from "../harness/openias.mjs";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

test("code flow with PKCE, nonce and state; userinfo; refresh with rotation", async () => {
  const csp = await discoverCsp(demo);
  const tokens = await provePatient(demo, csp, "469-469-4321");
  const claims = tokens.claims();
  assert.ok(claims);
  assert.equal(claims.given_name, "Camila");
  assert.deepEqual(claims.aud, [demo.cspClientId, "urn:oid:2.999.7204.9.1"]);
  assert.equal(Number(claims.exp) - Number(claims.iat), 3600);

  const userinfo = await client.fetchUserInfo(csp, tokens.access_token, claims.sub);
  assert.equal(userinfo.email, "knixontestemail@epic.com");

  const renewed = await client.refreshTokenGrant(csp, tokens.refresh_token ?? "");
  const again = renewed.claims();
  assert.ok(again);
  assert.equal(again.sub, claims.sub);
  assert.equal(again.auth_time, claims.auth_time, "proofing does not get younger");
  assert.equal(again.nonce, undefined);
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);

  // The first refresh token is used up; using it again ends the whole family.
  await assert.rejects(client.refreshTokenGrant(csp, tokens.refresh_token ?? ""), { error: "invalid_grant" });
  await assert.rejects(client.refreshTokenGrant(csp, renewed.refresh_token ?? ""), {
    error: "invalid_grant",
  });
});

test("the same login_hint is the same account", async () => {
  const csp = await discoverCsp(demo);
  const first = await provePatient(demo, csp, "hsimpson@gmail.com");
  const second = await provePatient(demo, csp, "hsimpson@gmail.com");
  assert.equal(first.claims()?.sub, second.claims()?.sub);
  assert.notEqual(first.claims()?.inquiry_id, second.claims()?.inquiry_id);
});

test("the production issuer has its own key and refuses to prove anyone", async () => {
  const keys = async (/** @type {string} */ environment) => {
    const answer = await fetch(`${demo.server}/authenticate/${environment}/jwks`);
    return /** @type {any} */ (await answer.json()).keys[0].kid;
  };
  assert.notEqual(await keys("oidc"), await keys("oidc-sandbox"));
  const query = new URLSearchParams({ client_id: demo.cspClientId, response_type: "code" });
  const answer = await fetch(`${demo.server}/authenticate/oidc/authorize?${query}`);
  assert.equal(answer.status, 503);
});
