// What events carry. Keys without a value are left out by JSON.

/** @typedef {import("./server.js").Account} Account */
/** @typedef {import("./server.js").Connection} Connection */

/**
 * `data` of `patient.connection_success`.
 * @param {string | undefined} externalId
 * @param {string | undefined} requestId
 * @param {string} id Of the account that was picked.
 * @param {Account | undefined} account
 * @param {Connection} connection
 */
export function success(externalId, requestId, id, account, connection) {
  return {
    external_state: id,
    external_id: externalId,
    request_id: requestId,
    org_connection_id: connection.org_connection_id,
    connection_status: connection.connection_status,
    platform_type: connection.platform_type,
    vault_profile_connection_id: id,
    patient_auth_type: account?.patient_authorization_type ?? "tefca_direct",
    tefca_directory_id: connection.tefca_directory_id,
    scope: connection.scope,
    consent_expires_at: connection.consent_expires_at,
  };
}

/**
 * `data` of `patient.connection_failed`.
 * @param {string | undefined} externalId
 * @param {string} error
 * @param {string} [description]
 * @param {string} [requestId]
 * @param {string} [id] Of the account that was picked.
 */
export function failure(externalId, error, description, requestId, id) {
  return {
    error,
    error_description: description,
    request_id: requestId,
    external_id: externalId,
    external_state: id,
  };
}

/**
 * An entry of `widget.complete`.
 * @param {Account} account
 * @param {Connection} connection
 */
export function completeEntry(account, connection) {
  return {
    connection_status: connection.connection_status,
    org_connection_id: connection.org_connection_id,
    platform_type: connection.platform_type,
    brand_id: account.brand?.id,
    portal_id: account.portal?.id,
    endpoint_id: account.endpoint?.id,
    scope: connection.scope,
    consent_expires_at: connection.consent_expires_at,
    tefca_directory_id: connection.tefca_directory_id ?? account.facility_id,
  };
}

/**
 * An entry of `widget.complete` for a connection of an earlier visit.
 * @param {Account} account
 */
export function connectedEarlier(account) {
  return completeEntry(account, {
    connection_status: "connected",
    org_connection_id: account.org_connection_id ?? "",
    platform_type: account.endpoint?.platform_type ?? "",
    scope: "",
    consent_expires_at: "",
  });
}

/**
 * The connection that the patient made by signing in at the place itself.
 * @param {Account} account
 * @returns {Connection}
 */
export function connectedBySignIn(account) {
  return {
    org_connection_id: account.org_connection_id ?? "",
    connection_status: "authorized",
    platform_type: account.endpoint?.platform_type ?? "tefca",
    tefca_directory_id: account.facility_id,
  };
}
