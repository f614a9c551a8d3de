"""A FastAPI dependency that opens a route which names a user to that user alone, by Latchkey's access tokens.

Nobody is asked: a token counts until it expires, also after a sign-out. The README says what to do about that.
"""

import os

import jwt
from fastapi import HTTPException
from fastapi.requests import HTTPConnection
from jwt.utils import base64url_decode, base64url_encode

from latchkey_keys import PublishedKeys

URL = os.environ["LATCHKEY_URL"].rstrip("/")
ISSUER = os.environ.get("LATCHKEY_ISSUER", URL)
SECRET = os.fsencode(os.environ.get("LATCHKEY_JWT_SECRET", ""))
# With a secret the tokens name no audience: the backends that share the secret are the audience. By key pairs it is the public URL.
AUDIENCE = os.environ.get("LATCHKEY_AUDIENCE") or (None if SECRET else ISSUER)
if 0 < len(SECRET) < 32:
    raise ValueError("LATCHKEY_JWT_SECRET has fewer than 32 bytes")

# Security: each key id has one algorithm and one key, and what a token says of its algorithm chooses neither. With a
# secret there is no other key, without it there is no HMAC, so that a public key can never be taken for a secret.
KEYS = {None: ("HS256", SECRET)} if SECRET else PublishedKeys(f"{URL}/api/auth/jwks")
TEXTS = dict.fromkeys(("iss", "sub", "user_id", "jti", "sid"), {str})
CLAIMS = {**TEXTS, **({"aud": {str, list}} if AUDIENCE else {}), "exp": {int}, "iat": {int}}


def caller(request: HTTPConnection) -> str:
    """The user of the request's access token; 401 unless there is exactly one, and it counts."""
    sent = request.headers.getlist("authorization")
    try:
        [[scheme, token]] = [header.split() for header in sent]
        header = jwt.get_unverified_header(token)
        algorithm, key = KEYS[header.get("kid")]
        claims = jwt.decode(token, key, [algorithm], issuer=ISSUER, audience=AUDIENCE, leeway=5)
        # Security: some bits of a signature's last character mean nothing; a second spelling of a token is no token.
        signature = token.rpartition(".")[2]
        is_canonical = base64url_encode(base64url_decode(signature)) == signature.encode()
        is_complete = all(claims[name] and type(claims[name]) in kinds for name, kinds in CLAIMS.items())
        is_access_token = scheme.lower() == "bearer" and header.get("typ") == "at+jwt"
        if is_canonical and is_complete and is_access_token and claims["sub"] == claims["user_id"]:
            return claims["user_id"]
    except (jwt.PyJWTError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        pass  # PyJWT lets out more than its own errors when a token is odd enough.
    challenge = 'Bearer realm="latchkey"' + (', error="invalid_token"' if sent else "")
    raise HTTPException(401, "This route needs a valid access token.", {"WWW-Authenticate": challenge})


def owner(request: HTTPConnection) -> None:
    """Closes each route that has a {user_id} to everybody else: 401 without a valid token, 403 with another's."""
    if "user_id" in request.path_params and caller(request) != request.path_params["user_id"]:
        raise HTTPException(403, "This route belongs to another user than the token.")
