// The calls to the server. The session lives in this object and nowhere else: no cookie, no storage.

/** @typedef {{ id: string, name: string, feature_flags?: string[], status?: string }} Organization */
/** @typedef {"pending" | "success" | "failed"} SearchStatus */
/** @typedef {{ name: string, outcome: string }} Answer */
/** @typedef {{ task_id: string, status: SearchStatus, asked?: number, answered?: number, answers?: Answer[] }} Progress */
/**
 * @typedef {object} Account A patient account at one place.
 * @property {{ id?: string, name?: string }} [brand]
 * @property {{ id?: string, name?: string }} [portal]
 * @property {{ id?: string, platform_type?: string }} [endpoint]
 * @property {string} [patient_authorization_type]
 * @property {string} [facility_id]
 * @property {string} [org_connection_id]
 */
/** @typedef {Record<string, Account>} Accounts By vault connection id. */
/**
 * @typedef {object} Result
 * @property {Accounts} [discovered_patient_accounts]
 * @property {Accounts} [pending_patient_accounts]
 * @property {Accounts} [connected_patient_accounts]
 * @property {"found" | "none" | "unreachable"} [outcome] `unreachable`: no place could be asked.
 */
/**
 * @typedef {object} Connection
 * @property {string} org_connection_id
 * @property {string} connection_status
 * @property {string} platform_type
 * @property {string} [tefca_directory_id]
 * @property {string} [scope]
 * @property {string} [consent_expires_at]
 */
/** @typedef {{ error: string, error_description: string }} Failure */
/**
 * @typedef {object} Authorized
 * @property {string} request_id
 * @property {Record<string, Connection>} successes
 * @property {Record<string, Failure>} failures
 */

/** The server did not answer, or not now. Trying again may help. */
export class Unreachable extends Error {}

/** The server refused. Trying again does not help. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} code
   */
  constructor(status, code) {
    super(code);
    this.status = status;
    this.code = code;
  }

  /** The patient's session has ended. */
  get sessionEnded() {
    return this.status === 401 || this.status === 403;
  }
}

const PATIENCE_MS = 30_000;

export class Server {
  #publicId;
  /** @type {string | undefined} */
  #accessToken;

  /** @param {string} publicId */
  constructor(publicId) {
    this.#publicId = publicId;
  }

  /** @returns {Promise<Organization>} */
  organization() {
    return this.#bridge("org");
  }

  /**
   * Begins the session.
   * @param {string} code
   * @param {string} verifier
   * @param {string} redirectUri
   */
  async redeem(code, verifier, redirectUri) {
    const form = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: this.#publicId,
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    });
    const answer = await call("/v1/oauth2/token", { method: "POST", body: form });
    this.#accessToken = answer.access_token;
  }

  /** @returns {Promise<Progress>} */
  startSearch() {
    return this.#bridge("record_locator");
  }

  /**
   * @param {string} task
   * @returns {Promise<Progress>}
   */
  progress(task) {
    return this.#bridge(`record_locator/${encodeURIComponent(task)}`);
  }

  /**
   * What was found, also while the search still runs.
   * @param {string} task
   * @returns {Promise<Result>}
   */
  result(task) {
    return this.#bridge(`record_locator/${encodeURIComponent(task)}/result`);
  }

  /**
   * @param {string[]} ids
   * @param {string | undefined} externalId
   * @returns {Promise<Authorized>}
   */
  authorize(ids, externalId) {
    const body = JSON.stringify({ vault_connection_ids: ids, external_id: externalId });
    return this.#bridge("vault_connection/authorize", {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
  }

  /**
   * Where the patient signs in for an account.
   * @param {string} id
   * @param {string | undefined} externalId
   * @param {string} language
   * @returns {Promise<{ url: string }>}
   */
  signIn(id, externalId, language) {
    const query = new URLSearchParams({ external_state: id, lang: language });
    if (externalId) query.set("external_id", externalId);
    return this.#bridge("connect", {}, query);
  }

  /**
   * @param {string} path
   * @param {RequestInit & { headers?: Record<string, string> }} [options]
   * @param {URLSearchParams} [query]
   */
  async #bridge(path, options = {}, query = new URLSearchParams()) {
    /** @type {Record<string, string>} */
    const headers = { ...options.headers };
    if (this.#accessToken) headers.authorization = `Bearer ${this.#accessToken}`;
    query.set("public_id", this.#publicId);
    const address = `/v1/bridge/${path}?${query}`;
    return (await call(address, { ...options, headers })).data;
  }
}

/**
 * @param {string} address
 * @param {RequestInit} options
 */
async function call(address, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(address, { ...options, credentials: "omit", cache: "no-store", signal: stop.signal });
    const body = await response.json().catch(() => undefined);
    if (response.status >= 500 || response.status === 429) throw new Unreachable(String(response.status));
    if (!response.ok || body?.success === false) throw refusal(response.status, body);
    if (body === undefined) throw new Unreachable("the answer broke off");
    return body;
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) throw error;
    throw new Unreachable("the network failed");
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {number} status
 * @param {any} body An error of the bridge API or of the token endpoint.
 */
function refusal(status, body) {
  return new Refused(status, body?.code ?? body?.error ?? "unknown_error");
}
