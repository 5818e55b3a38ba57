"""Who may be handed work: the same people for whom the rights answer yes, in a fixed number of queries."""

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsroom.accounts.models import Role, User
from newsroom.accounts.people import working_at
from reprints.services import ratecard
from tests.factories import make_article, make_publication, make_report, make_staff
from tests.reprints.factories import make_request

pytestmark = pytest.mark.django_db


def test_whoever_works_there_is_whoever_holds_the_role_there():
    daily, weekly = make_publication(), make_publication()
    for role, place in itertools.product(Role.values, (daily, weekly, None)):
        make_staff(place, role)
        make_staff(place, role, is_active=False)
    make_staff(daily, "legal", "desk_editor")
    make_staff(None, is_superuser=True)
    make_staff()
    for roles in ([role] for role in Role.values):
        expected = {person.pk for person in User.objects.all() if set(roles) <= person.roles_at(daily)}
        assert set(working_at(daily, *roles).values_list("pk", flat=True)) == expected
        assert working_at(daily, *roles).count() == len(expected)
    both = {row.pk for row in User.objects.all() if {"legal", "desk_editor"} <= row.roles_at(daily)}
    assert set(working_at(daily, "legal", "desk_editor").values_list("pk", flat=True)) == both


@pytest.mark.parametrize("noun", ["report", "licenserequest"])
def test_a_work_page_asks_no_more_for_thirty_colleagues_than_for_one(client, noun):
    daily = make_publication()
    ratecard.install_defaults(daily)
    person = make_staff(daily, "desk_editor", "licensing_editor")
    record = make_report(daily) if noun == "report" else make_request(daily, make_article(daily))
    app = "corrections" if noun == "report" else "reprints"
    page = reverse(f"admin:{app}_{noun}_change", args=[record.pk])
    client.force_login(person)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page).status_code == 200
        return len(seen)

    queries()
    one = queries()
    for _ in range(29):
        make_staff(daily, "desk_editor", "licensing_editor")
    assert queries() == one
