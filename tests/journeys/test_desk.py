"""Story three: the desk at work. Merge, split, ask a colleague, fill in a template, wait for an agency, legal."""

from __future__ import annotations

import csv
import datetime
import io
import re
import secrets
import subprocess
import sys

import pytest

from tests.journeys.people import Browser, Editor, Partner, link_in
from tests.journeys.stack import ROOT, text_of
from tests.journeys.test_correction import article_of, report_as_reader

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def open_report(person, reference):
    person.open(f"/admin/corrections/report/?open=all&q={reference}")
    return person.open(person.page.xpath(f"//a[contains(., '{reference}')]/@href")[0])


def soon(days=2):
    return (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)).isoformat()


def template_named(person, button, title):
    options = person._form(f"/do/{button}/").xpath(".//select[@name='template']/option")
    return next(option.get("value") for option in options if title in option.text_content())


def test_two_reports_are_merged_and_one_is_split_with_a_colleague_s_help(stack):
    article = article_of(stack, 3)
    address = f"rita-{secrets.token_hex(4)}@reader.example"
    reader, reference = report_as_reader(stack, article, claim="Two things here are wrong, I think.", email=address)
    Browser(stack.base).open(link_in(text_of(stack.wait_for_mail(address)[0]), "/corrections/confirm/")).send()
    _other, twin = report_as_reader(stack, article, claim="The archive says something else entirely.")

    editor = open_report(Editor(stack, "editor"), twin)
    editor.press("join", {"other": reference, "words": "Another reader told us the same."})
    open_report(editor, reference).press("take_up").press("weigh", {"severity": "high"})
    assert "The archive says something else entirely." in editor.text
    assert "judged severe" in editor.text
    assert "2 readers" in editor.text

    colleague = f"ann-{secrets.token_hex(4)}@house.example"
    question = {"name": "Ann Reporter", "email": colleague, "words": "What do your notes say?", "reply_by": soon()}
    editor.press("ask_colleague", question)
    asked = text_of(stack.wait_for_mail(colleague, saying="What do your notes say?")[0])
    assert address not in asked
    ann = Browser(stack.base).open(link_in(asked, "/corrections/inquiries/"))
    assert "Rita" not in ann.text
    ann.send({"words": "KEEP-THESE-WORDS" + "x" * 5000}, action="/answer/", expect=422)
    assert "KEEP-THESE-WORDS" in ann.response.text
    ann.send({"words": "My notes say both figures were read out."}, action="/answer/")
    assert "Your answer is with the corrections desk" in ann.text
    editor.open(editor.url)
    assert "From Ann Reporter" in editor.text
    assert "My notes say both figures were read out." in editor.text

    editor.press("split", {"claim": "The second thing that is wrong.", "category": "spelling"})
    part = re.search(r"R-[2-9A-Z]{8}-[2-9A-Z]", editor.text.split("the reader’s other errors")[1]).group(0)
    told = text_of(stack.wait_for_mail(address, saying="names two errors")[0])
    assert part in told
    reader.open(reader.url)
    assert part in reader.text

    before = editor.url
    editor.press("ask", {"template": template_named(editor, "ask", "Which sentence?"), "fill": "1"})
    standards = Editor(stack, "standards").open(before)
    assert "Edda Kowalke started replying" in standards.text
    editor.press("ask")
    question = text_of(stack.wait_for_mail(address, saying="Which sentence do you mean")[0])
    assert "{" not in question
    standards.press("note", {"words": "Looks right to me."})
    standards.press("resume")
    editor.press("decline", {"code": "opinion", "words": "KEEP-THESE-WORDS"}, expect=409)
    assert "Last here: Stellan Mbeki-Ross, “Review resumed”" in editor.text
    assert "KEEP-THESE-WORDS" in editor.response.text


def test_legal_closes_a_report_to_everybody_else_and_keeps_it(stack):
    _reader, reference = report_as_reader(stack, article_of(stack, 4), claim="My lawyer will write to you about this.")
    editor = open_report(Editor(stack, "editor"), reference)
    legal = open_report(Editor(stack, "legal"), reference)
    legal.press("restrict", {"reason": ""}, expect=422)
    legal.press("restrict", {"reason": "A claim is before the court."})
    legal.press("place_hold", {"reason": "Evidence for the hearing."})

    assert editor.open(editor.url).response.status_code == 404
    editor.open(f"/admin/corrections/report/?open=all&q={reference}")
    assert editor.page.xpath(f"//a[contains(., '{reference}')]") == []
    legal.press("unrestrict", {"reason": "It was settled."})
    open_report(editor, reference)
    assert "Evidence for the hearing." in editor.text
    assert "A claim is before the court." not in editor.text
    editor.press("take_up")
    editor.press("wait", {"agency": "Coastal Wire", "reason": "They check.", "until": soon()})
    assert "Waiting for Coastal Wire until" in editor.text


