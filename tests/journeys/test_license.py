"""Story two: a partner licenses two articles, one is corrected, and the correction follows the copy."""

from __future__ import annotations

import json
import re
import secrets
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from standardwebhooks import Webhook

from tests.journeys.people import Browser, Editor, Partner, link_in
from tests.journeys.stack import text_of

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
STARTS_ON = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"
ENDS_ON = f"{datetime.now(UTC) + timedelta(days=367):%Y-%m-%d}"


def item(article, **over):
    return {
        "article_url": article["url"],
        "use": "republish_web",
        "portion": "full_text",
        "format": "web",
        "quantity": 50_000,
        "quantity_unit": "monthly_users",
        "territory": ["US"],
        "languages": ["en"],
        "starts_on": STARTS_ON,
        "ends_on": ENDS_ON,
        **over,
    }


def body(*items):
    return {"items": list(items), "organization_type": "publisher", "currency": "USD"}


def articles(stack, lane):
    return [row for row in stack.demo["articles"] if row["lane"] == lane]


def key():
    return secrets.token_hex(8)


def verified(stack, request):
    """The hook's body, once the reference implementation has accepted its signature."""
    return Webhook(stack.demo["webhook_secret"]).verify(request.body, request.headers)


def test_the_priced_lane_from_price_to_acknowledged_correction(stack):
    partner, other, anyone = Partner(stack, "partner"), Partner(stack, "other_partner"), Partner(stack, "")
    first, second = articles(stack, "priced")[:2]
    asked = body(item(first), item(second))

    assert anyone.call("POST", "/license-requests/estimate/", asked, expect=200).json()["lane"] == "priced"
    estimate = partner.call("POST", "/license-requests/estimate/", asked, expect=200).json()
    assert estimate["lane"] == "priced"
    partner.call("POST", "/license-requests/", asked, expect=400)
    once = key()
    request = partner.call("POST", "/license-requests/", asked, expect=201, Idempotency_Key=once).json()
    again = partner.call("POST", "/license-requests/", asked, expect=201, Idempotency_Key=once).json()
    assert again == request
    partner.call("POST", "/license-requests/", body(item(first)), expect=422, Idempotency_Key=once)
    assert (request["lane"], request["status"], len(request["quotes"])) == ("priced", "quoted", 1)
    other.call("GET", f"/license-requests/{request['reference']}/", expect=404)

    path = f"/quotes/{request['quotes'][0]}/"
    hook = verified(stack, stack.wait_for_hook("quote.opened", having=request["quotes"][0]))
    assert hook["data"]["status"] == "open"
    read = partner.call("GET", hook["data"]["url"], expect=200)
    quote = read.json()
    assert (
        quote["gross"]["amount"] == estimate["total"]["amount"] or quote["net"]["amount"] == estimate["total"]["amount"]
    )
    other.call("GET", path, expect=404)
    signed = {"terms_sha256": quote["terms_sha256"], "signatory": stack.demo["signatory"]}
    partner.call("POST", f"{path}accept/", signed, expect=428)
    partner.call("POST", f"{path}accept/", signed, expect=412, If_Match='"stale"')
    other.call("POST", f"{path}accept/", signed, expect=404, If_Match=read.headers["ETag"])
    accepted = partner.call("POST", f"{path}accept/", signed, expect=200, If_Match=read.headers["ETag"]).json()
    assert (accepted["status"], len(accepted["licenses"]), accepted["invoice"]) == ("accepted", 2, None)
    assert partner.call("POST", f"{path}accept/", signed, expect=200, If_Match='"stale"').json() == accepted

    held = [partner.call("GET", f"/licenses/{number}/", expect=200).json() for number in accepted["licenses"]]
    license_ = next(row for row in held if row["article"]["reference"] == first["reference"])
    number = license_["number"]
    pdf = partner.call("GET", license_["documents"]["pdf"], expect=200)
    assert pdf.content.startswith(b"%PDF-")
    token = partner.call("GET", license_["documents"]["jws"], expect=200).text.strip().strip('"')
    keys = anyone.call("GET", f"{stack.base}/.well-known/jwks.json", expect=200).json()["keys"]
    kid = jwt.get_unverified_header(token)["kid"]
    public = jwt.PyJWK(next(row for row in keys if row["kid"] == kid), algorithm="EdDSA")
    claims = jwt.decode(
        token, public.key, algorithms=["EdDSA"], options={"verify_aud": False, "verify_nbf": False, "verify_iat": False}
    )
    assert number in json.dumps(claims)
    for name in ("", "certificate.pdf", "certificate.jws", "odrl/", "content/"):
        other.call("GET", f"/licenses/{number}/{name}", expect=404)
    status = anyone.call("GET", f"/licenses/{number}/status/", expect=200).json()
    assert status["status"] in {"valid", "not_yet_valid"}
    assert number in Browser(stack.base).open(f"/licenses/verify/{number}/").text

    notice = publish_correction(stack, first)
    hook = verified(stack, stack.wait_for_hook("update_notice.opened", having=number))
    listed = partner.call("GET", f"/update-notices/?license={number}", expect=200).json()["results"]
    update = next(row for row in listed if row["correction"] == notice)
    assert (update["status"], update["reference"]) == ("open", hook["data"]["reference"])
    text = partner.call("GET", f"/licenses/{number}/content/", expect=200).text
    assert "Corrected passage of the journey" in text
    theirs = other.call("GET", "/update-notices/", expect=200).json()["results"]
    assert [row for row in theirs if row["reference"] == update["reference"] or row["license"] == number] == []
    answer = {"action": "replaced", "url": "https://partner.example/story", "note": ""}
    other.call("POST", f"/update-notices/{update['reference']}/acknowledge/", answer, expect=404, Idempotency_Key=key())
    done = partner.call(
        "POST", f"/update-notices/{update['reference']}/acknowledge/", answer, expect=200, Idempotency_Key=key()
    )
    assert done.json()["status"] == "acknowledged"


