# The operator's portal.

portal-name = Operator portal
portal-skip = Skip to the content
portal-organizations = Organizations
portal-audit = Audit trail
portal-starts-over = Starts over
portal-sign-out = Sign out
portal-test = Test
portal-live = Live
portal-on = On
portal-off = Off
portal-none = None
portal-mode = Mode
portal-state = State
portal-action = Action
portal-created = Created

# Signing in

portal-sign-in-title = Sign in to the portal
portal-sign-in = Sign in
portal-sign-in-link = Your sign-in link is ready to use. Press the button to sign in.
portal-sign-in-life = You stay signed in on this browser for 8 hours.
portal-new-link = Each link works once and for a short time. For a new one, run this on the server with its configuration (the demo prints its own command when it starts):
portal-signed-in-already = Signed in already? Open the portal
portal-token = Sign-in link or token
portal-token-hint = Paste the link whole, or only its token.
portal-token-refused = This link or token cannot be used: it was used already, has expired, or is not right.
portal-refused-title = This form was not accepted
portal-refused-what = It came from an old page, from another site, or did not arrive whole. Nothing was changed.
portal-refused-next = Open the portal again at the address in your sign-in link, and repeat what you were doing there.
portal-refused-open = Open the portal

# What was done just before

portal-done-organization-added = The organization was added.
portal-done-organization-saved = The changes were saved.
portal-done-credential-on = The credential is switched on.
portal-done-credential-off = The credential is switched off. Requests with it are refused from now on.
portal-done-credential-tokens = The rules for ID tokens were saved.
portal-done-endpoint-on = The endpoint is switched on.
portal-done-endpoint-off = The endpoint is switched off. It gets no events from now on.
portal-done-test-sent = A test event is on its way. Reload the list to see how it went.
portal-done-test-not-sent = No test was sent, because the endpoint is switched off. Switch it on first.
portal-done-resent = The event is on its way again. Reload the list to see how it went.
portal-done-not-resent = The event was not sent again, because it is already on its way.
portal-done-revoked = The connection is revoked.
portal-done-signed-out = You are signed out.

# Organizations and this server

portal-no-organizations = There is no organization yet. Add the first one below.
portal-no-hcid = None yet
portal-add-organization = Add organization
portal-organization-name = Name
portal-organization-name-hint = Patients read it on the consent page.
portal-organization-id = Organization ID
portal-hcid = Home Community ID (HCID)
portal-hcid-hint = An OID such as 2.16.840.1.113883.3.7204.9. Every ID token must name it as its audience.
portal-hcid-needed = BYOI is switched on, but there is no HCID. Until there is one, every ID token is refused.
portal-privacy-policy = Privacy policy
portal-terms = Terms of use
portal-website = Website
portal-address-hint = An https address, or empty.
portal-test-mode = Test mode
portal-live-mode = Live mode
portal-tefca-hint = May look for records in the network.
portal-byoi-hint = May bring identities that its own CSP has verified.
portal-save = Save changes
portal-system = This server
portal-version = Version
portal-base-url = Address
portal-csps = Trusted CSPs
portal-csps-hint = Identities are taken from these issuers alone. The list comes from the configuration file. Whether a CSP is approved for TEFCA is for you to establish.
portal-logo = Logo
portal-logo-now = The logo that patients see now
portal-logo-file = Image file
portal-logo-hint = Patients see it on the consent page, as a square. PNG, JPEG or WebP, at most 64 KiB. Save without a file to remove the logo.
portal-logo-save = Save logo
portal-fault-name-missing = Enter a name.
portal-fault-name-long = The name is too long. Use at most { $max } characters.
portal-fault-name-unshowable = The name holds a character that cannot be shown.
portal-fault-hcid = This is not an OID. Write it like 2.16.840.1.113883.3.7204.9: numbers and dots, the first number 0, 1 or 2.
portal-fault-hcid-taken = Another organization has this HCID. Each organization needs its own.
portal-fault-address = This is not an https address. Write it like https://example.org/privacy, or leave it empty.
portal-fault-logo = This file is not a PNG, JPEG or WebP image.
portal-fault-logo-large = The file is too large. Use an image of at most { $max } KiB.
portal-fault-mode = Choose test or live.

# One organization

portal-of-organization = Pages of this organization
portal-details = Details
portal-credentials = Credentials
portal-webhooks = Webhooks
portal-connections = Connections
portal-exports = Exports

# Credentials

