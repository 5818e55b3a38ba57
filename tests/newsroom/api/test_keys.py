"""Who is calling, and what the key lets them do."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from newsroom.accounts.models import ApiKey
from newsroom.accounts.services import issue_key, revoke_key
from newsroom.api.keys import HasScope, _note_use, publication_for, scope_of
from newsroom.api.models import Counter
from newsroom.errors import Invalid
from tests.factories import make_publication

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.newsroom.api.probe")]
SCOPED = "/api/v1/scoped/"
PUBLIC = "/api/v1/public/"


def with_header(value):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=value)
    return client


def test_a_key_with_the_scope_gets_in_and_is_the_user(partner):
    assert partner.get(SCOPED).json() == {"read": "Partner"}
    assert partner.post(SCOPED, {}).json() == {"written": "Partner"}


def test_without_a_key_401_without_the_scope_403(anyone, organization):
    answer = anyone.get(SCOPED)
    assert (answer.status_code, answer["WWW-Authenticate"], answer.json()["code"]) == (
        401,
        "Bearer",
        "not_authenticated",
    )
    _key, text = issue_key(label="Reader", scopes=["requests:read"], organization=organization)
    reader = with_header(f"Bearer {text}")
    assert reader.get(SCOPED).status_code == 200
    answer = reader.post(SCOPED, {})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert answer.json()["detail"] == "This key does not have the scope requests:write."


def test_a_method_that_nobody_declared_is_closed(partner, anyone):
    assert partner.delete(SCOPED).status_code == 403
    assert anyone.delete(SCOPED).status_code == 401
    assert partner.put(SCOPED, {}).status_code == 405


def test_every_wrong_key_gets_the_same_answer(issued, organization):
    key, text = issued
    expired, expired_text = issue_key(label="Old", scopes=["requests:read"], organization=organization)
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked, revoked_text = issue_key(label="Gone", scopes=["requests:read"], organization=organization)
    revoke_key(revoked)
    wrong = [
        f"Bearer {text[:-1]}{'A' if text[-1] != 'A' else 'B'}",
        f"Bearer {text.replace(key.key_id, 'A' * 12)}",
        f"Bearer {text.replace('live', 'test')}",
        f"Bearer {expired_text}",
        f"Bearer {revoked_text}",
        "Bearer nonsense",
        "Bearer ",
        f"Basic {text}",
        text,
        "Bearer mh_live_\x00_x",
    ]
    for address in (SCOPED, PUBLIC):
        answers = [with_header(header).get(address) for header in wrong]
        assert {answer.status_code for answer in answers} == {401}
        assert {answer.content for answer in answers} == {answers[0].content}
        assert {answer["WWW-Authenticate"] for answer in answers} == {"Bearer"}


def test_a_public_address_needs_no_key_but_a_key_sent_there_must_be_right(partner, anyone):
    assert anyone.get(PUBLIC).json() == {"key": None}
    assert partner.get(PUBLIC).json()["key"].startswith("mh_live_")


def test_two_keys_of_a_partner_work_side_by_side_for_rotation(issued, organization):
    second = issue_key(label="Next", scopes=["requests:read"], organization=organization)
    assert [with_header(f"Bearer {text}").get(SCOPED).status_code for _key, text in (issued, second)] == [200, 200]
    revoke_key(issued[0])
    assert [with_header(f"Bearer {text}").get(SCOPED).status_code for _key, text in (issued, second)] == [401, 200]


def test_the_use_of_a_key_is_noted_once_in_each_hour_of_the_clock(partner, issued):
    noted = []
    with time_machine.travel(datetime(2026, 11, 3, 12, 50, tzinfo=UTC), tick=False) as clock:
        for minutes in (0, 9, 1, 59, 1):
            clock.shift(timedelta(minutes=minutes))
            partner.get(SCOPED)
            key = ApiKey.objects.get(pk=issued[0].pk)
            noted.append((f"{key.last_used_at:%H:%M}", f"{key.last_used_hour:%H:%M}"))
    assert noted == [("12:50", "12:00")] * 2 + [("13:00", "13:00")] * 2 + [("14:00", "14:00")]


def test_a_key_costs_one_query(partner, django_assert_num_queries):
    partner.get(SCOPED)
    with django_assert_num_queries(1):
        partner.get(SCOPED)


def test_too_many_failures_are_429_and_the_right_key_goes_on_working(settings, partner):
    settings.THROTTLES = settings.THROTTLES | {"key-failure": (3, 600)}
    guesser = with_header("Bearer nonsense")
    statuses = [guesser.post(SCOPED, {}).status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert int(guesser.post(SCOPED, {})["Retry-After"]) in range(1, 601)
    assert partner.get(SCOPED).status_code == 200


def test_guesses_by_get_are_counted_in_the_process_and_by_post_for_all(settings):
    settings.THROTTLES = settings.THROTTLES | {"key-failure": (1, 600)}
    guesser = with_header("Bearer nonsense")
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False):
        assert [guesser.get(SCOPED).status_code for _ in range(2)] == [401, 429]
        assert Counter.objects.count() == 0
        assert [guesser.post(SCOPED, {}).status_code for _ in range(2)] == [401, 429]
        assert Counter.objects.count() == 1


def test_the_secret_is_stored_as_a_digest_only(issued):
    key, text = issued
    secret = text.split("_", 3)[3]
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert len(secret) == 43
    assert not any(secret in str(value) for value in row.values())


def test_a_look_and_a_read_need_the_same_scope_and_options_are_not_a_question_of_keys(organization, anyone):
    _key, text = issue_key(label="Writer", scopes=["requests:write"], organization=organization)
    writer = with_header(f"Bearer {text}")
    assert (writer.get(SCOPED).status_code, writer.head(SCOPED).status_code) == (403, 403)
    _key, text = issue_key(label="Reader", scopes=["requests:read"], organization=organization)
    assert with_header(f"Bearer {text}").head(SCOPED).status_code == 200
    assert anyone.options(SCOPED).status_code == 405  # not 401: it is no method of ours


def test_a_view_that_names_a_scope_that_does_not_exist_is_closed(partner, rf):
    view = SimpleNamespace(scopes={"GET": "requests:fly"}, get=None)
    with pytest.raises(LookupError, match="requests:fly"):
        scope_of(view, "GET")
    closed = HasScope()
    assert closed.has_permission(rf.get("/"), view) is False
    assert closed.message == HasScope.message == ""
    assert scope_of(SimpleNamespace(scopes={"GET": None}), "GET") is None
    assert scope_of(SimpleNamespace(scopes=None), "DELETE") is None


def test_using_a_key_notes_it_on_this_key_alone_and_again_after_an_hour(partner, issued, organization):
    other, _text = issue_key(label="Other", scopes=["requests:read"], organization=organization)
    with time_machine.travel(datetime(2026, 11, 3, 12, tzinfo=UTC), tick=False) as clock:
        first = timezone.now()
        partner.get(SCOPED)
        clock.shift(timedelta(hours=1))
        hour = timezone.now()
        partner.get(SCOPED)
        assert ApiKey.objects.get(pk=issued[0].pk).last_used_at == hour > first
        clock.shift(timedelta(hours=1, seconds=-1))
        partner.get(SCOPED)
        assert ApiKey.objects.get(pk=issued[0].pk).last_used_at == hour
    assert ApiKey.objects.get(pk=other.pk).last_used_at is None


def test_two_requests_at_once_note_one_use(issued):
    first, second = ApiKey.objects.get(pk=issued[0].pk), ApiKey.objects.get(pk=issued[0].pk)
    with time_machine.travel(datetime(2026, 11, 3, 12, tzinfo=UTC), tick=False) as clock:
        _note_use(first)
        noted = first.last_used_at
        assert noted == timezone.now()
        clock.shift(timedelta(minutes=1))
        _note_use(second)
    assert ApiKey.objects.get(pk=issued[0].pk).last_used_at == noted


def test_in_read_only_mode_no_use_is_noted(partner, issued, settings):
    settings.READ_ONLY = True
    assert partner.get(SCOPED).status_code == 200
    assert ApiKey.objects.get(pk=issued[0].pk).last_used_at is None


def test_the_key_of_a_cms_names_one_of_its_publications_unless_it_has_only_one():
    daily, weekly = make_publication(), make_publication()
    one, _text = issue_key(label="One", scopes=["articles:write"], publications=[daily])
    both, _text = issue_key(label="Both", scopes=["articles:write"], publications=[daily, weekly])
    assert (publication_for(one, ""), publication_for(one, daily.slug)) == (daily, daily)
    assert publication_for(both, weekly.slug) == weekly
    for key, slug, code in ((one, weekly.slug, "unknown_publication"), (both, "", "required")):
        with pytest.raises(Invalid) as refusal:
            publication_for(key, slug)
        assert [(fault.pointer, fault.code) for fault in refusal.value.faults] == [("/publication", code)]
