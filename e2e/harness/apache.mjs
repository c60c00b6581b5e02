// Debian's Apache with mod_auth_openidc, in a folder of its own: it protects everything and hands requests on to a
// backend of ours, with what it knows of the user in their headers.

import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePortPair } from "./openias.mjs";

const MODULES = "/usr/lib/apache2/modules";
const NAMES = ["mpm_event", "authn_core", "authz_core", "authz_user", "auth_openidc", "proxy", "proxy_http"];

/**
 * @typedef {object} Provider
 * @property {string} issuer
 * @property {string} scope
 * @property {string} [parameters] further ones for its authorization endpoint
 */

/** A free port for an Apache and the next one for its backend; its origin. */
export async function reserve() {
  const port = await freePortPair();
  return { port, origin: `http://localhost:${port}`, redirectUri: `http://localhost:${port}/redirect` };
}

/**
 * Starts an Apache that signs users in at a provider.
 * @param {number} port
 * @param {Provider} provider
 * @param {{id: string, secret: string}} client
 */
export async function startApache(port, provider, client) {
  const folder = mkdtempSync(join(tmpdir(), "openias-apache-"));
  // Its workers are another user when we are root.
  chmodSync(folder, 0o755);
  const backend = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(request.headers));
  }).listen(port + 1, "127.0.0.1");
  writeFileSync(join(folder, "apache.conf"), configuration(folder, port, provider, client));
  const apache = spawn("apache2", ["-f", join(folder, "apache.conf"), "-D", "FOREGROUND"], {
    stdio: "inherit",
  });
  const stopped = new Promise((resolve) => apache.once("exit", resolve));
  const log = () => readFileSync(join(folder, "error.log"), "utf8");
  const stop = async () => {
    apache.kill("SIGTERM");
    backend.close();
    await stopped;
    rmSync(folder, { recursive: true, force: true });
  };
  await Promise.race([answers(port), stopped.then(() => Promise.reject(new Error(log())))]);
  return { log, stop };
}

/** Whether this machine has it. */
export function hasApache() {
  try {
    execFileSync("test", ["-f", `${MODULES}/mod_auth_openidc.so`]);
    execFileSync("apache2", ["-v"]);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} folder
 * @param {number} port
 * @param {Provider} provider
 * @param {{id: string, secret: string}} client
 */
function configuration(folder, port, provider, client) {
  return `${NAMES.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join("\n")}
ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
LogLevel warn auth_openidc:info
ServerName localhost
Listen 127.0.0.1:${port}
User www-data
Group www-data

OIDCProviderMetadataURL ${provider.issuer}/.well-known/openid-configuration
OIDCClientID ${client.id}
OIDCClientSecret ${client.secret}
OIDCRedirectURI http://localhost:${port}/redirect
OIDCCryptoPassphrase ${client.secret}
OIDCScope "${provider.scope}"
OIDCPKCEMethod S256
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCPassClaimsAs headers
OIDCRemoteUserClaim sub
${provider.parameters ? `OIDCAuthRequestParams ${provider.parameters}` : ""}

<Location />
  AuthType openid-connect
  Require valid-user
  ProxyPass http://127.0.0.1:${port + 1}/
</Location>
`;
}

/** @param {number} port */
async function answers(port) {
  for (;;) {
    const answer = await fetch(`http://localhost:${port}/`, { redirect: "manual" }).catch(() => undefined);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