portal-no-credentials = There is no credential yet. Create one to let an app connect.
portal-add-credential = Create credential
portal-credential-mode-hint = Test keys reach synthetic patients only, live keys real patients only.
portal-tokens = ID tokens
portal-profile = Token profile
portal-profile-hint = The form by which ID tokens are judged. Choose one to be stricter than the CSP's entry.
portal-profile-by-token = as the token says
portal-token-once = Take each ID token once only
portal-token-once-on = each once
portal-yes = Yes
portal-no = No
portal-policy = Policy
portal-policy-profile = Profile
portal-policy-proof = Proves itself by
portal-policy-keys = Signed assertions; keys: { $keys }
portal-policy-dpop = Tokens must be bound to a key (DPoP)
portal-policy-request-use = A request_uri is used up by
portal-policy-request-load = Its first load
portal-policy-request-authorize = The patient's decision
portal-policy-id-token = Its ID tokens are signed with
portal-policy-alone = May act without a patient (client_credentials)
portal-policy-proofing = Patients may be proven here (standard flow)
portal-policy-exchange = Token exchange endpoint
portal-policy-sign-out = Addresses after a sign-out
portal-policy-itself = Consents itself (automated checks)
portal-policy-lives = Lifetimes
portal-policy-lives-are = request_uri { $request } s, code { $code } s, access token { $session } s, refresh token { $days } days after the identity check
portal-policy-retry = A used refresh token may be tried again for
portal-policy-seconds = { $seconds } s
portal-policy-change = To change it:
portal-origins = Sites that may embed the widget
portal-origins-hint = One origin a line, such as https://app.example.org, at most 25. With test keys, pages on localhost always may.
portal-redirect-uris = Redirect URIs
portal-redirect-uris-hint = Where codes may be sent. One a line, at most 25: https, http on localhost, or the scheme of an app such as org.example.app. With live keys not localhost.
portal-note = Note
portal-note-hint = For yourself. Optional.
portal-switch-on = Switch on
portal-switch-off = Switch off
portal-public-id = Public ID
portal-private-key = Private key
portal-key-title = The credential is ready
portal-key-what = Copy the private key now. It is shown only on this page and cannot be shown again.
portal-key-next = Keep it where your backend keeps its secrets. Pages and apps use the public ID alone.
portal-kept = I have copied it
portal-fault-origin = “{ $text }” is not an origin. Write it like https://app.example.org, without a path or a slash at its end.
portal-fault-live-origin = “{ $text }” is not https. Pages with live keys must be.
portal-fault-live-redirect-uri = “{ $text }” is on the patient's own machine. Live keys send no codes there.
portal-fault-redirect-uri = “{ $text }” cannot be a redirect URI. Use an https address, http on localhost, or the scheme of an app such as org.example.app, without “#”.
portal-fault-many = There are too many. Use at most { $max }.
portal-fault-note-long = The note is too long. Use at most { $max } characters.

# Webhooks

portal-no-webhooks = There is no endpoint yet. Add one to be told when exports are ready.
portal-add-webhook = Add endpoint
portal-url = URL
portal-url-hint = An https address of your backend. Each URL can be used once.
portal-webhook-mode-hint = The endpoint gets the events of one mode.
portal-events = Events
portal-events-always = Every endpoint gets:
portal-no-optional-events = Exports and tests only
portal-open-endpoint = Deliveries and switches
portal-signing-secret = Signing secret
portal-hook-title = The endpoint is ready
portal-hook-what = Copy the signing secret now. It is shown only on this page and cannot be shown again.
portal-hook-next = Your backend checks the signature of each event with it (Standard Webhooks).
portal-fault-url = This is not a URL that events can be sent to. Write it like https://app.example.org/webhooks.
portal-fault-url-known = This organization has an endpoint with this URL already, in this mode or the other.
portal-fault-url-https = Use an https address. To allow this one all the same, list its origin in egress.private_origins in the configuration.
portal-fault-url-password = A URL with a user name or password is not taken.
portal-fault-url-private = This is not a public address. To allow it all the same, list its origin in egress.private_origins in the configuration.
portal-send-test = Send a test event
portal-reload = Reload
portal-deliveries = Deliveries
portal-no-deliveries = Nothing has been sent to this endpoint yet.
portal-event = Event
portal-attempts = Attempts
portal-last-answer = Last answer
portal-happened = Happened
portal-last-tried = Last tried
portal-resend = Send again
portal-delivery-pending = Pending
portal-delivery-success = Success
portal-delivery-dead = Given up

# Connections

portal-no-connections = No patient has connected records yet.
portal-newest-hundred = The newest 100.
portal-provider = Provider
portal-external-id = External ID
portal-consent-end = Consent ends
portal-connection-connected = Connected
portal-connection-revoked = Revoked
portal-connection-ended = Consent ended
portal-revoke = Revoke
portal-revoke-title = Revoke this connection?
portal-revoke-what = No more records can be exported through it, and the app is told by webhook. Only the patient can connect again.
portal-revoke-do = Revoke connection
portal-revoke-keep = Keep it
portal-revoke-was = This connection is revoked already.

