"""Story two over the API: from a price to an acknowledged correction, and a stranger at every door."""

import jwt
import pytest

from corrections.services import correction as notices
from newsroom.events import planning
from newsroom.events.models import Event
from reprints.models import License, LicenseRequest, Quote, UpdateNotice
from reprints.services import asking, deciding, quoting
from tests.factories import make_staff, revise
from tests.reprints import factories as make
from tests.reprints.api.conftest import refused

pytestmark = pytest.mark.django_db
FIXED = "The council met on Monday.\n\nIt spent 1.45 million on the bridge."


def publish_fix(article):
    """A correction of the article, whose fixed text is revision 2; planned, so that its licensees have been told."""
    editor = make_staff(article.publication, "desk_editor")
    draft = notices.start(article.publication, by=editor, articles=[article])
    fixed = revise(article, body=FIXED)
    notices.edit(draft, by=editor, text="An earlier version misstated the cost. It was 1.45 million.", severity="low")
    draft = notices.see_fix(draft, by=editor, article=article, revision=fixed.number)
    published = notices.publish(
        notices.send_for_approval(draft, by=editor), by=make_staff(article.publication, "standards_editor")
    )
    while planning.plan_due():
        pass
    return published


def test_a_partner_gets_from_a_price_to_an_acknowledged_correction(daily, partner, other, anyone):
    first, second = make.make_article(daily), make.make_article(daily)
    wanted = [make.item(first), make.item(second, use="republish_print", format="print", quantity_unit="copies")]

    estimate = anyone.post("license-requests/estimate/", {"items": wanted})
    assert estimate.status_code == 200
    assert (estimate.json()["lane"], estimate.json()["total"]) == ("priced", {"amount": "350.00", "currency": "USD"})
    assert (LicenseRequest.objects.count(), Event.objects.count()) == (0, 0)

    request = partner.asked(*wanted, po_number="PO-17")
    assert (request["status"], request["lane"], request["answer_by"]) == ("quoted", "priced", None)
    assert (len(request["items"]), request["licenses"], request["test"]) == (2, [], False)
    assert refused(other.get(f"license-requests/{request['reference']}/")) == (404, "not_found")

    (reference,) = request["quotes"]
    read = partner.get(f"quotes/{reference}/")
    quote = read.json()
    assert (quote["status"], quote["net"]) == ("open", estimate.json()["total"])
    assert [line["price"]["amount"] for line in quote["lines"]] == ["150.00", "200.00"]
    assert quote["lines"][0]["trace"][-1]["subtotal"] == "150.00"
    assert read["ETag"] == quote["etag"] == f'"{reference}.{Quote.objects.get().version}"'
    assert (quote["number"], quote["version"]) == (1, 1)
    assert partner.get(f"quotes/{reference}/pdf/").content[:5] == b"%PDF-"
    signed = partner.signed(quote)
    assert refused(other.get(f"quotes/{reference}/")) == (404, "not_found")
    assert refused(other.get(f"quotes/{reference}/pdf/")) == (404, "not_found")
    assert refused(other.post(f"quotes/{reference}/accept/", signed, match=quote["etag"])) == (404, "not_found")
    assert refused(other.post(f"quotes/{reference}/decline/")) == (404, "not_found")

    accepted = partner.post(f"quotes/{reference}/accept/", signed, match=quote["etag"])
    numbers = list(License.objects.order_by("pk").values_list("reference", flat=True))
    assert (accepted.status_code, accepted.json()) == (
        200,
        {"status": "accepted", "licenses": numbers, "invoice": None},
    )
    done = partner.get(f"license-requests/{request['reference']}/").json()
    assert (done["status"], done["licenses"]) == ("fulfilled", numbers)

    number = numbers[0]
    license_ = partner.get(f"licenses/{number}/").json()
    assert (license_["effective_status"], license_["article"]["reference"]) == ("active", first.reference)
    documents = license_["documents"]
    assert partner.get(documents["pdf"]).content[:5] == b"%PDF-"
    token = partner.get(documents["jws"]).content.decode()
    key = next(
        row
        for row in anyone.http.get("/.well-known/jwks.json").json()["keys"]
        if row["kid"] == jwt.get_unverified_header(token)["kid"]
    )
    claims = jwt.decode(
        token, jwt.PyJWK(key, algorithm="EdDSA").key, algorithms=["EdDSA"], options={"verify_nbf": False}
    )
    assert (claims["number"], claims["article"]["revision"]) == (number, 1)
    odrl = partner.get(documents["odrl"]).json()
    assert (odrl["@type"], odrl["dct:identifier"]) == ("Agreement", number)
    assert "1.2 million" in partner.get(documents["content"]).content.decode()
    for path in ("", "certificate.pdf", "certificate.jws", "odrl/", "content/"):
        assert refused(other.get(f"licenses/{number}/{path}")) == (404, "not_found")
        assert refused(anyone.get(f"licenses/{number}/{path}")) == (401, "not_authenticated")
    assert anyone.get(f"licenses/{number}/status/").json()["status"] == "valid"

    correction = publish_fix(first)
    (notice,) = partner.get(f"update-notices/?license={number}").json()["results"]
    assert (notice["correction"], notice["kind"], notice["duty"], notice["revision"], notice["status"]) == (
        *(correction.reference, "correction", "replace_or_append", 2, "open"),
    )
    assert other.get("update-notices/").json()["results"] == []
    text = partner.get(notice["content"]).content.decode()
    assert ("1.45 million" in text, "1.2 million" in text) == (True, False)
    answer = {"action": "replaced", "url": "https://partner.example/story", "note": ""}
    path = f"update-notices/{notice['reference']}/acknowledge/"
    assert refused(other.post(path, answer)) == (404, "not_found")
    acknowledged = partner.post(path, answer)
    assert (acknowledged.status_code, acknowledged.json()["status"]) == (200, "acknowledged")
    assert UpdateNotice.objects.get().action_url == "https://partner.example/story"


