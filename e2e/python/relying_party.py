"""An app built on Authlib: signs a synthetic patient in at the built-in CSP, and takes the ID token on to the
authorization server.

Reads from standard input {server, app, patient, method, csp: [id, secret], backend: [id, secret]}; prints what each
step brought. It walks the hosted pages by their forms.
"""

import json
import os
import re
import sys
from urllib.parse import parse_qsl, urlsplit

# On this machine the demo speaks HTTP.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.base_client.sync_app import BaseApp, OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc.errors import JoseError


class Framework:
    def update_token(self, token, refresh_token=None, access_token=None):
        pass


class App(OAuth2Mixin, OpenIDMixin, BaseApp):
    client_cls = OAuth2Session

    def __init__(self, issuer, client, method, redirect_uri, scope):
        super().__init__(
            Framework(),
            client_id=client[0],
            client_secret=client[1],
            client_kwargs={
                "scope": scope,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": method,
                "revocation_endpoint_auth_method": method,
            },
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        )
        self.redirect_uri = redirect_uri
        OpenIDProviderMetadata(self.load_server_metadata()).validate()

    def session(self):
        return self._get_oauth_client(**self.load_server_metadata())

    def redeem(self, begun, location):
        """Redeems the code that came back, and tries the ID token with another nonce too."""
        back = dict(parse_qsl(urlsplit(location).query))
        assert back["state"] == begun["state"] and back["iss"] == self.server_metadata["issuer"], back
        token = self.fetch_access_token(
            self.redirect_uri, code=back["code"], code_verifier=begun["code_verifier"]
        )
        claims = self.parse_id_token(token, begun["nonce"])
        foreign = refused(lambda: self.parse_id_token(token, "another"), JoseError)
        return token, {"claims": claims, "another_nonce": foreign, "userinfo": self.userinfo(token=token)}

    def renew(self, token):
        """Renews; then renews by the same refresh token again, and again once its successor has been used."""
        renewed = self.refresh(token)
        claims = self.parse_id_token(renewed, None)
        again = refused(lambda: self.refresh(token), OAuthError)
        if again is None:
            self.refresh(renewed)
        return {"claims": claims, "again": again, "late": refused(lambda: self.refresh(token), OAuthError)}

    def refresh(self, token):
        return self.session().refresh_token(self.server_metadata["token_endpoint"], token["refresh_token"])


def refused(attempt, kind):
    try:
        attempt()
    except kind as error:
        return getattr(error, "error", type(error).__name__)
    return None


def submit(page, url, **fields):
    handle = re.search(r'name="handle"[^>]*value="([^"]+)"', page.text)
    assert handle, f"no form on the page of {page.url} (status {page.status_code})"
    return requests.post(url, data={"handle": handle[1], **fields}, allow_redirects=False)


def sign_in(asked):
    issuer = f"{asked['server']}/authenticate/oidc-sandbox"
    app = App(issuer, asked["csp"], asked["method"], f"{asked['app']}/callback", "openid profile email")
    begun = app.create_authorization_url(app.redirect_uri, login_hint="authlib")
    page = submit(requests.get(begun["url"]), f"{issuer}/inquiry/person", contact=asked["patient"])
    back = submit(page, f"{issuer}/inquiry/confirm", code="000000", pass_verifications="on")
    token, told = app.redeem(begun, back.headers["location"])
    return token["id_token"], {**told, "renewed": app.renew(token)}


def consent(asked, id_token):
    server = asked["server"]
    scope = "openid profile email offline_access"
    app = App(server, asked["backend"], asked["method"], f"{asked['app']}/authorized", scope)
    begun = app.create_authorization_url(app.redirect_uri)
    metadata = app.server_metadata
    # Authlib knows no pushed requests: its authorization request is pushed by hand. Its own client authentication
    # names the client.
    request = {name: value for name, value in parse_qsl(urlsplit(begun["url"]).query) if name != "client_id"}
    with app.session() as session:
        pushed = session.post(
            metadata["pushed_authorization_request_endpoint"],
            data={**request, "idp": "openias_csp", "idp_id_token": id_token},
            auth=session.client_auth(asked["method"]),
            withhold_token=True,
        )
        assert pushed.status_code == 201, pushed.text
        query = {"client_id": app.client_id, "request_uri": pushed.json()["request_uri"]}
        page = requests.get(metadata["authorization_endpoint"], params=query)
        back = submit(page, f"{server}/oauth2/authorize/decision", decision="allow")
        token, told = app.redeem(begun, back.headers["location"])

        def standing(token):
            endpoint = metadata["introspection_endpoint"]
            return session.introspect_token(endpoint, token=token["access_token"]).json()

        before = standing(token)
        session.revoke_token(metadata["revocation_endpoint"], token=token["access_token"])
        after = standing(token)
        renewed = app.renew(token)
    return {**told, "before": before, "after": after, "renewed": renewed}


asked = json.load(sys.stdin)
id_token, signed_in = sign_in(asked)
print(json.dumps({"signed_in": signed_in, "consented": consent(asked, id_token)}))