# Exports

portal-no-exports = No export has been asked for yet.
portal-resources = Resources
portal-failure = Reason
portal-asked = Asked for
portal-deleted = File deleted
portal-export-pending = Pending
portal-export-success = Ready
portal-export-failed = Failed
portal-export-expired = Deleted
portal-reason-token-refresh = The provider no longer accepts the patient's identity. The patient must verify again.
portal-reason-consent-revoked = The connection was revoked before the records arrived.
portal-reason-no-documents = The provider holds no records of the patient.
portal-reason-invalid-content = The provider sent what cannot be read.
portal-reason-patient-failure = The provider does not find the patient any more, or answered with another person.
portal-reason-limit-exceeded = The provider sent more than an export may hold, or was still sending after half an hour.
portal-reason-tefca-disabled = TEFCA was switched off for this organization before the records arrived.
portal-reason-suppressed = Something went wrong at the provider or on the way. The log says more.

# Failed calls

portal-requests = Failed calls
portal-requests-hint = Calls with this organization's keys, or by its patients in the widget, that failed. Newest first, 100 a page. They are kept for 14 days, at most 5,000 of them, with nothing of what a call carried. Calls with wrong keys are not listed.
portal-requests-choose = Choose calls
portal-requests-id = Request ID
portal-requests-id-hint = What the answer called x-request-id. Optional.
portal-requests-filter = Show these calls
portal-requests-all = Show all calls
portal-requests-newer = Newer calls
portal-requests-older = Older calls
portal-no-requests = No call has failed in the last 14 days.
portal-no-request-match = No call is like this. Check what you entered.
portal-class = Status
portal-class-all = All
portal-class-refused = 4xx: refused
portal-class-failed = 5xx: not answered
portal-credential = Credential
portal-credential-all = All
portal-call = Call
portal-answer = Answer
portal-why = Why
portal-why-client-id = The body names another client than the keys. Leave client_id out.
portal-why-tefca = TEFCA is not switched on for this mode. Switch it on under “Details”.
portal-why-byoi = BYOI is not switched on for this mode. Switch it on under “Details”.
portal-why-no-hcid = The organization has no HCID, so no ID token can be meant for it. Enter it under “Details”.
portal-why-request-uri = A pushed request cannot name another one. Leave request_uri out.
portal-why-scope = The scope must be “openid profile email”, perhaps with “offline_access”; of a client by FAPI 2.0 it must hold “openid”.
portal-why-response-type = The response_type must be “code”.
portal-why-audience = audience or resource names something else than this API. Leave it out.
portal-why-redirect-uri = The redirect_uri is not registered for this credential. Leave it out, or register it.
portal-why-idp = idp is missing or names no trusted CSP. The portal's first page lists those that are trusted.
portal-why-no-token = idp_id_token is missing, and the credential's policy does not switch hosted proofing on.
portal-why-keys = The CSP's keys could not be fetched, so its signature could not be checked. Try again. If it stays so, check the CSP.
portal-why-email-mode = The e-mail in the token does not fit the mode: test keys take synthetic patients only, live keys real ones only.
portal-why-replayed = The ID token was pushed before, by another client or where each token counts once. Get a fresh one.
portal-why-busy = There were too many calls at a time. Wait as long as Retry-After says, and spread them.
portal-why-code-unknown = The code is unknown, or was made for another client.
portal-why-code-redirect-uri = The redirect_uri is not the one of the authorization request.
portal-why-code-verifier = The code_verifier does not fit the code_challenge of the authorization request.
portal-why-code-spent = The code was used before or has expired. Each works once and for a minute.
portal-why-grant-type = The grant_type must be “authorization_code”, “refresh_token” or “client_credentials”.
portal-why-unreadable = The call was not in the form that is expected. Compare parameters, content type and body with the guide.
portal-why-not-found = There is nothing with this ID in this organization and mode. Check the ID, and that the key is of the right mode.
portal-why-connection-revoked = The connection is revoked. The patient must connect again.
portal-why-consent-ended = The patient's consent has ended. The patient must connect again.
portal-why-export-expired = The export file is deleted. Ask for a new export.
portal-why-provider = The provider's sign-in did not answer. Try again later.
portal-why-session-ended = The patient's session was used with another credential's public ID.
portal-why-test-mode-only = Only test keys may do this.
portal-why-request-object = A request object came. Push the parameters themselves.
portal-why-authorization-details = authorization_details came, of which no type is supported. Leave them out.
portal-why-narrower-scope = The scope holds more than the patient allowed. Ask for that or less, or leave it out.
portal-why-response-mode = The response_mode must be “query”. Leave it out.
portal-why-resource = resource is no absolute URI without a fragment. Leave it out, or send the base URL.
portal-why-no-redirect-uri = The redirect_uri has to be pushed with the request.
portal-why-code-challenge = The PKCE challenge is missing or malformed. Send code_challenge with code_challenge_method “S256”.
portal-why-too-long = state, nonce, login_hint or dpop_jkt is longer than 2048 bytes.
portal-why-prompt = prompt holds an unknown value, or “none” beside another. Send none, login, consent or select_account.
portal-why-max-age = max_age must be a number of seconds.
portal-why-patient-id = patient_id needs a token exchange endpoint in the credential's policy, and no ID token beside it.
portal-why-no-proofing = No ID token came, and no CSP is set up to get one from in this mode. The configuration needs an entry of proofing, and mail in live mode.
portal-why-proofing-idp = No ID token came, and the server is no client of the CSP that idp names. Leave idp out, or add an entry of proofing for it.
portal-why-exchange-unreachable = The client's token exchange endpoint cannot be reached. It has to answer within five seconds, over https.
portal-why-exchange-busy = The client's token exchange endpoint asked to come later. Try again when it says.
portal-why-exchange-refused = The client's token exchange endpoint gave no ID token out: it does not know the patient, or does not accept our signature.
portal-why-exchange-unreadable = The client's token exchange endpoint answered something else than an ID token. It has to answer by RFC 8693.
portal-why-exchange-signing = Our assertion for the client's endpoint could not be signed. The server's log says more.
portal-why-no-patient = The client may not act without a patient. Its policy can allow client_credentials.
portal-why-proof-missing = A DPoP proof is required: the client's tokens are bound to a key.
portal-why-proof = The DPoP proof or dpop_jkt does not stand. Make a proof for each request, with its method, its URL, the present time and a new jti.
portal-why-proof-nonce = The DPoP proof lacks a current nonce. Make another one with the nonce of the DPoP-Nonce header.
portal-why-proof-replayed = The DPoP proof was used before. Make one for each request.
portal-why-proof-other-key = The DPoP proof is by another key than the grant is bound to. Use the key that the request was pushed with.
portal-why-refresh-unknown = The refresh token is unknown, another client's, expired or revoked. The patient must sign in again.
portal-why-refresh-reused = The refresh token was used before, so everything that came of it is revoked. The patient must sign in again.
portal-why-link-invalid = The download link is not one of ours, or was changed. Take it from the webhook as it is.
portal-why-server = Something went wrong on this server. Its log says more about this request.