def test_an_agency_s_correction_becomes_one_notice_for_all_articles_that_used_its_story(stack):
    cms = Partner(stack, "cms")
    mark = secrets.token_hex(4)
    host = article_of(stack)["url"].split("/")[2]
    for number in (1, 2):
        story = {
            "url": f"https://{host}/wire/{mark}-{number}",
            "headline": f"Ferry fares rise in spring {mark}",
            "source_agency": f"Wire {mark}",
            "body": "Ferry fares rise by 40 percent in spring, the company said on Monday.",
        }
        cms.call("PUT", "/articles/", story, expect=201)
    editor = Editor(stack, "editor").open("/admin/corrections/correction/start/agency/")
    publication = editor.page.xpath("//select[@name='publication']/option[@value!='']/@value")[0]
    words = {
        "publication": publication,
        "agency": f"Wire {mark}",
        "headline": "Ferry fares rise in spring",
        "text": "Fares rise by 4 percent, not 40.",
    }
    editor.send({**words, "fill": "1"}, action="/start/agency/")
    boxes = editor.page.xpath("//input[@name='articles']/@value")
    assert len(boxes) == 2
    editor.send({**words, "articles": boxes}, action="/start/agency/")
    assert f"This article was supplied by Wire {mark}, which has corrected it: Fares rise by 4 percent" in editor.text
    assert editor.text.count(f"Ferry fares rise in spring {mark}") >= 2


def test_a_call_is_entered_followed_handed_over_and_advised_on(stack):
    editor = Editor(stack, "editor").open("/admin/corrections/report/start/enter/")
    publication = editor.page.xpath("//select[@name='publication']/option[@value!='']/@value")[0]
    claim = f"My name is spelled wrong. {secrets.token_hex(4)}"
    told = {"publication": publication, "channel": "phone", "article": article_of(stack, 6)["url"], "claim": claim}
    editor.send({**told, "sources": "no link"}, action="/start/enter/", expect=422)
    assert claim in editor.response.text
    editor.send({**told, "sources": "https://register.example/1"}, action="/start/enter/")
    reference = re.search(r"R-[2-9A-Z]{8}-[2-9A-Z]", editor.text).group(0)
    editor.press("reveal_link", {"reason": "Read out on the telephone."})
    link = re.search(r"https?://\S+/corrections/reports/[\w-]+/", editor.text).group(0)
    caller = Browser(stack.base).open(link)
    assert reference in caller.text

    open_report(editor, reference).press("take_up")
    editor.press("write_to_reader", {"words": "We ask the registry today."})
    editor.press("refer", {"reason": "They mention a lawyer."})
    assert "We ask the registry today." in caller.open(caller.url).text
    assert "They mention a lawyer." not in caller.text
    stack.wait_for_mail("@", saying=f"Your advice on {reference}")
    legal = open_report(Editor(stack, "legal"), reference).press("advise", {"words": "Do not repeat the wrong name."})
    assert "Do not repeat the wrong name." in legal.text
    stack.wait_for_mail("@", saying=f"Legal advised on {reference}")

    standards = open_report(Editor(stack, "standards"), reference).press("take_over")
    assert "took this report over from you" in text_of(stack.wait_for_mail("@", saying=f"{reference} is no longer")[0])
    editor.press("decline", {"code": "opinion", "words": "KEEP-THESE-WORDS"}, expect=409)
    assert "KEEP-THESE-WORDS" in editor.response.text
    editor.press("refile", {"category": "name_or_title", "urgency": "victim"})
    stack.wait_for_mail("@", saying=f"URGENT report {reference}")
    assert "It names or shows the victim of a crime" in standards.open(standards.url).text


def set_dates(stack, reference, **dates):
    """As if so much time had passed for the promise to answer this report, and the clock's minute were over."""
    fields = ", ".join(f"{name}=timezone.now() - timedelta(hours={hours})" for name, hours in dates.items())
    code = (
        "from datetime import timedelta\nfrom django.utils import timezone\n"
        "from corrections import tasks\nfrom newsroom.events.models import Promise\n"
        f"Promise.objects.filter(subject_reference={reference!r}, kind='decide', kept_at=None).update({fields})\n"
        "tasks.tick()"
    )
    command = [sys.executable, "manage.py", "shell", "-c", code]
    subprocess.run(command, cwd=ROOT, env=stack.env, check=True, capture_output=True, timeout=120)


def test_a_promise_waits_for_the_reader_runs_on_breaks_and_is_escalated(stack):
    reader, reference = report_as_reader(
        stack, article_of(stack, 7), claim=f"The date is wrong. {secrets.token_hex(4)}"
    )
    editor = open_report(Editor(stack, "editor"), reference).press("take_up")
    editor.press("ask", {"words": "Which date do you mean?"})
    assert "paused: we wait for an answer" in editor.text
    assert "the clock waits for your answer" in reader.open(reader.url).text
    set_dates(stack, reference, due_at=1, paused_at=2)
    reader.send({"words": "The one in the first sentence."}, action="/reply/")
    editor.open(editor.url)
    assert "paused: we wait for an answer" not in editor.text

    set_dates(stack, reference, due_at=1)
    stack.wait_for_mail("@", saying=f"Overdue: {reference}")
    set_dates(stack, reference, due_at=200, breached_at=199)
    broken = text_of(stack.wait_for_mail("@", saying=f"Broken promise {reference}")[0])
    assert "It is with Edda Kowalke." in broken
    assert "overdue" in editor.open(editor.url).text
    editor.press("decline", {"code": "no_error_found", "words": "The date is right: see the minutes."})
    assert [row["what"] for row in exported(editor) if row["what"].startswith("decide")][-1] == "decide kept late"


def exported(editor):
    address = editor.url
    editor.press("export", {"reason": "Our regulator asks."})
    rows = list(csv.DictReader(io.StringIO(editor.response.text, newline="")))
    editor.open(address)
    return rows