def publish_correction(stack, article):
    """The CMS sends the fixed text, the desk publishes a correction; its reference."""
    cms = Partner(stack, "cms")
    known = cms.call("GET", f"/articles/{article['reference']}/", expect=200).json()
    text = known["body"] + "\n\nCorrected passage of the journey."
    fixed = cms.call(
        "PUT", "/articles/", {"url": known["url"], "headline": known["headline"], "body": text}, expect=200
    ).json()
    editor = Editor(stack, "editor").open("/admin/corrections/correction/start/correction/")
    editor.send({"article": article["url"], "kind": "correction"}, action="/start/correction/")
    words = "An earlier version misstated the vote on the harbor. It was 7 to 4."
    editor.press("edit", {"kind": "correction", "severity": "low", "text": words})
    reference = re.search(r"C-[2-9A-Z]{8}-[2-9A-Z]", editor.text).group(0)
    choice = editor._form("/do/see_fix/").inputs["article"].value_options
    fix = {"revision": str(fixed["revision"]), "before": str(known["revision"])}
    editor.press("see_fix", {"article": next(value for value in choice if value), **fix})
    page = editor.press("send_for_approval").url
    Editor(stack, "standards").open(page).press("publish")
    return reference


def test_the_manual_lane_with_a_manager_above_the_limit(stack):
    partner = Partner(stack, "partner")
    article = articles(stack, "manual")[0]
    request = partner.call("POST", "/license-requests/", body(item(article)), expect=201, Idempotency_Key=key()).json()
    assert (request["lane"], request["status"], request["quotes"]) == ("manual", "submitted", [])

    mail = stack.wait_for_mail("@", saying=request["reference"])
    mail = next(row for row in mail if "/admin/reprints/" in text_of(row))
    editor = Editor(stack, "licensing").open(link_in(text_of(mail), "/admin/reprints/licenserequest/"))
    editor.press("take_up")
    editor.press("draft_quote", {"price_0": "5000.00", "reason_0": "By hand.", "exclusions_confirmed": "on"})
    quote = editor.page.xpath("//main//a[contains(@href, '/reprints/quote/')]/@href")[0]
    editor.open(quote)
    page = editor.url
    assert editor.page.xpath("//form[contains(@action, '/do/open/')]") == []
    assert "one of these approves it:" in editor.text
    editor.press("propose")
    Editor(stack, "manager").open(page).press("approve", {"reason": "Fine."})
    editor.open(page).press("open")

    detail = partner.call("GET", f"/license-requests/{request['reference']}/", expect=200).json()
    assert detail["status"] == "quoted"
    verified(stack, stack.wait_for_hook("quote.opened", having=detail["quotes"][0]))
    read = partner.call("GET", f"/quotes/{detail['quotes'][0]}/", expect=200)
    assert read.json()["net"] == {"amount": "5000.00", "currency": "USD"}
    signed = {"terms_sha256": read.json()["terms_sha256"], "signatory": stack.demo["signatory"]}
    accepted = partner.call(
        "POST", f"/quotes/{detail['quotes'][0]}/accept/", signed, expect=200, If_Match=read.headers["ETag"]
    )
    assert len(accepted.json()["licenses"]) == 1