# Audit trail

portal-audit-hint = Newest first, 100 lines a page.
portal-audit-choose = Choose lines
portal-audit-request-hint = Only lines of this request: the x-request-id of its answer. Optional.
portal-audit-actor-hint = Only lines of this public ID, or operator, patient or worker. Optional.
portal-audit-action-hint = Only lines of this action, such as par.refused. Optional.
portal-audit-subject-hint = Only lines about this ID. Optional.
portal-filter = Show these lines
portal-show-all = Show all lines
portal-no-audit-match = No line is like this. Check what you entered.
portal-pages = Pages of the list
portal-newer = Newer lines
portal-older = Older lines
portal-no-audit = Nothing has happened yet.
portal-time = Time
portal-actor = Who
portal-subject = To what
portal-detail = Detail
portal-request-id = Request

# A token under the glass

portal-token-lint = Token check
portal-token-lint-hint = Paste an ID token to see what the rules make of it and what to tell the CSP. Nothing you paste is kept or logged.
portal-token-text = ID token
portal-token-text-hint = Three parts joined by dots. The page does not show it again.
portal-reveal = Show the values of the claims
portal-reveal-hint = Names, dates and addresses are hidden otherwise.
portal-judge = Check the token
portal-token-another = Check another token
portal-token-audience = Organization
portal-token-audience-hint = Its HCID must stand in the audience of the token.
portal-token-any-audience = none: the audience is not compared
portal-token-accepted-but = Accepted, with remarks
portal-token-nothing = Nothing was pasted
portal-token-is-accepted = Accepted
portal-token-is-refused = Refused
portal-token-not-judged = Not judged: the signature cannot be checked
portal-issuer = Issuer
portal-issuer-unknown = Not a trusted CSP
portal-signature = Signature
portal-signature-good = Right
portal-signature-open = Not checked: the issuer's keys are not known
portal-signature-no-keys = Not checked: the issuer's keys cannot be fetched.
portal-findings = Findings
portal-no-findings = No profile has anything to remark on.
portal-rule = Rule
portal-meaning = What it means
portal-tell-csp = What to tell the CSP
portal-grade-fine = Fine
portal-grade-note = Note
portal-grade-warning = Warning
portal-grade-error = Error
portal-token-header = Header
portal-token-claims = Claims
