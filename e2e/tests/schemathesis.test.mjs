// Schemathesis makes requests of the OpenAPI description, fitting ones and unfitting ones, and holds the answers
// against it: none may be a fault of the server, or have a status, type, header or body that is not described.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { approvedInquiry, discoverCsp, provePatient } from "../harness/integrator.mjs";
import { startDemo } from "../harness/openias.mjs";
import { runProgram } from "../harness/python.mjs";
import { asBackend, asPatient, basic, consentedCode, ended, openSession } from "../harness/records.mjs";

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "unsupported_method",
  "ignored_auth",
];

/** @type {import("../harness/openias.mjs").Demo} */
let demo;
/** @type {string} */
let folder;
/** @type {any} the description, with what operations succeed with as examples */
let description;

before(async () => {
  demo = await startDemo();
  folder = mkdtempSync(join(tmpdir(), "openias-schemathesis-"));
  description = await (await fetch(`${demo.server}/openapi.json`)).json();
  const { bearers, parameters, bodies } = await journey();
  for (const { operationId, parameters: described, requestBody } of operations()) {
    for (const parameter of described) {
      parameter.example = parameters[operationId]?.[parameter.name] ?? parameters.any[parameter.name];
    }
    for (const content of Object.values(/** @type {Record<string, any>} */ (requestBody?.content ?? {}))) {
      content.examples = Object.fromEntries(bodies[operationId].map((value, i) => [`e${i}`, { value }]));
    }
  }
  writeFileSync(join(folder, "schemathesis.toml"), configuration(bearers));
});
after(async () => {
  await demo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("every answer is one that the description names, and every operation succeeds", async () => {
  const { code, output } = await schemathesis(description, "--max-time", "45");
  assert.equal(code, 0, output);
  const answered = statuses();
  for (const { label } of operations()) {
    assert.ok(
      answered[label]?.some((status) => status < 400),
      `${label} answered ${answered[label]}`,
    );
  }
});

test("an answer that the description does not name is found", async () => {
  const lacking = structuredClone(description);
  delete lacking.paths["/v1/bridge/org"].get.responses["404"];
  const { code, output } = await schemathesis(lacking, "--include-operation-id", "getOrganization");
  assert.equal(code, 1, output);
  assert.match(output, /Undocumented status code: 1/);
});

/**
 * Has Schemathesis hold the server against a description.
 * @param {any} held
 * @param {string[]} more
 */
function schemathesis(held, ...more) {
  writeFileSync(join(folder, "openapi.json"), JSON.stringify(held));
  const args = ["run", "openapi.json", "--url", demo.server, "--checks", CHECKS.join(","), "--no-color"];
  const report = ["--report", "ndjson", "--report-ndjson-path", "report.ndjson"];
  return runProgram("schemathesis", [...args, ...report, ...more], { cwd: folder });
}

/** The statuses that each operation answered, by its method and path. */
function statuses() {
  /** @type {Record<string, number[]>} */
  const found = {};
  for (const line of readFileSync(join(folder, "report.ndjson"), "utf8").trim().split("\n")) {
    const { label, interactions } = JSON.parse(line).ScenarioFinished?.recorder ?? {};
    for (const { response } of Object.values(/** @type {Record<string, any>} */ (interactions ?? {}))) {
      if (response) (found[label] ??= []).push(response.status_code);
    }
  }
  return found;
}

/** The operations described, each with the parameters of its path. */
function operations() {
  return Object.entries(/** @type {Record<string, any>} */ (description.paths)).flatMap(([path, item]) =>
    ["get", "post", "delete"]
      .filter((method) => item[method])
      .map((method) => ({
        label: `${method.toUpperCase()} ${path}`,
        ...item[method],
        parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])],
      })),
  );
}

/**
 * How Schemathesis authenticates by each scheme, and how much it does.
 * @param {Record<string, string>} bearers
 */