def test_refusals_have_their_own_words(stack):
    partner, cms, anyone = Partner(stack, "partner"), Partner(stack, "cms"), Partner(stack, "")
    asked = body(item(articles(stack, "priced")[0]))

    assert anyone.call("POST", "/license-requests/", asked, expect=401).headers["WWW-Authenticate"].startswith("Bearer")
    cms.call("POST", "/license-requests/", asked, expect=403, Idempotency_Key=key())
    partner.call("GET", "/quotes/Q-22222222-2/", expect=404)
    problem = partner.call("POST", "/license-requests/", {**asked, "surprise": 1}, expect=422, Idempotency_Key=key())
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["errors"][0]["pointer"] == "/surprise"
    wrong = body(item(articles(stack, "priced")[0], territory=["US", "ZZ"]))
    problem = partner.call("POST", "/license-requests/", wrong, expect=422, Idempotency_Key=key()).json()
    assert problem["errors"][0]["pointer"] == "/items/0/territory/1"


def test_the_same_by_web_form_and_private_page(stack):
    article = articles(stack, "priced")[2]
    address = f"wanda-{key()}@reader.example"
    asker = Browser(stack.base).open(f"/reprints/new/?url={article['url']}&use=republish_web")
    asker.send({"organization_type": "publisher", "do": "details"}, action="/reprints/new/")
    details = {
        "quantity": "5000",
        "territory": "US",
        "languages": "en",
        "starts_on": STARTS_ON,
        "ends_on": ENDS_ON,
        "name": "Wanda Writer",
        "company": "The Review",
        "email": address,
        "do": "send",
    }
    asker.send(details, action="/reprints/new/")
    assert "Your quote is ready" in asker.text, asker.text[:2000]
    asker.send({"signatory": "Wanda Writer", "agreed": "on"}, action="/accept/")
    number = re.search(r"L-[2-9A-Z]{8}-[2-9A-Z]", asker.response.text).group(0)
    receipt = stack.wait_for_mail(address)[0]
    Browser(stack.base).open(link_in(text_of(receipt), "/reprints/requests/confirm/")).send()

    quote = re.search(r"Q-[2-9A-Z]{8}-[2-9A-Z]", asker.response.text).group(0)
    desk = Editor(stack, "licensing").open(f"/admin/reprints/invoice/?q={quote}")
    desk.open(desk.page.xpath("//table[@id='result_list']/tbody//th//a/@href")[0])
    desk.press("enter_number", {"number": f"RE-{key()}"}).press("pay", {"reference": f"TX-{key()}"})
    assert stack.wait_for_mail(address, saying=number)
    verified = Browser(stack.base).open(f"/licenses/verify/{number.lower()}/").text
    assert "The Review" in verified
    assert "Wanda" not in verified
