// A patient of the sample app is pushed by the app's own id: OpenIAS asks the app's token exchange endpoint for the ID
// token.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { handleOf, par, post } from "../harness/integrator.mjs";
import { startDemo } from "../harness/openias.mjs";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

test("a patient id is enough where the app gives out the ID token", async () => {
  const patient = await signedInPatient();
  const pushed = await push(patient);
  assert.equal(pushed.status, 201);
  const { request_uri } = /** @type {any} */ (await pushed.json());
  assert.match(request_uri, /^urn:ietf:params:oauth:request_uri:/);
});

test("a patient whom the app does not know is told to the app", async () => {
  const refused = await push("nobody");
  assert.equal(refused.status, 400);
  const { error, error_description } = /** @type {any} */ (await refused.json());
  assert.equal(error, "invalid_request");
  assert.match(error_description, /invalid_grant/);
});

test("nobody but OpenIAS gets an ID token there", async () => {
  const answer = await post(`${demo.app}/token-exchange`, {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    requested_token_type: "urn:ietf:params:oauth:token-type:id_token",
    client_assertion: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwYXRpZW50In0.",
  });
  assert.equal(answer.status, 401);
});

/** @param {string} patient */
function push(patient) {
  return par(demo, { prompt: "consent", redirect_uri: `${demo.app}/authorized`, patient_id: patient });
}

/** Signs a patient in to the sample app; the app's own id of them. */
async function signedInPatient() {
  const toCsp = await fetch(`${demo.app}/verify`, { redirect: "manual" });
  const inquiry = `${demo.server}/authenticate/oidc-sandbox/inquiry`;
  const first = await fetch(toCsp.headers.get("location") ?? "");
  const contact = "knixontestemail@epic.com";
  const second = await post(`${inquiry}/person`, { handle: await handleOf(first), contact });
  const fields = { handle: await handleOf(second), code: "000000", pass_verifications: "on" };
  const approved = await post(`${inquiry}/confirm`, fields);
  const back = await fetch(approved.headers.get("location") ?? "", {
    headers: { cookie: cookieOf(toCsp) },
    redirect: "manual",
  });
  const page = await fetch(`${demo.app}/share`, { headers: { cookie: cookieOf(back) } });
  return (await page.text()).match(/external-id="([^"]+)"/)?.[1] ?? assert.fail("no patient on the page");
}

/** @param {Response} answer */
function cookieOf(answer) {
  return (answer.headers.get("set-cookie") ?? "").split(";")[0];
}
