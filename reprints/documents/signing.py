"""The license as a signed token, so that anyone can check it without asking us: compact JWS (RFC 7515),
Ed25519.

The header says `"alg": "EdDSA"` (RFC 8037). RFC 9864 has since given the curve a name of its own, `Ed25519`,
and calls `EdDSA` deprecated; but PyJWT, the library most partners would verify with, knows only `EdDSA`, and
both names stand for the same signature over the same key. joserfc knows both and warns about the old one; the
registry below does not.

Public keys are published as a JWK set (RFC 7517) under their RFC 7638 thumbprints. A key that no longer signs
stays in the set as long as a license that it signed may be shown.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey

from reprints.documents.wording import duties_in

ALGORITHM = "EdDSA"
TYPE = "license+jwt"
SEED_SIZE = 32

GRANTED = (
    *("use", "portion", "excerpt_text", "format", "quantity", "quantity_unit", "territory", "languages", "starts_on"),
    *("ends_on", "perpetual", "exclusivity", "modifications", "placement_urls", "ai_purposes", "exclusions"),
    *("credit_line", "test"),
)
"""The claims about what may be done and on which conditions: members of the snapshot, which the API calls the same."""


class UnverifiedLicense(Exception):
    """The text is not a license token signed by one of our keys."""


class _OneAlgorithm(jws.JWSRegistry):
    """Knows Ed25519 under its older name and nothing else; `none` and every HMAC are unknown words to it."""

    def get_alg(self, name: str) -> Any:
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[ALGORITHM]


_REGISTRY = _OneAlgorithm()


def certificate_jws(snapshot: Mapping[str, Any], *, verify_url: str, status_url: str) -> str:
    """The license as a compact JWS.

    Claims: who issued it, its number, when, from and until when it holds (`nbf`, `exp` in the publication's
    zone; `exp` is the start of the day after `ends_on` and absent when perpetual), who holds it and for which
    client, which text, and all that limits the grant (`GRANTED`), under which terms. Never the price, a postal
    address, a contact or the signatory.
    """
    claims = certificate_claims(snapshot, verify_url=verify_url, status_url=status_url)
    key = _private_keys()[0]
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.thumbprint()}
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return jws.serialize_compact(header, payload.encode(), key, registry=_REGISTRY)


def certificate_claims(snapshot: Mapping[str, Any], *, verify_url: str, status_url: str) -> dict[str, Any]:
    """What the token says, before it is signed."""
    article, publication = snapshot["article"], snapshot["publication"]
    claims: dict[str, Any] = {
        "iss": settings.BASE_URL,
        "jti": snapshot["number"],
        "number": snapshot["number"],
        "iat": int(datetime.fromisoformat(snapshot["issued_at"].replace("Z", "+00:00")).timestamp()),
        "publication": {"name": publication["name"], "slug": publication["slug"], "url": publication["url"]},
        "licensee": snapshot["licensee"]["name"],
        "end_client": snapshot["licensee"].get("acting_for", ""),
        "article": {key: article[key] for key in ("reference", "url", "revision", "revision_sha256")},
        "terms_version": snapshot["terms"]["version"],
        "terms_sha256": snapshot["terms"]["sha256"],
        "verify_url": verify_url,
        "status_url": status_url,
        **{name: snapshot[name] for name in GRANTED},
        "duties": duties_in(snapshot["duties"]),
    }
    start, end = validity(snapshot)
    claims["nbf"] = int(start.timestamp())
    if end is not None:
        claims["exp"] = int(end.timestamp())
    return claims


def validity(snapshot: Mapping[str, Any]) -> tuple[datetime, datetime | None]:
    """The first moment and the first moment no longer covered, in the publication's time zone; None: without
    end.
    """
    zone = ZoneInfo(snapshot["publication"]["time_zone"])
    start = datetime.combine(date.fromisoformat(snapshot["starts_on"]), datetime.min.time(), zone)
    if snapshot["perpetual"] or not snapshot["ends_on"]:
        return start, None
    day_after = date.fromisoformat(snapshot["ends_on"]) + timedelta(days=1)
    return start, datetime.combine(day_after, datetime.min.time(), zone)


def verify(token: str) -> dict[str, Any]:
    """The claims of a token signed by one of our keys, whatever members the release that signed it knew. Raises
    UnverifiedLicense for anything else.

    Says that we issued it, not that it is in force: dates are claims to be read, and a license can be
    suspended or revoked after it was signed (`status_url`).
    """
    keys = {key["kid"]: key for key in jwks()["keys"]}
    try:
        parsed = jws.extract_compact(token.encode())
        header = parsed.headers()
        if header.get("typ") != TYPE:
            raise UnverifiedLicense(f"the type is {header.get('typ')!r}, not {TYPE!r}")
        public = keys.get(str(header.get("kid")))
        if public is None:
            raise UnverifiedLicense("the key is not one of ours")
        key = _public_key(_decoded(public["x"]))
        payload = jws.deserialize_compact(token, key, registry=_REGISTRY).payload
        claims = json.loads(payload)
    except (JoseError, ValueError) as error:
        raise UnverifiedLicense(f"the token does not verify: {error}") from error
    if not isinstance(claims, dict):
        raise UnverifiedLicense("the token holds no claims")
    return claims


def jwks() -> dict[str, list[dict[str, str]]]:
    """Our public keys as a JWK set: every key of `LICENSE_KEYS`, then `LICENSE_OLD_PUBLIC_KEYS` (base64url,
    32 bytes) where that setting exists. The first one signs.
    """
    old = [_public_key(_decoded(text)) for text in getattr(settings, "LICENSE_OLD_PUBLIC_KEYS", [])]
    published: dict[str, dict[str, str]] = {}
    for key in [*_private_keys(), *old]:
        point = str(key.as_dict(private=False)["x"])
        kid = key.thumbprint()
        shape = {"kty": "OKP", "crv": "Ed25519", "alg": ALGORITHM, "use": "sig"}
        published[kid] = shape | {"kid": kid, "x": point}
    return {"keys": list(published.values())}


def _private_keys() -> tuple[OKPKey, ...]:
    """The keys of this installation, the signing one first."""
    seeds = list(settings.LICENSE_KEYS)
    if not seeds:
        if settings.PRODUCTION:
            raise ImproperlyConfigured("LICENSE_KEYS is empty: licenses cannot be signed.")
        seeds = [_kept_seed(Path(settings.VAR) / "license_key")]
    return _imported(tuple(seeds))


@lru_cache(maxsize=8)
def _imported(seeds: tuple[str, ...]) -> tuple[OKPKey, ...]:
    return tuple(_private_key(_decoded(seed)) for seed in seeds)


def _kept_seed(path: Path) -> str:
    """The seed of this installation, made on first use (never in production). Of two processes that make it
    at once, the second takes the first one's: the finished file appears under its name in one step.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".license_key-")  # mode 0600
        with os.fdopen(handle, "w") as file:
            file.write(_encoded(secrets.token_bytes(SEED_SIZE)))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    return path.read_text().strip()


def _private_key(seed: bytes) -> OKPKey:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    point = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _encoded(point), "d": _encoded(seed)})


def _public_key(point: bytes) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _encoded(point)})


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decoded(text: str) -> bytes:
    """Base64url, with or without padding, of exactly 32 bytes; ImproperlyConfigured otherwise."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise ImproperlyConfigured("A license key is not base64url.") from error
    if len(raw) != SEED_SIZE:
        raise ImproperlyConfigured(f"A license key is {SEED_SIZE} bytes, not {len(raw)}.")
    return raw
