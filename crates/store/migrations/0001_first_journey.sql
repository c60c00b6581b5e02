-- One text for SQLite and PostgreSQL: times are milliseconds in BIGINT, JSON is TEXT, sealed and hashed
-- values are BYTEA. {ROWKEY} is an integer key that grows with time and is the engine's own row number where it
-- has one; {COUNTED} is one that the engine counts up; {CLUSTERED} keeps the rows of a table in its primary key.

CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    logo_uri TEXT,
    website_uri TEXT,
    privacy_policy_uri TEXT,
    terms_uri TEXT,
    hcid TEXT UNIQUE,
    test_tefca BOOLEAN NOT NULL,
    test_byoi BOOLEAN NOT NULL,
    live_tefca BOOLEAN NOT NULL,
    live_byoi BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE credentials (
    public_id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    private_key_hash BYTEA NOT NULL UNIQUE,
    redirect_uris TEXT NOT NULL,
    origins TEXT NOT NULL,
    note TEXT NOT NULL,
    token_profile TEXT,
    token_once BOOLEAN NOT NULL,
    -- How it speaks OAuth, as JSON: read whole with the credential, never searched.
    policy TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX credentials_by_organization ON credentials (organization_id);

-- Grows with every change of an organisation or a credential, whoever makes it: what was judged by older facts is
-- judged again.
CREATE TABLE configuration (
    version BIGINT NOT NULL
);
INSERT INTO configuration (version) VALUES (1);
{CONFIGURATION_TRIGGERS}

CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    pkcs8 BYTEA NOT NULL,
    published_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    retired_at BIGINT,
    forgotten_at BIGINT
);
-- The newest key of a purpose and algorithm: whoever sets the time of its retirement makes its successor.
CREATE UNIQUE INDEX signing_keys_newest ON signing_keys (purpose, algorithm) WHERE retired_at IS NULL;

-- Identity: a pushed request becomes an authorization, whose consent becomes a patient's session.

-- Which client pushed which ID token first: its key is when it ends, and a keyed hash of issuer and jti. Tokens end
-- in the order in which they were issued, more or less, so that new ones stand together.
CREATE TABLE token_uses (
    expires_at BIGINT NOT NULL,
    tag BIGINT NOT NULL,
    public_id TEXT NOT NULL,
    pushed_id BIGINT NOT NULL,
    PRIMARY KEY (expires_at, tag)
){CLUSTERED};

-- A pushed request is its own line of the audit trail, until it is forgotten and the line alone is kept.
CREATE TABLE pushed_requests (
    id {ROWKEY},
    secret_hash BYTEA NOT NULL,
    public_id TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    remarks TEXT NOT NULL,
    request BYTEA NOT NULL,
    pushed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    taken_at BIGINT
);

CREATE TABLE consents (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    public_id TEXT NOT NULL REFERENCES credentials (public_id),
    identity BYTEA NOT NULL,
    scope TEXT NOT NULL,
    -- For whom its access tokens are (RFC 8707), as JSON.
    resources TEXT NOT NULL,
    -- The key that its code or its first proof was by (RFC 9449).
    dpop_jkt TEXT,
    given_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Ends whatever was issued for it: one row that every token's use looks at.
    tokens_revoked_at BIGINT
);