function configuration(bearers) {
  /** @type {(scheme: string, username: string, password: string) => string} */
  const pair = (scheme, username, password) =>
    `[auth.openapi.${scheme}]\nusername = "${username}"\npassword = "${password}"\n`;
  const basics = [
    pair("backend", demo.publicId, demo.privateKey),
    pair("csp_client", demo.cspClientId, demo.cspSecret),
  ];
  const tokens = Object.entries(bearers).map(
    ([scheme, token]) => `[auth.openapi.${scheme}]\nbearer = "${token}"\n`,
  );
  return `continue-on-failure = true

[generation]
max-examples = 30
with-security-parameters = false
deterministic = true
no-shrink = true
database = "none"

[phases.examples]
operation-ordering = "none"

[phases.stateful]
enabled = false

# What ends connections is not told of those that other operations live on.
[[operations]]
include-operation-id = "revokeConnection"
phases.coverage.extra-data-sources.responses = false
phases.fuzzing.extra-data-sources.responses = false

${[...basics, ...tokens].join("\n")}`;
}

/**
 * A patient's way to the records, stopped wherever an operation waits to be called: what to call it with, by the
 * operation's id, and the tokens.
 */
async function journey() {
  const csp = await discoverCsp(demo);
  const patient = "knixontestemail@epic.com";
  const tokens = await provePatient(demo, csp, patient);
  const idToken = tokens.id_token ?? "";
  const { access_token: session } = await openSession(demo, idToken);
  // What is tried here may end, and with it what came of the same proofing or consent.
  const renewable = await provePatient(demo, csp, patient);
  const [revoked, renewed, told] = await Promise.all([1, 2, 3].map(() => openSession(demo, idToken)));
  const [ask, backend] = [asPatient(demo, session), asBackend(demo)];

  const search = (await ask("record_locator")).task_id;
  await ended(ask, `record_locator/${search}`);
  const found = await ask(`record_locator/${search}/result`);
  const [kept, dropped, left] = Object.keys(found.discovered_patient_accounts);
  const { successes } = await ask("vault_connection/authorize", { vault_connection_ids: [kept, dropped] });
  const connection = successes[kept].org_connection_id;
  const task = (await backend("fhir/ehi-export", { org_connection_id: connection })).task_id;
  const file = (await ended(backend, `fhir/ehi-export/${task}`)).download_links[0].url;
  const redirect = await fetch(file, {
    headers: { authorization: basic(demo.publicId, demo.privateKey) },
    redirect: "manual",
  });
  const signed = new URL(redirect.headers.get("location") ?? "").searchParams;

  const { location, checks } = await approvedInquiry(demo, csp, patient);
  const redemption = {
    grant_type: "authorization_code",
    code: location.searchParams.get("code"),
    redirect_uri: `${demo.app}/callback`,
    code_verifier: checks.pkceCodeVerifier,
  };
  const request = {
    response_type: "code",
    redirect_uri: `${demo.app}/callback`,
    scope: "openid profile email",
    code_challenge: checks.pkceCodeVerifier,
    code_challenge_method: "S256",
  };
  const pushed = { scope: "openid profile email", response_type: "code", idp: "openias_csp" };
  /** @type {Record<string, Record<string, string | number>>} */
  const parameters = {
    any: { environment: "oidc-sandbox", public_id: demo.publicId },
    beginSignIn: { external_state: Object.keys(found.pending_patient_accounts)[0] },
    getSearch: { task: search },
    getAccountsFound: { task: search },
    getConnection: { id: connection },
    revokeConnection: { id: successes[dropped].org_connection_id },
    getExport: { task },
    getDownloadLink: { task, file: file.split("/").at(-1) },
    download: { task, expires: Number(signed.get("expires")), signature: signed.get("signature") ?? "" },
  };
  /** @type {Record<string, object[]>} */
  const bodies = {
    pushRequest: [{ ...pushed, idp_id_token: idToken }],
    redeem: [
      await consentedCode(demo, idToken),
      { grant_type: "refresh_token", refresh_token: renewed.refresh_token },
    ],
    introspect: [{ token: told.access_token }],
    revoke: [{ token: revoked.access_token }],
    pushCspRequest: [request],
    redeemAtCsp: [redemption, { grant_type: "refresh_token", refresh_token: renewable.refresh_token }],
    connectAccounts: [{ vault_connection_ids: [kept, left] }],
    revokeConnectionsOfPatient: [{ email: "hsimpson@gmail.com" }],
    beginExport: [{ org_connection_id: connection }],
  };
  const bearers = { private_key: demo.privateKey, session, csp_access_token: tokens.access_token };
  return { bearers, parameters, bodies };
}
