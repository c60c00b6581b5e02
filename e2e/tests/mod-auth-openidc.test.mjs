// Debian's `libapache2-mod-auth-openidc` as a relying party: whoever wants to see what Apache protects signs in with
// us first, and the application behind it reads in headers who came.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { hasApache, reserve, startApache } from "../harness/apache.mjs";
import { discoverCsp, handleOf, provePatient, push } from "../harness/integrator.mjs";
import { Jar } from "../harness/jar.mjs";
import { startDemo } from "../harness/openias.mjs";

const PATIENT = "knixontestemail@epic.com";
const skip = !hasApache() && "there is no Apache with mod_auth_openidc here";

/** @type {import("../harness/openias.mjs").Demo} */
let demo;

before(async () => {
  if (!skip) demo = await startDemo();
});
after(() => demo?.stop());

test("Apache signs a patient in at the built-in CSP", { skip }, async () => {
  const { port, origin, redirectUri } = await reserve();
  const client = add(
    "template",
    "--name",
    "Apache",
    "--hcid",
    "2.16.840.1.113883.3.9999",
    "--redirect-uri",
    redirectUri,
    "--form",
    "dual",
  );
  const issuer = `${demo.server}/authenticate/oidc-sandbox`;
  const apache = await startApache(port, { issuer, scope: "openid profile email" }, client);
  try {
    const browser = new Jar();
    const person = await browser.visit(`${origin}/records?year=2026`);
    const confirm = await browser.visit(`${issuer}/inquiry/person`, {
      handle: await handleOf(person),
      contact: PATIENT,
    });
    const handle = await handleOf(confirm);
    const end = await browser.visit(`${issuer}/inquiry/confirm`, {
      handle,
      code: "000000",
      pass_verifications: "on",
    });
    const seen = await headersBehind(end, `${origin}/records?year=2026`, apache);
    assert.match(seen.oidc_claim_sub, /^act_/);
    assert.equal(seen.oidc_claim_phone_number, "+14694694321");
    const again = await browser.visit(`${origin}/others`);
    assert.equal(
      (await headersBehind(again, `${origin}/others`, apache)).oidc_claim_sub,
      seen.oidc_claim_sub,
    );
  } finally {
    await apache.stop();
  }
});

test("Apache signs a patient in at the authorization server", { skip }, async () => {
  const { port, origin, redirectUri } = await reserve();
  const [organization] = demo.command("org", "list").split(/\s+/);
  const client = add("client", organization, "--mode", "test", "--redirect-uri", redirectUri);
  // The request is pushed by the app's backend. Apache takes its name from the link by which the patient comes.
  const parameters = "request_uri=#";
  const provider = { issuer: demo.server, scope: "openid profile email", parameters };
  const apache = await startApache(port, provider, client);
  try {
    const tokens = await provePatient(demo, await discoverCsp(demo), PATIENT);
    const keys = { publicId: client.id, privateKey: client.secret };
    const link = `${origin}/records?request_uri=${await push({ ...demo, ...keys }, tokens.id_token ?? "")}`;
    const browser = new Jar();
    const consent = await browser.visit(link);
    const end = await browser.visit(`${demo.server}/oauth2/authorize/decision`, {
      handle: await handleOf(consent),
      decision: "allow",
    });
    const seen = await headersBehind(end, link, apache);
    assert.equal(seen.oidc_claim_iss, demo.server);
    assert.equal(seen.oidc_claim_aud, client.id);
  } finally {
    await apache.stop();
  }
});

/**
 * What the application behind Apache is told of the patient.
 * @param {import("../harness/jar.mjs").Page} page
 * @param {string} url
 * @param {{log: () => string}} apache
 */
async function headersBehind(page, url, apache) {
  const text = await page.text();
  assert.equal(page.status, 200, `${text}\n${apache.log()}`);
  assert.equal(page.url, url);
  const headers = JSON.parse(text);
  assert.equal(headers.oidc_claim_given_name, "Camila");
  assert.equal(headers.oidc_claim_family_name, "Lopez");
  assert.equal(headers.oidc_claim_birthdate, "1987-09-12");
  assert.equal(headers.oidc_claim_email, PATIENT);
  return headers;
}

/**
 * Makes keys by the command line.
 * @param {string} kind
 * @param {string[]} args
 */
function add(kind, ...args) {
  const said = demo.command(kind, "add", ...args);
  const read = (/** @type {RegExp} */ label) => said.match(label)?.[1] ?? assert.fail(said);
  return { id: read(/(?:client|public) id:?\s+(\S+)/i), secret: read(/(?:secret|private key):?\s+(\S+)/i) };
}
