import base64
import json
import stat
from pathlib import Path

import jwt
import pytest
from django.core.exceptions import ImproperlyConfigured
from joserfc.jwk import OKPKey

from reprints.documents.signing import UnverifiedLicense, certificate_jws, jwks, validity, verify
from reprints.models.asking import ITEM_FIELDS
from tests.reprints.snapshots import STATUS_URL, VERIFY_URL, snapshot

OLD, NEW = (base64.urlsafe_b64encode(bytes([n]) * 32).decode().rstrip("=") for n in (1, 2))


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.LICENSE_KEYS = [NEW, OLD]
    settings.BASE_URL = "https://desk.example"


def token(**changes):
    return certificate_jws(snapshot(**changes), verify_url=VERIFY_URL, status_url=STATUS_URL)


def read_by_another_library(text):
    """PyJWT, with nothing but the published keys."""
    keys = jwt.PyJWKSet.from_dict(json.loads(json.dumps(jwks())))
    key = keys[jwt.get_unverified_header(text)["kid"]]
    return jwt.decode(text, key, algorithms=["EdDSA"], options={"verify_exp": False, "verify_nbf": False})


def forged(header, payload=b"{}", signature=b""):
    parts = [json.dumps(header).encode(), payload, signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_the_token_says_what_was_licensed_and_nothing_private():
    assert read_by_another_library(token()) == {
        "iss": "https://desk.example",
        "jti": "L-7K3QX2MW-4",
        "number": "L-7K3QX2MW-4",
        "iat": 1795428000,
        "nbf": 1796101200,
        "exp": 1827637200,
        "publication": {"name": "The Daily Example", "slug": "daily", "url": "https://daily.example"},
        "licensee": "Partner Media GmbH",
        "end_client": "",
        "article": {
            "reference": "A-7K3QX2MW-4",
            "url": "https://daily.example/politics/bridge",
            "revision": 3,
            "revision_sha256": snapshot()["article"]["revision_sha256"],
        },
        "use": "republish_web",
        "portion": "full_text",
        "excerpt_text": None,
        "format": "web",
        "quantity": 50000,
        "quantity_unit": "monthly_users",
        "territory": ["US", "CA"],
        "languages": ["en"],
        "starts_on": "2026-12-01",
        "ends_on": "2027-11-30",
        "perpetual": False,
        "exclusivity": "none",
        "modifications": "none",
        "placement_urls": [],
        "ai_purposes": [],
        "exclusions": ["photo: AP"],
        "credit_line": "By Ann Reporter. © 2026 The Daily Example.",
        "duties": snapshot()["duties"],
        "test": False,
        "terms_version": "2026-1",
        "terms_sha256": snapshot()["terms"]["sha256"],
        "verify_url": VERIFY_URL,
        "status_url": STATUS_URL,
    }


def test_the_token_names_every_member_of_a_grant_as_the_api_calls_it():
    granted = {"format": "pdf", "quantity": 200, "quantity_unit": "copies", "ai_purposes": ["ground"]}
    granted |= {"portion": "excerpt", "excerpt_text": "One sentence.", "placement_urls": ["https://partner.example/a"]}
    claims = verify(token(**granted, licensee={"acting_for": "Client Ltd."}))
    assert {name: claims[name] for name in granted} == granted
    assert claims["end_client"] == "Client Ltd."
    assert set(ITEM_FIELDS) <= set(claims)


def test_a_license_signed_before_the_token_named_the_whole_grant_still_verifies():
    claims = {"number": "L-7K3QX2MW-4", "use": "republish_web"}
    ours = jwt.PyJWK({"kty": "OKP", "crv": "Ed25519", "d": NEW, "x": jwks()["keys"][0]["x"]}, algorithm="EdDSA").key
    headers = {"typ": "license+jwt", "kid": jwks()["keys"][0]["kid"]}
    assert verify(jwt.encode(claims, ours, algorithm="EdDSA", headers=headers)) == claims


def test_both_libraries_read_the_same():
    assert verify(token()) == read_by_another_library(token())


def test_the_header_names_algorithm_type_and_key():
    header = jwt.get_unverified_header(token())
    assert header == {"alg": "EdDSA", "typ": "license+jwt", "kid": jwks()["keys"][0]["kid"]}


def test_the_last_day_counts_in_the_publications_zone():
    start, end = validity(snapshot())
    assert (start.isoformat(), end.isoformat()) == ("2026-12-01T00:00:00-05:00", "2027-12-01T00:00:00-05:00")
    start, end = validity(snapshot(starts_on="2026-03-08", ends_on="2026-03-08"))
    assert (end.timestamp() - start.timestamp()) / 3600 == 23


def test_a_perpetual_license_has_no_end():
    assert "exp" not in verify(token(perpetual=True, ends_on=None))


def test_an_expired_license_is_refused_by_the_other_library():
    keys = jwt.PyJWKSet.from_dict(jwks())
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(token(starts_on="2019-01-01", ends_on="2020-01-01"), keys.keys[0], algorithms=["EdDSA"])


def test_every_key_is_published_the_signing_one_first_and_no_private_part(settings):
    published = jwks()["keys"]
    assert [OKPKey.import_key(key).thumbprint() for key in published] == [key["kid"] for key in published]
    assert [sorted(key) for key in published] == [["alg", "crv", "kid", "kty", "use", "x"]] * 2
    settings.LICENSE_KEYS = [OLD, NEW]
    assert [key["kid"] for key in jwks()["keys"]] == [key["kid"] for key in reversed(published)]


def test_a_license_signed_before_the_rotation_still_verifies(settings):
    settings.LICENSE_KEYS = [OLD]
    before, point = token(), jwks()["keys"][0]["x"]
    settings.LICENSE_KEYS = [NEW, OLD]
    assert verify(before)["number"] == "L-7K3QX2MW-4"
    settings.LICENSE_KEYS = [NEW]
    with pytest.raises(UnverifiedLicense):
        verify(before)
    settings.LICENSE_OLD_PUBLIC_KEYS = [point]
    assert verify(before)["number"] == "L-7K3QX2MW-4"


def test_the_key_of_a_development_machine_is_made_once_and_is_its_owners_alone(settings, tmp_path):
    settings.LICENSE_KEYS, settings.PRODUCTION, settings.VAR = [], False, tmp_path / "var"
    first = jwks()
    path = Path(settings.VAR) / "license_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["license_key"]
    assert jwks() == first
    assert verify(token())["number"] == "L-7K3QX2MW-4"


def test_production_without_a_key_signs_nothing(settings):
    settings.LICENSE_KEYS, settings.PRODUCTION = [], True
    with pytest.raises(ImproperlyConfigured, match="LICENSE_KEYS"):
        token()


@pytest.mark.parametrize("seed", ["short", "!" * 43, "A" * 88])
def test_a_key_of_the_wrong_size_is_a_mistake_of_the_operator(settings, seed):
    settings.LICENSE_KEYS = [seed]
    with pytest.raises(ImproperlyConfigured):
        jwks()


def test_a_token_without_signature_is_refused():
    kid = jwks()["keys"][0]["kid"]
    for alg in ["none", "None", "HS256", "Ed25519", "ES256"]:
        with pytest.raises(UnverifiedLicense):
            verify(forged({"alg": alg, "typ": "license+jwt", "kid": kid}))


def test_the_public_key_is_no_hmac_secret():
    key = jwks()["keys"][0]
    raw = base64.urlsafe_b64decode(key["x"] + "=")
    text = jwt.encode({"number": "L-1"}, raw, algorithm="HS256", headers={"typ": "license+jwt", "kid": key["kid"]})
    with pytest.raises(UnverifiedLicense):
        verify(text)


def test_another_key_another_type_and_changed_words_are_refused():
    stranger = OKPKey.generate_key("Ed25519")
    kid = jwks()["keys"][0]["kid"]
    private = jwt.PyJWK(stranger.as_dict(private=True), algorithm="EdDSA").key
    claims = {"number": "L-7K3QX2MW-4"}
    for headers in [{"typ": "license+jwt", "kid": kid}, {"typ": "license+jwt", "kid": stranger.thumbprint()}]:
        with pytest.raises(UnverifiedLicense):
            verify(jwt.encode(claims, private, algorithm="EdDSA", headers=headers))
    ours = jwt.PyJWK({"kty": "OKP", "crv": "Ed25519", "d": NEW, "x": jwks()["keys"][0]["x"]}, algorithm="EdDSA").key
    with pytest.raises(UnverifiedLicense, match="type"):
        verify(jwt.encode(claims, ours, algorithm="EdDSA", headers={"kid": kid}))
    header, _payload, signature = token().split(".")
    other = base64.urlsafe_b64encode(b'{"number":"L-22222222-2"}').decode().rstrip("=")
    with pytest.raises(UnverifiedLicense):
        verify(f"{header}.{other}.{signature}")


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "é.é.é", "..", "x" * 200_000, "eyJhbGciOiJFZERTQSJ9..", "\x00"])
def test_what_is_no_token_is_refused_in_the_same_way(text):
    with pytest.raises(UnverifiedLicense):
        verify(text)


def test_signing_twice_gives_the_same_token():
    assert token() == token()
