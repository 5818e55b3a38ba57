"""An AI licensee follows the corrections of what it licensed, and answers for all of it at once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsroom.articles.models import Revision
from newsroom.events import planning
from reprints.models import UpdateNotice
from reprints.services import accepting, asking, quoting
from reprints.services.quoting import Line
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client, faults, refused

pytestmark = pytest.mark.django_db
FEED = "update-notices/sync/"
ANSWER = "update-notices/sync/acknowledge/"


def machine_license(publication, article, partner, **values):
    """What only a person grants: a license for a machine."""
    by = partner.key
    row = make.item(article, **{"use": "ai_input", "ai_purposes": ["ground"], "format": "dataset", **values})
    request = asking.submit({"items": [row]}, publication=publication, organization=partner.organization, by=by)
    editor = make.make_staff(publication, "licensing_editor")
    line = Line(item=request.items.get(), price=Decimal(500), override_reason="Agreed.")
    quote = quoting.open(quoting.draft(request, by=editor, lines=[line]), by=editor)
    signatory = make.signatory_of(partner.organization)
    return accepting.accept(quote, by=by, terms_sha256=quote.terms.sha256, signatory=signatory).licenses.get()


def happens(name, article, **data):
    """It happens, what follows is recorded, and that gets its place in the feed too."""
    make.happened(name, article, **data)
    planning.plan_due()
    planning.plan_due()


def shown(page):
    return [(row["kind"], row["required_action"], row["revision"], row["status"]) for row in page["results"]]


@pytest.fixture
def held(daily, story, partner):
    return machine_license(daily, story, partner)


def test_each_change_says_in_order_whether_to_purge_or_to_read_again(story, partner, held):
    happens("article.withheld", story)
    happens("article.released", story)
    happens("correction.published", story, revision_after={str(story.pk): 1})
    happens("correction.published", story, kind="retraction")
    page = partner.get(FEED).json()
    assert shown(page) == [
        ("hold", "purge", None, "superseded"),
        ("release", "refresh", None, "superseded"),
        ("correction", "refresh", 1, "superseded"),
        ("retraction", "purge", None, "open"),
    ]
    third, last = page["results"][2:]
    assert (third["revision_sha256"], third["license"], third["article"]) == (
        story.revision_sha256,
        held.number,
        story.reference,
    )
    assert third["content"].endswith(f"/api/v1/licenses/{held.number}/content/")
    assert (last["content"], last["due_at"] is not None) == (None, True)


def test_reading_on_from_the_position_shows_what_is_new_and_nothing_twice(story, partner, held):
    happens("correction.published", story)
    first = partner.get(FEED).json()
    assert (len(first["results"]), first["next"]) == (1, None)
    assert partner.get(f"{FEED}?after={first['position']}").json()["results"] == []
    happens("article.revised", story, revision=2)
    page = partner.get(f"{FEED}?after={first['position']}").json()
    assert [(row["type"], row["revision"]) for row in page["results"]] == [("update_notice.revised", 2)]


def test_the_feed_comes_in_pages(story, partner, held):
    for _ in range(3):
        happens("correction.published", story)
    answer = partner.get(f"{FEED}?page_size=2")
    page = answer.json()
    assert len(page["results"]) == 2
    assert answer["Link"] == f'<{page["next"]}>; rel="next"'
    rest = partner.get(page["next"]).json()
    assert (len(rest["results"]), rest["next"]) == (1, None)


def test_one_answer_covers_everything_up_to_its_position(daily, story, partner, held):
    second = make.make_article(daily)
    machine_license(daily, second, partner, ai_purposes=["index"])
    happens("correction.published", story, kind="retraction")
    happens("correction.published", second, revision_after={str(second.pk): 1})
    seen = partner.get(FEED).json()["position"]
    happens("correction.published", second, kind="clarification")
    answer = partner.post(ANSWER, {"through": seen, "note": "Index of 3 a.m."})
    purged = UpdateNotice.objects.get(kind="retraction")
    assert answer.json() == {"acknowledged": [purged.reference], "left": [], "more": False}
    assert (purged.status, purged.action, purged.action_note) == ("acknowledged", "purged", "Index of 3 a.m.")
    assert partner.post(ANSWER, {"through": seen}).json() == {"acknowledged": [], "left": [], "more": False}
    newest = partner.get(FEED).json()["position"]
    assert len(partner.post(ANSWER, {"through": newest}).json()["acknowledged"]) == 1
    assert UpdateNotice.objects.get(kind="clarification").action == "replaced"


def test_a_purge_is_asked_for_answered_and_seen_by_everybody_concerned(client, daily, story, partner, held):
    happens("article.canceled", story)
    page = partner.get(FEED).json()
    assert shown(page) == [("legal_removal", "purge", None, "open")]
    answer = partner.post(ANSWER, {"through": page["position"]}).json()
    assert answer == {"acknowledged": [page["results"][0]["notice"]], "left": [], "more": False}
    assert shown(partner.get(FEED).json()) == [("legal_removal", "purge", None, "acknowledged")]
    planning.plan_due()
    [told] = [row["data"] for row in partner.get("events/").json()["results"] if row["type"].endswith("acknowledged")]
    assert (told["license"], told["action"], told["status"]) == (held.number, "purged", "acknowledged")
    editor = make.make_staff(daily, "licensing_editor")
    editor.is_staff = True
    editor.save(update_fields=["is_staff"])
    client.force_login(editor)
    notice = UpdateNotice.objects.get()
    desk = client.get(reverse("admin:reprints_updatenotice_change", args=[notice.pk])).content.decode()
    assert ("1 of 1 confirmed" in desk, "Every copy deleted" in desk) == (True, True)


def test_a_text_that_is_not_there_yet_cannot_have_been_read_again(story, partner, held):
    happens("correction.published", story)
    notice = UpdateNotice.objects.get()
    answer = partner.post(ANSWER, {"through": partner.get(FEED).json()["position"]}).json()
    assert answer["left"] == [{"reference": notice.reference, "code": "no_revision"}]
    happens("article.revised", story, revision=2)
    answer = partner.post(ANSWER, {"through": partner.get(FEED).json()["position"]}).json()
    assert answer["acknowledged"] == [notice.reference]


def test_the_text_that_arrived_after_the_position_is_not_answered_for(story, partner, held):
    happens("correction.published", story)
    before = partner.get(FEED).json()["position"]
    happens("article.revised", story, revision=2)
    assert partner.post(ANSWER, {"through": before}).json()["acknowledged"] == []


def test_what_people_read_is_not_in_the_feed_nor_what_is_anothers(daily, story, partner, other, held):
    partner.licensed(story)
    happens("correction.published", story)
    assert UpdateNotice.objects.count() == 2
    assert [row["license"] for row in partner.get(FEED).json()["results"]] == [held.number]
    assert partner.get(f"{FEED}?license={held.number.lower()}").json()["results"] != []
    assert other.get(FEED).json()["results"] == []
    assert refused(other.get(f"{FEED}?license={held.number}")) == (404, "not_found")
    assert other.post(ANSWER, {"through": 10**9}).json()["acknowledged"] == []
    assert UpdateNotice.objects.filter(status="open").count() == 2


@pytest.mark.parametrize(
    ("query", "place"),
    [("after=-1", "/after"), ("after=x", "/after"), ("page_size=101", "/page_size"), ("since=1", "/since")],
)
def test_a_query_that_cannot_be_meant_is_refused(partner, query, place):
    assert faults(partner.get(f"{FEED}?{query}"))[0][0] == place


@pytest.mark.parametrize("body", [{}, {"through": 0}, {"through": "x"}, {"through": 1, "action": "x"}])
def test_an_answer_that_cannot_be_meant_is_refused(partner, body):
    assert partner.post(ANSWER, body).status_code == 422


def test_the_scopes_are_those_of_update_notices(daily):
    narrow = Client(make.make_organization(), scopes=["licenses:read"])
    assert refused(narrow.get(FEED)) == (403, "not_allowed")
    assert refused(narrow.post(ANSWER, {"through": 1})) == (403, "not_allowed")


def test_a_page_of_thirty_costs_as_many_queries_as_a_page_of_one(story, partner, held):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            rows = partner.get(f"{FEED}?page_size=100").json()["results"]
        return len(rows), len(queries)

    fixed = {"revision_after": {str(story.pk): 1}}
    happens("correction.published", story, **fixed)
    cost()
    one, few = cost()
    for _ in range(29):
        happens("correction.published", story, **fixed)
    assert (one, cost()) == (1, (30, few))


def test_the_corrected_text_is_there_is_told_to_the_hook_with_its_revision(story, held):
    happens("correction.published", story)
    with_text = timezone.now() + timedelta(seconds=1)
    Revision.objects.create(
        article=story,
        number=2,
        headline=story.headline,
        body="It spent 1.45 million.",
        sha256="b" * 64,
        seen_at=with_text,
    )
    happens("article.revised", story, revision=2)
    notice = UpdateNotice.objects.get()
    told = planning.hook_data(notice.origin_event.__class__.objects.get(kind="update_notice.revised"))
    assert (told["reference"], told["revision"], told["license"]) == (notice.reference, 2, held.number)
