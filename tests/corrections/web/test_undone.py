"""A retraction that was withdrawn, and put back in force: what pages, feeds and machines call each of the notices."""

import re
from datetime import UTC, datetime

import pytest
from lxml import etree

from corrections.models import Correction
from corrections.services import correction as notices
from newsroom.articles.models import Article
from newsroom.events.models import Event
from newsroom.events.planning import hook_data
from tests.factories import make_article, make_correction, make_follower, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ATOM = {"a": "http://www.w3.org/2005/Atom"}
NAMES = ["Reinstatement of a retraction", "Withdrawal of a retraction", "Retraction"]


@pytest.fixture
def article(daily):
    return make_article(daily, url="https://daily.example/politics/bridge", headline="Bridge opens late")


@pytest.fixture
def three(article):
    """The retraction, what withdrew it, and what put it back in force."""
    retraction = make_correction(article=article, status="published", kind="retraction")
    return retraction, make_follower(retraction, "withdraw"), make_follower(retraction, "reinstate")


def labels(page):
    return [row["kind_label"] for row in page.context["notices"]]


def test_what_withdraws_or_reinstates_a_retraction_is_called_so_for_people(client, article, three):
    embedded = client.get("/embed/article/", {"url": article.url})
    assert [labels(client.get(path)) for path in ("/corrections/", f"/articles/{article.reference}/")] == [NAMES] * 2
    assert labels(embedded) == NAMES
    titles = [client.get(f"/corrections/{row.reference}/").content.decode().split("<title>")[1] for row in three]
    assert [title.partition(": ")[0].strip() for title in titles] == NAMES[::-1]


def test_a_notice_that_was_acted_on_names_every_notice_that_did_with_its_day(client, article, three):
    retraction, withdrawal, reinstatement = three
    last = make_follower(Correction.objects.get(pk=retraction.pk), "supersede")
    days = iter(datetime(2026, 11, day, 12, tzinfo=UTC) for day in (2, 3, 4))
    for row in (withdrawal, reinstatement, last):
        Correction.objects.filter(pk=row.pk).update(published_at=next(days))
    act = re.compile(
        r'<p class="notice__more">(It was [^<]*) <a class="ref" href="([^"]*)">.*?<time[^>]*>([^<]*)</time>'
    )
    for path in ("/corrections/", f"/articles/{article.reference}/", f"/corrections/{retraction.reference}/"):
        assert act.findall(client.get(path).content.decode()) == [
            ("It was withdrawn by", f"/corrections/{withdrawal.reference}/", "Nov. 2, 2026"),
            ("It was put back in force by", f"/corrections/{reinstatement.reference}/", "Nov. 3, 2026"),
            ("It was replaced by", f"/corrections/{last.reference}/", "Nov. 4, 2026"),
        ]


def test_what_acts_on_a_notice_is_not_named_while_it_is_hidden(client, daily, three):
    notices.suppress(Correction.objects.get(pk=three[1].pk), by=make_staff(daily, "legal"), words="Order", hidden=True)
    assert three[1].reference not in client.get(f"/corrections/{three[0].reference}/").content.decode()


def test_feeds_and_json_ld_call_it_so(client, article, three):
    atom = etree.fromstring(client.get("/corrections/feed.atom").content)
    told = client.get("/corrections/feed.json").json()["items"]
    linked = client.get(f"/api/v1/articles/{article.reference}/jsonld/").json()["correction"]
    titles = [f"{name}: Bridge opens late" for name in NAMES]
    assert [row.findtext("a:title", namespaces=ATOM) for row in atom.findall("a:entry", ATOM)] == titles
    assert [item["title"] for item in told] == titles
    assert [row["name"] for row in linked] == NAMES
    tags = ["reinstate:retraction", "withdraw:retraction", "retraction"]
    assert [item["tags"] for item in told] == [[tag] for tag in tags]
    assert [row.find("a:category", ATOM).get("term") for row in atom.findall("a:entry", ATOM)] == tags
    assert [item["_masthead"]["withdraws"] for item in told] == [None, three[0].reference, None]


def test_the_timeline_says_what_was_published_each_time(client, article, three):
    rows = client.get(f"/api/v1/articles/{article.reference}/history/").json()["results"]
    assert [row["summary"] for row in rows if row["correction"]] == [
        "Reinstatement of a retraction published",
        "Retraction reinstated",
        "Withdrawal of a retraction published",
        "Retraction withdrawn",
        "Retraction published",
    ]


def test_machines_read_what_a_notice_acts_on(client, three):
    retraction, withdrawal, reinstatement = (row.reference for row in three)
    rows = {row["reference"]: row for row in client.get("/api/v1/corrections/").json()["results"]}
    said = {name: [rows[name][part] for part in ("effect", "supersedes", "withdraws", "reinstates")] for name in rows}
    assert said == {
        retraction: [None, None, None, None],
        withdrawal: ["withdraw", None, retraction, None],
        reinstatement: ["reinstate", None, None, retraction],
    }
    assert [[row["reference"], row["effect"]] for row in rows[retraction]["followed_by"]] == [
        [withdrawal, "withdraw"],
        [reinstatement, "reinstate"],
    ]
    published = Event.objects.filter(kind="correction.published").order_by("pk")
    assert [hook_data(event)["effect"] for event in published] == [None, "withdraw", "reinstate"]


def test_only_the_retraction_itself_is_found_and_counted_as_one(client, article, three):
    retraction = three[0]
    assert [row["reference"] for row in client.get("/corrections/?kind=retraction").context["notices"]] == [
        retraction.reference
    ]
    found = client.get("/api/v1/corrections/?kind=retraction").json()["results"]
    assert [row["reference"] for row in found] == [retraction.reference]
    article.refresh_from_db()
    assert (article.corrections_count, article.latest_correction_at) == (1, three[2].published_at)


def test_a_notice_that_acts_on_a_suppressed_one_still_says_that_it_acts(client, daily, three):
    notices.suppress(Correction.objects.get(pk=three[0].pk), by=make_staff(daily, "legal"), words="Order 7")
    row = client.get(f"/api/v1/corrections/{three[1].reference}/").json()
    assert (row["effect"], row["withdraws"]) == ("withdraw", None)
    assert labels(client.get("/corrections/")) == NAMES[:2]


def test_withdrawing_a_retraction_again_lifts_it_though_it_was_reinstated_between(article, three):
    retraction = Correction.objects.get(pk=three[0].pk)
    assert Article.objects.get(pk=article.pk).status == "canceled"
    make_follower(retraction, "withdraw")
    assert Article.objects.get(pk=article.pk).status == "usable"


def test_reinstating_a_correction_retracts_nothing_whatever_the_notice_is_filed_as(article):
    correction = make_correction(article=article, status="published")
    make_follower(correction, "withdraw")
    correction.refresh_from_db()
    back = make_follower(
        correction, "reinstate", kind="retraction", text="We retract our withdrawal because it was wrong."
    )
    assert back.label == "Reinstatement of a correction"
    assert Article.objects.get(pk=article.pk).status == "usable"