def test_a_silent_edit_is_not_handed_out_but_the_licensed_text_still_is(story, partner):
    (license_,) = partner.licensed(story)
    revise(story, body="The council met on Monday.\n\nNobody was told of this.")
    content = f"licenses/{license_['number']}/content/"
    assert "1.2 million" in partner.get(content).content.decode()
    assert refused(partner.get(f"{content}?revision=2")) == (404, "not_found")
    assert "1.2 million" in partner.get(f"{content}?revision=1").content.decode()


def test_the_corrected_revision_comes_by_itself_and_the_licensed_one_by_its_number(story, partner):
    (license_,) = partner.licensed(story)
    publish_fix(story)
    content = f"licenses/{license_['number']}/content/"
    plain, ninjs = partner.get(f"{content}?as=text"), partner.get(f"{content}?as=ninjs")
    assert ("1.45 million" in plain.content.decode(), plain["Content-Type"]) == (True, "text/plain; charset=utf-8")
    assert (ninjs.json()["version"], ninjs.json()["altIds"][0]["value"]) == ("2", license_["number"])
    assert "1.2 million" in partner.get(f"{content}?revision=1").content.decode()
    assert refused(partner.get(f"{content}?revision=3")) == (404, "not_found")


def test_the_same_acknowledgement_again_is_no_quarrel_and_another_one_is(story, partner):
    partner.licensed(story)
    publish_fix(story)
    (notice,) = partner.get("update-notices/").json()["results"]
    path = f"update-notices/{notice['reference']}/acknowledge/"
    answer = {"action": "appended", "url": "https://partner.example/a", "note": "At the foot."}
    first = partner.post(path, answer, match=notice["etag"])
    again = partner.post(path, answer, match=notice["etag"])
    assert (first.status_code, again.json()) == (200, first.json())
    assert refused(partner.post(path, {**answer, "note": "At the top."})) == (409, "conflict")
    assert Event.objects.filter(kind="update_notice.acknowledged").count() == 1


def test_replaced_is_not_believed_before_the_corrected_text_is_there(story, partner):
    partner.licensed(story)
    make.happened("correction.published", story)
    planning.plan_due()
    (notice,) = partner.get("update-notices/").json()["results"]
    path = f"update-notices/{notice['reference']}/acknowledge/"
    assert notice["revision"] is None
    assert refused(partner.post(path, {"action": "replaced"})) == (409, "no_revision")


def test_the_manual_lane_promises_a_date_and_the_thread_goes_both_ways(daily, partner, other):

    wire = make.make_article(daily, source_agency="AP")
    request = partner.asked(make.item(wire))
    path = f"license-requests/{request['reference']}/"
    assert (request["lane"], request["status"], request["quotes"]) == ("manual", "submitted", [])
    assert request["answer_by"].endswith("Z")
    said = partner.post(f"{path}messages/", {"words": "For Tuesday, please."}, once="m1")
    assert (said.status_code, said.json()["author"], said.json()["words"]) == (201, "partner", "For Tuesday, please.")
    editor = make.make_staff(daily, "licensing_editor")
    row = LicenseRequest.objects.get()
    asking.message(row, words="Between us.", by=editor, internal=True)
    assert refused(partner.post(f"{path}reply/", {"words": "Yes."})) == (409, "conflict")
    deciding.ask(deciding.take_up(row, by=editor), by=editor, words="For how many readers?")
    answered = partner.post(f"{path}reply/", {"words": "Five thousand."})
    assert (answered.status_code, answered.json()["status"]) == (200, "in_review")
    thread = partner.get(f"{path}messages/").json()["results"]
    assert [(row["author"], row["move"], row["words"]) for row in thread] == [
        ("partner", None, "For Tuesday, please."),
        ("editor", "ask", "For how many readers?"),
        ("partner", "reply", "Five thousand."),
    ]
    for door in ("messages/", ""):
        assert refused(other.get(path + door)) == (404, "not_found")
    for door in ("reply/", "messages/"):
        assert refused(other.post(path + door, {"words": "Hello."}, once="x")) == (404, "not_found")
    assert refused(other.post(f"{path}withdraw/")) == (404, "not_found")
    gone = partner.post(f"{path}withdraw/", {"words": "Too late for us."})
    assert (gone.json()["status"], Quote.objects.count()) == ("withdrawn", 0)


def test_a_short_quotation_is_free_and_licensed_at_once(story, partner):
    request = partner.asked(
        make.item(story, use="excerpt_quote", portion="quote", excerpt_text="It spent 1.2 million on the bridge.")
    )
    assert (request["lane"], request["status"], len(request["licenses"])) == ("free", "fulfilled", 1)
    license_ = partner.get(f"licenses/{request['licenses'][0]}/").json()
    assert license_["price"] == {"amount": "0.00", "currency": "USD"}


def test_a_draft_of_the_desk_is_not_a_quote_yet(daily, partner):

    request = partner.asked(make.item(make.make_article(daily, source_agency="AP")))
    editor = make.make_staff(daily, "licensing_editor")
    draft = quoting.draft(deciding.take_up(LicenseRequest.objects.get(), by=editor), by=editor)
    assert partner.get("quotes/").json()["results"] == []
    assert refused(partner.get(f"quotes/{draft.reference}/")) == (404, "not_found")
    assert partner.get(f"license-requests/{request['reference']}/").json()["quotes"] == []
