"""A report is entered for somebody who called, wrote a letter or sent a lawyer; and they can follow it."""

import pytest
from django.core import mail
from django.urls import reverse

from corrections.forms.entering import ReportEnterForm
from corrections.forms.reader import ReportForm
from corrections.forms.said import SAID
from corrections.models import LegalAct, Report
from corrections.services import entering, legal
from corrections.services.submitting import Draft, private_path
from newsroom.accounts.models import ContactReveal
from newsroom.errors import Conflict, NotAllowed, NotFound
from newsroom.events import delivery, planning
from newsroom.events.models import Event
from tests.factories import make_article, make_publication, make_report, make_staff, reader_email

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily():
    return make_publication(language="de")


@pytest.fixture
def editor(daily):
    return make_staff(daily, "desk_editor")


@pytest.fixture
def article(daily):
    return make_article(daily)


def url():
    return reverse("admin:corrections_report_start", args=["enter"])


def page(report):
    return reverse("admin:corrections_report_change", args=[report.pk])


def typed(daily, **fields):
    needed = {"publication": daily.pk, "channel": "phone", "origin": "reader", "medium": "web", "category": "other"}
    return {"seen": 1, "once": "the-first-call", "claim": "My name is spelled wrong.", **needed, **fields}


def test_all_that_a_caller_says_is_kept(client, daily, editor, article):
    client.force_login(editor)
    said = {
        "channel": "lawyer",
        "origin": "source",
        "article": article.url + "?utm_source=mail#post-7",
        "passage_exact": "The council spent 1.2 million",
        "suggestion": "1.45 million",
        "category": "number_or_date",
        "sources": "https://council.example/minutes\nhttps://court.example/1",
        "about_me": "on",
        "acting_for": "My client",
        "urgency": "court_order",
        "name": "Lea Lawyer",
        "email": "lea@law.example",
        "phone": "+49 30 1234",
    }

    answer = client.post(url(), typed(daily, **said))

    report = Report.objects.get()
    assert answer["Location"] == f"{page(report)}?open=reveal_link"
    assert (report.channel, report.origin, report.article, report.anchor) == ("lawyer", "source", article, "post-7")
    assert (report.passage_exact, report.suggestion) == ("The council spent 1.2 million", "1.45 million")
    assert report.sources == ["https://council.example/minutes", "https://court.example/1"]
    assert (report.about_me, report.acting_for) == (True, "My client")
    assert (report.urgent, report.urgent_reason) == (True, "court_order")
    assert (report.status, report.visibility, report.language) == ("new", "normal", "de")
    assert reader_email(report) == "lea@law.example"
    submitted = Event.objects.get(kind="report.submitted")
    assert (submitted.actor, Event.objects.filter(kind="report.paged").count()) == (editor, 1)


def test_an_article_that_was_not_imported_is_named_by_its_address(client, daily, editor):
    client.force_login(editor)
    address = f"https://{daily.hosts[0]}/politics/never-seen"
    client.post(url(), typed(daily, article=address))
    report = Report.objects.get()
    assert (report.article, report.article_url) == (None, address)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"article"}),
        ({"article": "A-22222222-2"}, {"article"}),
        ({"article": "https://elsewhere.example/story"}, {"article"}),
        ({"medium": "print"}, {"medium_detail"}),
        ({"article": "ok", "sources": "not a link"}, {"sources"}),
        ({"article": "ok", "urgency": "boredom"}, {"urgency"}),
        ({"article": "ok", "channel": "form"}, {"channel"}),
        ({"article": "ok", "claim": "a\x00b"}, {"claim"}),
        ({"article": "ok", "passage_exact": "x" * 501}, {"passage_exact"}),
        ({"article": "ok", "restricted": "x" * 501}, {"restricted"}),
        ({"article": "ok", "email": "nobody"}, {"email"}),
        ({"article": "ok", "email": "lea@[127.0.0.1]"}, {"email"}),
        ({"article": "ok", "phone": "1" * 41}, {"phone"}),
        ({"article": "ok", "once": ""}, {"once"}),
    ],
)
def test_what_cannot_be_taken_comes_back_with_the_fields_that_are_wrong(client, daily, editor, article, fields, wrong):
    client.force_login(editor)
    if fields.get("article") == "ok":
        fields = fields | {"article": article.reference}
    answer = client.post(url(), typed(daily, **fields))
    assert (answer.status_code, set(answer.context_data["form"].errors)) == (422, wrong)
    assert Report.objects.count() == 0


@pytest.mark.parametrize("name", [*SAID, "email", "sources"])
def test_the_form_of_a_call_takes_what_the_reader_s_own_form_takes(name):
    ours, theirs = ReportEnterForm.base_fields[name], ReportForm.base_fields[name]
    for field in (ours, theirs):
        assert (type(field), field.limit, field.multiline, field.is_name, field.required) == (
            type(ours),
            ours.limit,
            ours.multiline,
            ours.is_name,
            name == "claim",
        )


