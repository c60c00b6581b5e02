// Verifiers that nobody here wrote judge the built-in CSP's ID tokens: each form, each synthetic patient. What they
// say is the table of docs/reference/token-judges.md; OPENIAS_WRITE=1 writes it anew.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as jose from "jose";

import { approvedInquiry, discoverCsp, provePatient } from "../harness/integrator.mjs";
import { startDemo } from "../harness/openias.mjs";
import { runPython, versionOf } from "../harness/python.mjs";

const HCID = "2.16.840.1.113883.3.9999";
const FORMS = ["tefca-2", "tefca-3.0", "dual"];
const PATIENTS = [
  "ahackett@gmail.com",
  "dmychart@gmail.com",
  "dogbeaker@aol.com",
  "btesta@hotmail.com",
  "tcranetest@gmail.com",
  "knixontestemail@epic.com",
  "knixontestemail2@epic.com",
  "hsimpson@gmail.com",
  "msmith60@gmail.com",
  "ellen.doe4321@gmail.com",
];
const audience = `urn:oid:${HCID}`;
const page = fileURLToPath(new URL("../../docs/reference/token-judges.md", import.meta.url));

/**
 * @typedef {object} Verdict
 * @property {boolean} accepted
 * @property {string} [reason]
 * @property {string} [subject]
 * @property {any} [patient] FHIR Patient
 */

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
/** @type {string} */
let issuer;
/** @type {Record<string, {cspClientId: string, cspSecret: string}>} clients of the CSP by form */
const clients = {};
/** @type {Record<string, string[]>} ID tokens by form, in the order of the patients */
const tokens = {};

before(async () => {
  demo = await startDemo();
  issuer = `${demo.server}/authenticate/oidc-sandbox`;
  for (const form of FORMS) {
    clients[form] = addTemplate(form);
    tokens[form] = [];
    for (const patient of PATIENTS) tokens[form].push(await idToken(clients[form], patient));
  }
});
after(() => demo?.stop());

test("each judge says of each form and patient what the table records", async () => {
  const verdicts = await judge(FORMS.map((form) => ({ issuer, audience, tokens: tokens[form] })));
  const rows = FORMS.flatMap((form, i) =>
    Object.entries(verdicts[i]).map(([name, said]) => `| \`${form}\` | ${name} | ${summary(said)} |`),
  );
  const written = document(rows);
  if (process.env.OPENIAS_WRITE) writeFileSync(page, written);
  assert.equal(
    readFileSync(page, "utf8"),
    written,
    "the table of docs/reference/token-judges.md is out of date",
  );
  FORMS.forEach((form, i) => {
    for (const said of Object.values(verdicts[i])) {
      said.forEach((verdict, patient) => assertSamePerson(verdict, jose.decodeJwt(tokens[form][patient])));
    }
  });
});

test("each judge refuses what is not from this issuer, not for this audience, or not as it was signed", async () => {
  const token = tokens.dual[0];
  const [header, claims, signature] = token.split(".");
  const other = jose.base64url.encode(JSON.stringify({ ...jose.decodeJwt(token), birthdate: "1901-01-01" }));
  const turned = (signature.startsWith("A") ? "B" : "A") + signature.slice(1);
  const verdicts = await judge([
    { issuer, audience: "urn:oid:2.16.840.1.113883.3.1", tokens: [token] },
    { issuer: issuer.replace("oidc-sandbox", "oidc"), audience, tokens: [token] },
    { issuer, audience, tokens: [`${header}.${other}.${signature}`, `${header}.${claims}.${turned}`] },
  ]);
  for (const said of verdicts.flatMap((by) => Object.entries(by))) {
    assert.ok(
      said[1].every((verdict) => !verdict.accepted),
      `${said[0]} accepted one of ${JSON.stringify(said[1])}`,
    );
  }
});

test("a relying party by OIDC Core takes what names it in aud, which SOP 3.0 does not", async () => {
  const sign = async (/** @type {string} */ form) => {
    const csp = await discoverCsp({ ...demo, ...clients[form] });
    return provePatient(demo, csp, PATIENTS[0]);
  };
  await sign("tefca-2");
  await sign("dual");
  await assert.rejects(sign("tefca-3.0"), { code: "OAUTH_JWT_CLAIM_COMPARISON_FAILED" });
});

/**
 * A patient's ID token, redeemed by hand: a relying party's library judges it as well, and would stand before the
 * judges.
 * @param {{cspClientId: string, cspSecret: string}} keys
 * @param {string} patient
 */
