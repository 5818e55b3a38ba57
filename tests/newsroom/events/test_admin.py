"""The admin of deliveries: to read, for administrators; what was given up is retried or canceled by POST."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from newsroom.accounts.models import Membership, Publication, User
from newsroom.events import endpoints, planning
from newsroom.events.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db


def member(role, publication):
    person = User.objects.create_user(username=role, email=f"{role}@daily.example", is_staff=True)
    Membership.objects.create(user=person, publication=publication, role=role)
    return person


@pytest.fixture
def dead(publication, world):
    planning.plan(world.happen().pk)
    Delivery.objects.update(state="dead")
    return Delivery.objects.get()


@pytest.mark.parametrize("model", ["event", "delivery", "endpoint"])
@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("standards_editor", 403), ("licensing_manager", 403)])
def test_only_administrators_read(client, publication, dead, model, role, status):
    client.force_login(member(role, publication))
    assert client.get(reverse(f"admin:events_{model}_changelist")).status_code == status


@pytest.mark.parametrize("model", ["event", "delivery", "endpoint"])
def test_nobody_adds_changes_or_deletes(client, publication, dead, model):
    client.force_login(member("admin", publication))
    assert client.get(reverse(f"admin:events_{model}_add")).status_code == 403
    target = {"event": dead.event_id, "delivery": dead.pk}.get(model)
    if target:
        assert client.get(reverse(f"admin:events_{model}_change", args=[target])).status_code == 200
        assert client.post(reverse(f"admin:events_{model}_change", args=[target]), {"state": "sent"}).status_code == 403
        assert client.post(reverse(f"admin:events_{model}_delete", args=[target]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("action", "state"), [("retry_selected", "pending"), ("cancel_selected", "canceled")])
def test_what_was_given_up_is_settled_by_post_and_logged(client, publication, dead, action, state):
    client.force_login(member("admin", publication))
    url = reverse("admin:events_delivery_changelist")
    assert client.get(url, {"action": action, "_selected_action": dead.pk}).status_code in {200, 302}
    dead.refresh_from_db()
    assert dead.state == "dead"
    wish = {"action": action, "_selected_action": dead.pk, "reason": "Told\nby phone."}
    assert client.post(url, wish).status_code == 302
    dead.refresh_from_db()
    assert dead.state == state
    assert LogEntry.objects.get().object_id == str(dead.pk)


def test_canceling_asks_why_and_keeps_the_answer(client, publication, dead):
    client.force_login(member("admin", publication))
    url = reverse("admin:events_delivery_changelist")
    assert "Reason, when canceling" in client.get(url).content.decode()
    wish = {"action": "cancel_selected", "_selected_action": dead.pk, "reason": "  "}
    assert "Say why they are canceled." in client.post(url, wish, follow=True).content.decode()
    dead.refresh_from_db()
    assert dead.state == "dead"
    client.post(url, wish | {"reason": "Told by phone."})
    dead.refresh_from_db()
    assert (dead.state, dead.last_error) == ("canceled", "canceled by admin: Told by phone.")
    assert LogEntry.objects.get().change_message == "delivery: cancel (Told by phone.)"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("a\x00b", "Null characters are not allowed."),
        ("x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
        ("\u200b", "This text has no visible characters in it."),
    ],
)
def test_a_reason_that_cannot_be_kept_is_refused_in_its_own_words(client, publication, dead, reason, said):
    client.force_login(member("admin", publication))
    wish = {"action": "cancel_selected", "_selected_action": dead.pk, "reason": reason}
    page = client.post(reverse("admin:events_delivery_changelist"), wish, follow=True).content.decode()
    assert (said in page, "No action selected." in page) == (True, False)
    dead.refresh_from_db()
    assert dead.state == "dead"


# --- whose they are ------------------------------------------------------------


@pytest.fixture
def elsewhere(publication, dead, world, make_endpoint, partner):
    """A dead mail and a webhook of another publication, and a ping of a partner."""
    other = Publication.objects.create(name="The Weekly", slug="weekly")
    world.publication = other
    planning.plan(world.happen().pk)
    world.publication = publication
    theirs, _secret = make_endpoint(other, "http://127.0.0.1:1/weekly")
    partners, _secret = make_endpoint(partner, "http://127.0.0.1:1/partner")
    for endpoint in (theirs, partners):
        endpoints.ping(endpoint)
    Delivery.objects.update(state="dead")
    Endpoint.objects.update(state="paused", paused_reason="no success for five days")
    return Delivery.objects.exclude(pk=dead.pk)


def listed(client, model):
    page = client.get(reverse(f"admin:events_{model}_changelist"))
    return set(page.context["cl"].queryset.values_list("pk", flat=True))


def test_an_administrator_of_one_publication_sees_and_settles_its_own_only(client, publication, dead, elsewhere):
    client.force_login(member("admin", publication))
    assert listed(client, "delivery") == {dead.pk}
    assert listed(client, "event") == {dead.event_id}
    assert listed(client, "endpoint") == set()
    url = reverse("admin:events_delivery_changelist")
    for action in ("retry_selected", "cancel_selected"):
        wish = {"action": action, "_selected_action": [row.pk for row in elsewhere], "reason": "Not theirs."}
        client.post(url, wish)
    assert set(elsewhere.values_list("state", flat=True)) == {"dead"}
    for row in elsewhere:
        assert client.get(reverse("admin:events_delivery_change", args=[row.pk])).status_code == 302


def test_an_administrator_of_the_whole_house_sees_everything(client, dead, elsewhere):
    client.force_login(member("admin", None))
    assert listed(client, "delivery") == set(Delivery.objects.values_list("pk", flat=True))
    assert listed(client, "endpoint") == set(Endpoint.objects.values_list("pk", flat=True))
    page = client.get("/admin/").content.decode()
    assert ("<strong>4</strong> messages given up" in page, "<strong>2</strong> webhooks paused" in page) == (
        True,
        True,
    )


def test_an_administrators_first_page_counts_their_own(client, publication, dead, elsewhere):
    client.force_login(member("admin", publication))
    page = client.get("/admin/").content.decode()
    assert ("<strong>1</strong> messages given up" in page, "webhooks paused" in page) == (True, False)


def test_other_roles_cannot_settle(client, publication, dead):
    client.force_login(member("standards_editor", publication))
    url = reverse("admin:events_delivery_changelist")
    assert client.post(url, {"action": "retry_selected", "_selected_action": dead.pk}).status_code == 403
    dead.refresh_from_db()
    assert dead.state == "dead"


def test_no_secret_is_shown(client, publication, make_endpoint, partner):
    endpoint, secret = make_endpoint(partner, "http://127.0.0.1:1/hook")
    client.force_login(member("admin", None))
    page = client.get(reverse("admin:events_endpoint_change", args=[endpoint.pk])).content.decode()
    assert endpoint.url in page
    assert secret not in page
    assert endpoint.secret_encrypted not in page
