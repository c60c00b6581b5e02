"""Lets PyJWT, joserfc and the CMS reader judge ID tokens.

Reads from standard input a list of {issuer, audience, tokens: [..]}, fetches the issuer's keys as each library does,
and prints for each, by judge, one verdict per token: {"accepted": true, "subject"/"patient": ..} or {"accepted":
false, "reason": ..}.
"""

import asyncio
import json
import sys
from urllib.request import urlopen

import joserfc.errors
import jwt
from cmshteial2reader import IAL2Extractor, TokenVerificationError, TokenVerifier
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nbf", "jti"]


def pyjwt(asked, metadata):
    keys = jwt.PyJWKClient(metadata["jwks_uri"])

    def judge(token):
        key = keys.get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=asked["audience"],
            issuer=asked["issuer"],
            options={"require": REQUIRED},
        )
        return {"subject": claims["sub"]}

    return judged_by(judge, jwt.PyJWTError, asked["tokens"])


def joserfc_library(asked, metadata):
    with urlopen(metadata["jwks_uri"]) as answer:
        keys = KeySet.import_key_set(json.load(answer))
    essential = {name: {"essential": True} for name in REQUIRED}
    essential["iss"]["value"] = asked["issuer"]
    essential["aud"]["value"] = asked["audience"]
    registry = joserfc_jwt.JWTClaimsRegistry(**essential)

    def judge(token):
        found = joserfc_jwt.decode(token, keys, algorithms=["RS256"])
        registry.validate(found.claims)
        return {"subject": found.claims["sub"]}

    return judged_by(judge, joserfc.errors.JoseError, asked["tokens"])


def cms_reader(asked, _metadata):
    discovery = asked["issuer"] + "/.well-known/openid-configuration"
    verifier = asyncio.run(
        TokenVerifier.from_oidc_discovery(
            discovery_url=discovery, audience=asked["audience"], issuer=asked["issuer"]
        )
    )
    reader = IAL2Extractor(verifier=verifier)
    return judged_by(
        lambda token: {"patient": asyncio.run(reader.extract(token))}, TokenVerificationError, asked["tokens"]
    )


def judged_by(judge, refusal, tokens):
    """Only the library's own refusals count as such; anything else ends the run."""

    def one(token):
        try:
            return {"accepted": True, **judge(token)}
        except refusal as reason:
            return {"accepted": False, "reason": f"{type(reason).__name__}: {reason}"}

    return [one(token) for token in tokens]


def verdicts(asked):
    with urlopen(asked["issuer"] + "/.well-known/openid-configuration") as answer:
        metadata = json.load(answer)
    return {
        "PyJWT": pyjwt(asked, metadata),
        "joserfc": joserfc_library(asked, metadata),
        "cms-hte-ial2-reader": cms_reader(asked, metadata),
    }


json.dump([verdicts(asked) for asked in json.load(sys.stdin)], sys.stdout, default=str)