async function idToken(keys, patient) {
  const csp = await discoverCsp({ ...demo, ...keys });
  const { location, checks } = await approvedInquiry(demo, csp, patient);
  const answer = await fetch(csp.serverMetadata().token_endpoint ?? "", {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${keys.cspClientId}:${keys.cspSecret}`)}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: location.searchParams.get("code") ?? "",
      redirect_uri: `${demo.app}/callback`,
      code_verifier: checks.pkceCodeVerifier,
    }),
  });
  const { id_token } = /** @type {any} */ (await answer.json());
  return /** @type {string} */ (id_token);
}

/**
 * A client of the CSP whose tokens have this form.
 * @param {string} form
 */
function addTemplate(form) {
  const said = demo.command(
    ...["template", "add", "--name", `Judged ${form}`, "--hcid", HCID],
    ...["--redirect-uri", `${demo.app}/callback`, "--form", form],
  );
  const read = (/** @type {RegExp} */ label) => said.match(label)?.[1] ?? assert.fail(said);
  return { cspClientId: read(/client id:?\s+(\S+)/i), cspSecret: read(/secret:?\s+(\S+)/i) };
}

/**
 * @typedef {{issuer: string, audience: string, tokens: string[]}} Asked tokens that should be of an issuer and for
 * an audience
 */

/**
 * What every judge says of each.
 * @param {Asked[]} asked
 * @returns {Promise<Record<string, Verdict[]>[]>}
 */
async function judge(asked) {
  const [ours, theirs] = await Promise.all([
    Promise.all(asked.map(judgeWithJose)),
    runPython("judge.py", asked),
  ]);
  return theirs.map((/** @type {object} */ said, /** @type {number} */ i) => ({
    jose: ours[i],
    ...said,
  }));
}

/**
 * @param {Asked} asked
 * @returns {Promise<Verdict[]>}
 */
async function judgeWithJose({ issuer, audience, tokens }) {
  const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  const keys = jose.createRemoteJWKSet(new URL(/** @type {any} */ (metadata).jwks_uri));
  const requiredClaims = ["sub", "exp", "iat", "nbf", "jti"];
  const options = { issuer, audience, algorithms: ["RS256"], requiredClaims };
  return Promise.all(
    tokens.map(async (token) => {
      try {
        return { accepted: true, subject: (await jose.jwtVerify(token, keys, options)).payload.sub };
      } catch (error) {
        if (error instanceof jose.errors.JOSEError) return { accepted: false, reason: error.code };
        throw error;
      }
    }),
  );
}

/**
 * Whom a judge read in a token is whom the token is about.
 * @param {Verdict} verdict
 * @param {any} claims
 */
function assertSamePerson({ subject, patient }, claims) {
  if (subject !== undefined) assert.equal(subject, claims.sub);
  if (!patient) return;
  assert.equal(patient.birthDate, claims.birthdate);
  assert.equal(patient.name[0].family, claims.family_name);
  assert.equal(patient.name[0].given[0], claims.given_name);
}

/** @param {Verdict[]} said */
function summary(said) {
  const accepted = said.filter((verdict) => verdict.accepted).length;
  const reasons = [...new Set(said.flatMap(({ reason }) => reason ?? []))];
  return `${accepted} of ${said.length} | ${reasons.join("; ")}`;
}

/** @param {string[]} rows */
function document(rows) {
  const npm = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).devDependencies;
  return `# What independent judges say of our ID tokens

<!-- Generated by e2e/tests/judges.test.mjs; do not edit. -->

The built-in CSP issues a token for each of the ten synthetic patients in each form. Verifiers that nobody here
wrote fetch its discovery document and keys over HTTP and judge them, told the issuer, the audience
\`urn:oid:\` and the HCID, and RS256: npm \`jose\` ${npm.jose}, PyPI \`PyJWT\` ${versionOf("PyJWT")}, \`joserfc\` ${versionOf("joserfc")} and
\`cms-hte-ial2-reader\` ${versionOf("cms-hte-ial2-reader")}. The last also reads the person and makes a FHIR Patient, whose name and birth date
have to be the token's. Each of them refuses the same tokens for another audience, with another issuer's keys,
with other claims, and with another signature.

| form | judge | accepted | said of the others |
|---|---|---|---|
${rows.join("\n")}

The CMS reader wants \`identity_assurance_level\`, or a claim by which it knows a TEFCA token (\`regionality\` at the
top level, \`historical_address\`, \`ssn_last_four_digits\`). The forms \`tefca-2\` and \`tefca-3.0\` are as the Persona
guide and the SOP write them, which bring neither for these patients; a template of form \`dual\` is the one for
apps whose readers are of both kinds.

By SOP 3.0 the HCID alone is the audience. A relying party that keeps OpenID Connect Core 3.1.3.7 wants to find
its client id there: npm \`openid-client\` signs a patient in by the forms \`tefca-2\` and \`dual\` and refuses
\`tefca-3.0\`. An app that asks for that form has to check the audience itself.
`;
}