CREATE TABLE authorizations (
    id TEXT PRIMARY KEY,
    handle_hash BYTEA NOT NULL UNIQUE,
    public_id TEXT NOT NULL REFERENCES credentials (public_id),
    -- The pushed request behind it. Where the decision uses that up, several loads wait for one.
    pushed_id BIGINT NOT NULL,
    stage TEXT NOT NULL,
    request BYTEA NOT NULL,
    consent_id TEXT REFERENCES consents (id),
    code_hash BYTEA UNIQUE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX authorizations_by_expiry ON authorizations (expires_at);

-- A patient who has yet to prove who they are, in one browser, on the way to a CSP and back.
CREATE TABLE proofings (
    id TEXT PRIMARY KEY,
    browser_hash BYTEA UNIQUE,
    -- Opens it in the first browser that brings it: a window beside the widget.
    ticket_hash BYTEA UNIQUE,
    public_id TEXT NOT NULL REFERENCES credentials (public_id),
    pushed_id BIGINT NOT NULL,
    stage TEXT NOT NULL,
    request BYTEA NOT NULL,
    email BYTEA,
    -- A keyed hash: there are few codes.
    code_tag BYTEA,
    code_expires_at BIGINT,
    tries_left BIGINT NOT NULL,
    codes_sent BIGINT NOT NULL,
    departures BIGINT NOT NULL,
    state_hash BYTEA UNIQUE,
    leg BYTEA,
    trouble TEXT,
    began_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX proofings_by_expiry ON proofings (expires_at);
CREATE INDEX proofings_by_request ON proofings (pushed_id);

-- One line for each mail with a code, whatever became of the proofing: the brake on floods of an address counts them.
CREATE TABLE code_mails (
    letter_id TEXT PRIMARY KEY,
    -- A keyed hash: there are few addresses.
    email_tag BYTEA NOT NULL,
    public_id TEXT NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE INDEX code_mails_by_address ON code_mails (email_tag, sent_at);
CREATE INDEX code_mails_by_age ON code_mails (sent_at);

-- In the order in which they lapse, so that new ones stand together and old ones go together. A token says when it
-- lapses, which finds it.
CREATE TABLE access_tokens (
    expires_at BIGINT NOT NULL,
    token_hash BYTEA NOT NULL,
    consent_id TEXT NOT NULL REFERENCES consents (id),
    scope TEXT NOT NULL,
    -- For whom it is, as JSON.
    audience TEXT NOT NULL,
    -- The key that it is bound to (RFC 9449).
    dpop_jkt TEXT,
    issued_at BIGINT NOT NULL,
    PRIMARY KEY (expires_at, token_hash)
){CLUSTERED};
CREATE INDEX access_tokens_by_consent ON access_tokens (consent_id);

-- The successor of a refresh token is derived from it, so that a lost answer can be given again.
CREATE TABLE consent_refresh_tokens (
    token_hash BYTEA PRIMARY KEY,
    consent_id TEXT NOT NULL REFERENCES consents (id),
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX consent_refresh_tokens_by_expiry ON consent_refresh_tokens (expires_at);

-- Access tokens that nothing else is kept of and that were revoked before their end.
CREATE TABLE revoked_tokens (
    token_hash BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);

-- What proved a client or a key once and must not again: its key is a keyed hash of whose it was and its jti.
CREATE TABLE assertion_uses (
    id BIGINT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX assertion_uses_by_expiry ON assertion_uses (expires_at);

-- CSP: templates, accounts, inquiries and what they issue.

CREATE TABLE authentication_templates (
    client_id TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    redirect_uris TEXT NOT NULL,
    hcid TEXT NOT NULL,
    refresh_days BIGINT NOT NULL,
    profile TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    -- The client's own id of the patient, as a keyed hash: some clients use an e-mail address.
    reference_tag BYTEA,
    -- Whose account it is, as a keyed hash of the person who was proven first. Nobody else gets into it.
    person_tag BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_by_reference ON accounts (environment, reference_tag) WHERE reference_tag IS NOT NULL;

CREATE TABLE inquiries (
    id TEXT PRIMARY KEY,
    handle_hash BYTEA NOT NULL UNIQUE,
    client_id TEXT NOT NULL REFERENCES authentication_templates (client_id),
    -- The reference of the account that it is for. The account itself is known, and made if it is new, when the
    -- client redeems the code: what a stranger begins and leaves makes none.
    reference_tag BYTEA,
    account_id TEXT REFERENCES accounts (id),
    request TEXT NOT NULL,
    stage TEXT NOT NULL,
    person BYTEA,
    code_hash BYTEA UNIQUE,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    expires_at BIGINT NOT NULL,
    -- Ends whatever was or is still being issued for it: one row that every token's use looks at.
    tokens_revoked_at BIGINT
);
CREATE INDEX inquiries_by_account ON inquiries (account_id);
CREATE INDEX inquiries_revoked ON inquiries (tokens_revoked_at) WHERE tokens_revoked_at IS NOT NULL;
CREATE INDEX inquiries_by_expiry ON inquiries (expires_at);

CREATE TABLE csp_pushed_requests (
    reference_hash BYTEA PRIMARY KEY,
    client_id TEXT NOT NULL,
    request BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX csp_pushed_requests_by_expiry ON csp_pushed_requests (expires_at);

CREATE TABLE refresh_tokens (
    token_hash BYTEA PRIMARY KEY,
    inquiry_id TEXT NOT NULL REFERENCES inquiries (id),
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX refresh_tokens_by_inquiry ON refresh_tokens (inquiry_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE userinfo_tokens (
    token_hash BYTEA PRIMARY KEY,
    inquiry_id TEXT NOT NULL REFERENCES inquiries (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX userinfo_tokens_by_inquiry ON userinfo_tokens (inquiry_id);
CREATE INDEX userinfo_tokens_by_expiry ON userinfo_tokens (expires_at);

-- Connect: where the records are, what was connected, what was exported.

CREATE TABLE locations (
    id TEXT PRIMARY KEY,
    consent_id TEXT NOT NULL REFERENCES consents (id),
    status TEXT NOT NULL,
    asked BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX locations_pending ON locations (consent_id) WHERE status = 'pending';
CREATE INDEX locations_by_consent ON locations (consent_id, created_at);

CREATE TABLE location_answers (
    location_id TEXT NOT NULL REFERENCES locations (id),
    hcid TEXT NOT NULL,
    name TEXT NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (location_id, hcid)
);

CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    mode TEXT NOT NULL,
    public_id TEXT NOT NULL REFERENCES credentials (public_id),
    consent_id TEXT NOT NULL REFERENCES consents (id),
    tefca_directory_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    remote_patient BYTEA NOT NULL,
    refresh_token BYTEA,
    status TEXT NOT NULL,
    external_id TEXT,
    request_id TEXT NOT NULL,
    consent_expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX connections_by_organization ON connections (organization_id, created_at);

CREATE TABLE accounts_found (
    id TEXT PRIMARY KEY,
    consent_id TEXT NOT NULL REFERENCES consents (id),
    tefca_directory_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    authorization_type TEXT NOT NULL,
    remote_patient BYTEA NOT NULL,
    -- Looked at when the transaction ends: an account is claimed for a connection before that is written.
    connection_id TEXT REFERENCES connections (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (consent_id, tefca_directory_id)
);
CREATE INDEX accounts_found_by_connection ON accounts_found (connection_id);

CREATE TABLE sign_ins (
    state_hash BYTEA PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts_found (id),
    consent_id TEXT NOT NULL REFERENCES consents (id),
    external_id TEXT,
    verifier BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE exports (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connections (id),
    status TEXT NOT NULL,
    failure_reason TEXT,
    -- Stands here before the file is written, and until it is deleted: no crash can leave a file without a row.
    file TEXT,
    stats TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE UNIQUE INDEX exports_current ON exports (connection_id) WHERE status IN ('pending', 'success');
CREATE INDEX exports_by_connection ON exports (connection_id);
CREATE INDEX exports_failed ON exports (status) WHERE status = 'failed';
CREATE INDEX exports_with_file ON exports (status, expires_at) WHERE file IS NOT NULL;

-- What leaves the process: webhooks, and the outbox that carries every job past a crash.

CREATE TABLE webhook_endpoints (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    mode TEXT NOT NULL,
    url TEXT NOT NULL,
    secret BYTEA NOT NULL,
    event_types TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (organization_id, url)
);

CREATE TABLE webhook_events (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    mode TEXT NOT NULL,
    event_type TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX webhook_events_by_time ON webhook_events (created_at);

CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY,
    event_id TEXT NOT NULL REFERENCES webhook_events (id),
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_status BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, created_at);
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (status) WHERE status = 'dead';
CREATE INDEX webhook_deliveries_taken ON webhook_deliveries (updated_at) WHERE status = 'success';

-- Mail on its way. Kept for as long as it is of use.
CREATE TABLE letters (
    id TEXT PRIMARY KEY,
    letter BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX letters_by_expiry ON letters (expires_at);

CREATE TABLE outbox (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- On whose behalf: nobody's jobs may take every place.
    organization_id TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX outbox_by_time ON outbox (kind, run_at);

CREATE TABLE audit (
    id {ROWKEY},
    at BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE INDEX audit_by_request ON audit (request_id, id);

-- The whole trail. Both tables are in the order of their keys.
CREATE VIEW audit_trail AS
    SELECT id, at, request_id, actor, action, subject, detail FROM audit
    UNION ALL
    SELECT id, pushed_at AS at, request_id, public_id AS actor, 'par.accepted' AS action,
        organization_id AS subject, remarks AS detail FROM pushed_requests;

-- When a line that any stranger can cause was written last.
CREATE TABLE audit_brakes (
    action TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);

-- Calls of clients that proved themselves and were refused all the same: what was asked for and why not, with
-- nothing of what the call carried. For whoever integrates.
CREATE TABLE failed_calls (
    id {COUNTED},
    at BIGINT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    public_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    status BIGINT NOT NULL,
    error TEXT NOT NULL,
    rule TEXT NOT NULL
);
CREATE INDEX failed_calls_by_organization ON failed_calls (organization_id, id);
CREATE INDEX failed_calls_by_request ON failed_calls (request_id);
CREATE INDEX failed_calls_by_time ON failed_calls (at);

CREATE TABLE operator_sessions (
    token_hash BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
