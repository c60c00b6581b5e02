// PyPI `authlib` as an app: it signs a patient in at the built-in CSP, judges the ID token, renews it, and takes it on
// to the authorization server.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startDemo } from "../harness/openias.mjs";
import { runPython } from "../harness/python.mjs";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;

before(async () => {
  demo = await startDemo();
});
after(() => demo?.stop());

for (const method of ["client_secret_basic", "client_secret_post"]) {
  test(`Authlib signs a patient in and goes on to consent, by ${method}`, async () => {
    const told = await runPython("relying_party.py", {
      server: demo.server,
      app: demo.app,
      patient: "knixontestemail@epic.com",
      method,
      csp: [demo.cspClientId, demo.cspSecret],
      backend: [demo.publicId, demo.privateKey],
    });
    for (const step of [told.signed_in, told.consented]) {
      const { claims, another_nonce, userinfo, renewed } = step;
      assert.equal(another_nonce, "invalid_claim");
      assert.equal(userinfo.sub, claims.sub);
      assert.equal(userinfo.family_name, "Lopez");
      assert.equal(userinfo.birthdate, "1987-09-12");
      assert.equal(renewed.claims.sub, claims.sub);
      assert.equal(renewed.claims.auth_time, claims.auth_time);
      assert.equal(renewed.late, "invalid_grant");
    }
    // The authorization server answers again where an answer may have been lost; the CSP does not.
    assert.equal(told.signed_in.renewed.again, "invalid_grant");
    assert.equal(told.consented.renewed.again, null);
    assert.equal(told.consented.before.active, true);
    assert.equal(told.consented.before.sub, told.consented.claims.sub);
    assert.deepEqual(told.consented.after, { active: false });
  });
}
