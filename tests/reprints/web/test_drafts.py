"""A request that is begun today and sent another day."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from newsroom import privacy
from reprints.models import LicenseRequest, RequestDraft
from reprints.services.retention import retain
from tests.reprints import factories as make
from tests.reprints.web.conftest import form_of, text
from tests.reprints.web.partners import DOOR, signed_in

pytestmark = pytest.mark.django_db


def going_on(client, page):
    """Press the button of the draft's page."""
    action, hidden = form_of(page, "/new/")
    do = "details" if 'value="details"' in page.content.decode() else "back"
    return client.post(action, {**hidden, "do": do}), hidden


def test_what_was_typed_is_kept_behind_a_private_link_and_sent_later(client, ask, fields):
    saved = ask("name", do="save", note="For the summer.", countries="Atlantis")
    assert (saved.status_code, LicenseRequest.objects.count()) == (303, 0)
    page = client.get(saved["Location"])
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("private, no-store", "no-referrer")
    assert "Nothing was sent." in text(page)
    step, hidden = going_on(client, page)
    assert "For the summer." in text(step)
    assert f'name="draft" value="{hidden["draft"]}"' in step.content.decode()
    again = ask("name", do="save", note="For the winter.", draft=hidden["draft"])
    assert (again["Location"], RequestDraft.objects.count()) == (saved["Location"], 1)
    assert ask(draft=hidden["draft"]).status_code == 303
    assert (LicenseRequest.objects.count(), RequestDraft.objects.count()) == (1, 0)
    assert client.get(saved["Location"]).status_code == 404


def test_a_draft_of_the_first_step_alone_goes_on_there(client, publication, article):
    saved = client.post("/reprints/new/", {"article_urls": article.url, "do": "save"})
    step, _hidden = going_on(client, client.get(saved["Location"]))
    assert (step.status_code, "Step 1 of 2" in text(step), article.url in step.content.decode()) == (200, True, True)


def test_it_is_sealed_deleted_at_once_or_forgotten_after_two_weeks(client, ask):
    saved = ask(do="save")
    kept = RequestDraft.objects.get()
    assert "wanda" not in kept.fields_encrypted
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
        assert client.get(saved["Location"]).status_code == 404
        assert retain(now=timezone.now(), dry_run=True)["request_drafts"] == 1
    assert client.post(saved["Location"], {}).status_code == 303
    assert RequestDraft.objects.count() == 0


def test_it_is_found_and_erased_for_whoever_asks_what_is_held(client, ask):
    ask(do="save")
    (held,) = privacy.person("WANDA@review.example")["license_request_drafts"]
    assert ["email", "wanda@review.example"] in [list(pair) for pair in held["typed"]]
    assert privacy.erase("wanda@review.example")["license_request_drafts"].erased == 1
    assert RequestDraft.objects.count() == 0


def test_what_is_too_long_or_too_often_is_refused_with_everything_still_there(client, ask, settings):
    answer = ask(do="save", note="x" * 70_000)
    assert (answer.status_code, "too long to be kept" in text(answer)) == (422, True)
    assert "x" * 70_000 in answer.content.decode()
    settings.THROTTLES = {**settings.THROTTLES, "form": (1, 3600)}
    assert [ask(do="save").status_code for _ in range(2)][-1] == 429


def test_an_organization_keeps_its_drafts_on_its_own_pages(client, publication, article, fields):
    organization = make.make_organization()
    asker = signed_in(organization.contacts.get(is_requester=True))
    sent = {name: fields[name] for name in ("article_urls", "use", "organization_type")}
    saved = asker.post(f"{DOOR}requests/new/", {**sent, "do": "save"})
    assert (saved.status_code, saved["Location"]) == (303, f"{DOOR}drafts/")
    page = asker.get(saved["Location"])
    assert article.url in text(page)
    stranger = signed_in(make.make_organization().contacts.get(is_requester=True))
    assert article.url not in text(stranger.get(f"{DOOR}drafts/"))
    token = form_of(page, "/new/")[1]["draft"]
    assert client.get(f"/reprints/drafts/{token}/").status_code == 404  # not by the link alone
    _action, foreign = form_of(asker.get(f"{DOOR}drafts/"), "/drafts/")
    assert stranger.post(f"{DOOR}drafts/", {**foreign}).status_code == 303
    assert RequestDraft.objects.count() == 1
    step, _hidden = going_on(asker, page)
    assert "Step 2 of 2" in text(step)
    assert asker.post(f"{DOOR}drafts/", foreign).status_code == 303
    assert RequestDraft.objects.count() == 0
