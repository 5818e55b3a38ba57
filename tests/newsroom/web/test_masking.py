"""What opens a private page stands in no log: ours, and that of the example proxy in front."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.tokens import default_token_generator

from newsroom import links, references
from newsroom.web.requests import mask
from tests.doors.test_matrix import routes
from tests.factories import make_staff

NGINX = Path(__file__).resolve().parents[3] / "deploy" / "nginx.conf"
SECRET = {"token", "key", "uidb64"}
"""Parts of an address that open something: `key` is a token, or a reference that opens nothing without its cookie."""
OPEN = {
    *("app_label", "button", "code", "content_type_id", "delivery_id", "endpoint_id", "id", "key_id", "name", "number"),
    *("object_id", "record", "reference", "rest", "starter", "url", "version"),
}
PART = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture
def secrets(db):
    """What really stands in such addresses."""
    person = make_staff()
    return {
        "token": links.token("x", "R-22222222-R", links.new_nonce()),
        "key": links.token("report", "R-22222222-R", links.new_nonce()),
        "uidb64": "MTIz",
        "password": default_token_generator.make_token(person),
    }


def filled(pattern, secrets):
    """The path of a route, and the secrets in it."""
    chosen = {**secrets, "token": secrets["password"]} if "uidb64" in pattern else secrets
    names = PART.findall(pattern)
    path = PART.sub(lambda part: chosen.get(part[1], references.new("report")), pattern)
    return f"/{path}", [chosen[name] for name in names if name in SECRET]


def nginx_masks():
    """The patterns of the map, with what each is logged as."""
    rows = re.findall(r'^ +"~(.+)" (.+);$', NGINX.read_text(), re.MULTILINE)
    return [(re.compile(pattern.replace("(?<", "(?P<")), logged) for pattern, logged in rows]


def nginx_logs(uri):
    for pattern, logged in nginx_masks():
        if found := pattern.search(uri):
            return re.sub(r"\$(\w+?)(?=\W|$)", lambda name: found[name[1]], logged)
    return uri


def test_every_part_of_every_address_is_known_to_open_something_or_not():
    named = {name for pattern in routes() for name in PART.findall(pattern)}
    assert named - OPEN - SECRET == set()
    assert named & SECRET == SECRET


def test_no_secret_of_any_address_is_logged(secrets):
    shown = []
    for pattern in routes():
        path, hidden = filled(pattern, secrets)
        for secret in hidden:
            lines = [mask(f"GET {path} 200"), mask(f"'{path}'"), mask(f"https://desk.example{path}?stay=1 failed")]
            lines += [nginx_logs(path), nginx_logs(f"{path}?stay=1"), nginx_logs(path.rstrip("/"))]
            shown += [(pattern, line) for line in lines if secret in line]
    assert shown == []


def test_a_cut_or_escaped_token_is_masked_and_a_reference_is_not(secrets):
    token = secrets["key"]
    for part in (token[:-1], token[:30], f"%4D{token[1:]}", token + "x"):
        assert mask(f"/corrections/reports/{part}/reply/ 404") == "/corrections/reports/…/reply/ 404"
        assert nginx_logs(f"/corrections/reports/{part}/reply/?a=b") == "/corrections/reports/.../reply/"
    for path in ("/corrections/reports/R-7K3QX2MW-4/", "/admin/password_reset/done/", "/corrections/new/?url=x"):
        assert (mask(path), nginx_logs(path)) == (path, path)