def test_a_double_click_makes_one_report_and_other_words_are_not_lost_silently(client, daily, editor, article):
    client.force_login(editor)
    said = typed(daily, article=article.reference, email="rita@reader.example")
    first, second = client.post(url(), said), client.post(url(), said)
    assert (first["Location"], Report.objects.count()) == (second["Location"], 1)
    changed = client.post(url(), said | {"claim": "And the year is wrong."})
    assert changed.status_code == 422
    text = changed.content.decode()
    assert f"You entered this already, as {Report.objects.get().reference}" in text
    assert "And the year is wrong." in text


def test_each_new_page_enters_a_report_of_its_own(client, daily, editor):
    client.force_login(editor)
    tokens = {client.get(url()).context_data["form"]["once"].value() for _ in range(2)}
    assert len(tokens) == 2


def test_where_one_works_at_one_publication_it_is_chosen_already(client, daily, editor):
    client.force_login(editor)
    assert client.get(url()).context_data["form"]["publication"].value() == daily.pk
    client.force_login(make_staff(None, "desk_editor"))
    make_publication()
    assert client.get(url()).context_data["form"]["publication"].value() is None


def test_with_a_reason_only_legal_sees_it_from_the_first_moment(client, daily, editor, article):
    lawyer = make_staff(daily, "legal")
    client.force_login(editor)
    reason = "A claim is announced."
    answer = client.post(
        url(), typed(daily, article=article.reference, restricted=reason, email="lea@law.example"), follow=True
    )

    report = Report.objects.get()
    assert answer.request["PATH_INFO"] == reverse("admin:corrections_report_changelist")
    assert report.reference in "".join(map(str, answer.context["messages"]))
    assert client.get(page(report)).status_code == 404
    assert list(LegalAct.objects.values_list("act", "reason", "by")) == [("restrict", reason, editor.pk)]
    assert set(Event.objects.values_list("kind", "audience")) == {("report.submitted", "nobody")}
    while planning.plan_due():
        pass
    delivery.drain()
    assert [address for letter in mail.outbox for address in letter.to] == [f"{lawyer} <{lawyer.email}>"]
    client.force_login(lawyer)
    assert reason in client.get(page(report)).content.decode()


def test_nothing_is_closed_to_everybody_where_nobody_is_of_legal(client, daily, editor, article):
    client.force_login(editor)
    answer = client.post(url(), typed(daily, article=article.reference, restricted="A claim is announced."))
    assert (answer.status_code, set(answer.context_data["form"].errors)) == (422, {"restricted"})
    assert Report.objects.count() == 0


def test_only_the_desk_of_the_publication_enters_reports(daily, article):
    draft = Draft(claim="Wrong.", publication=daily, article=article)
    for person in (make_staff(daily, "legal"), make_staff(make_publication(), "desk_editor")):
        with pytest.raises(NotAllowed):
            entering.enter(draft, by=person, channel="phone", origin="reader")
    assert Report.objects.count() == 0


def test_the_link_for_the_caller_is_shown_once_and_who_looked_is_kept(client, daily, editor, article):
    client.force_login(editor)
    client.post(url(), typed(daily, article=article.reference))
    report = Report.objects.get()
    assert private_path(report) not in client.get(page(report)).content.decode()

    press = reverse("admin:corrections_report_do", args=[report.pk, "reveal_link"])
    answer = client.post(press, {"seen": report.version, "reason": "Read out on the telephone"})

    assert f"http://testserver{private_path(report)}" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    row = ContactReveal.objects.get()
    assert (row.by, row.reason) == (editor, "Read out on the telephone")
    assert Event.objects.get(kind="report.link_revealed").data == {"reveal": row.pk}
    again = client.get(page(report)).content.decode()
    assert (private_path(report) in again, "Read out on the telephone" in again) == (False, True)
    assert client.post(press, {"seen": report.version, "reason": " "}).status_code == 422
    assert ContactReveal.objects.count() == 1


def test_a_reader_s_own_link_is_never_shown(daily, editor):
    report = make_report(daily)
    assert not entering.may_reveal_link(report, editor)
    with pytest.raises(NotAllowed):
        entering.reveal_link(report, by=editor, reason="Curiosity")
    assert ContactReveal.objects.count() == 0


def test_of_a_restricted_report_legal_gives_out_the_link(daily, editor, article):
    lawyer = make_staff(daily, "legal")
    draft = Draft(claim="Wrong.", publication=daily, article=article)
    report = entering.enter(draft, by=editor, channel="letter", origin="reader")
    with pytest.raises(NotAllowed):
        entering.reveal_link(report, by=lawyer, reason="For the letter")
    report = legal.restrict(report, by=lawyer, reason="A claim is before the court.")
    with pytest.raises(NotFound):
        entering.reveal_link(report, by=editor, reason="For the letter")
    assert entering.reveal_link(report, by=lawyer, reason="For the letter")[1][1] == report.reference


def test_the_same_press_again_with_other_words_is_refused_at_the_service(daily, editor, article):
    draft = Draft(claim="Wrong.", publication=daily, article=article)
    other = Draft(claim="Wrong as well.", publication=daily, article=article)
    entering.enter(draft, by=editor, channel="phone", origin="reader", once="nonce")
    with pytest.raises(Conflict):
        entering.enter(other, by=editor, channel="phone", origin="reader", once="nonce")
    assert Report.objects.count() == 1
