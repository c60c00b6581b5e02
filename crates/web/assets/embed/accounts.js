// Patient accounts, as they are shown: by the name of their place.

/** @typedef {import("./server.js").Account} Account */
/** @typedef {import("./server.js").Accounts} Accounts */

/** The name of the place of an account.
 * @param {Account} account */
export function nameOf(account) {
  return account.brand?.name || account.portal?.name || account.facility_id || "";
}

/**
 * Accounts by the name of their place.
 * @param {Accounts | undefined} accounts
 */
export function byName(accounts) {
  return Object.entries(accounts ?? {}).sort(([, a], [, b]) => nameOf(a).localeCompare(nameOf(b)));
}

/** @param {Accounts | undefined} accounts */
export function hasAny(accounts) {
  return Object.keys(accounts ?? {}).length > 0;
}
