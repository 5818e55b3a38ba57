"""One newsroom in which everything exists that a door could lead to, and everybody who might knock."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

from django.db import transaction
from django.utils import timezone

from corrections.models import AnswerTemplate
from corrections.services import checkpoints, doubting, inquiries
from corrections.services.submitting import private_path
from newsroom import links as tokens
from newsroom import references
from newsroom.accounts.models import ApiKey, Desk, Guideline
from newsroom.accounts.scopes import CMS, PARTNER
from newsroom.accounts.services import issue_key, revoke_key
from newsroom.events import endpoints, planning
from newsroom.events.models import Event
from reprints import links
from reprints.models import Invoice, UpdateNotice
from reprints.services import drafts
from reprints.services.asking import Requester
from tests import factories
from tests.reprints import factories as make

STAFF_ROLES = (
    "desk_editor",
    "standards_editor",
    "legal",
    "licensing_editor",
    "licensing_manager",
    "admin",
)


def build(settings, folder) -> SimpleNamespace:
    """Everything the owner has, and the keys and people of the matrix. `folder` keeps the signer's memory."""
    settings.VAR = folder
    daily = make.make_publication(is_default=True)
    weekly = make.make_publication()
    owner, other = make.make_organization(), make.make_organization()
    world = SimpleNamespace(daily=daily, weekly=weekly, owner=owner, other=other)
    world.keys = _keys(world)
    world.staff = _staff(world)
    _licensing(world)
    _corrections(world)
    _hooks(world)
    checkpoints.sign()
    world.answertemplate = AnswerTemplate.objects.create(publication=daily, title="Thanks", body="Dear reader")
    world.listedsender = doubting.list_sender(
        world.report, by=world.staff["desk_editor"], kind="address", reason="The same letter every day.", days=30
    )
    world.desk = Desk.objects.create(publication=daily, name="Everything")
    world.guideline = Guideline.objects.create(
        publication=daily, number=1, body="We correct.", effective_on=timezone.localdate()
    )
    return world


@contextmanager
def undone():
    """Whatever happens inside did not happen: the next caller finds the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def key_without(world: SimpleNamespace, scope: str) -> str:
    """A key of the owner that may do everything but this."""
    held = (PARTNER if scope in PARTNER else CMS) - {scope}
    whose = {"organization": world.owner} if scope in PARTNER else {"publications": [world.daily]}
    return issue_key(label="narrow", scopes=held, **whose)[1]


def _keys(world: SimpleNamespace) -> dict[str, str | None]:
    def text(**over) -> tuple[ApiKey, str]:
        return issue_key(**{"label": "key", "scopes": PARTNER, "organization": world.owner, **over})

    world.key, owner = text()
    revoked, revoked_text = text()
    revoke_key(revoked)
    expired, expired_text = text()
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    cms = {"organization": None, "scopes": CMS}
    return {
        "anonymous": None,
        "owner": owner,
        "other": text(organization=world.other)[1],
        "revoked": revoked_text,
        "expired": expired_text,
        "test": text(test=True)[1],
        "cms": text(**cms, publications=[world.daily])[1],
        "other_cms": text(**cms, publications=[world.weekly])[1],
    }


def _staff(world: SimpleNamespace) -> dict[str, object]:
    found = {role: factories.make_staff(world.daily, role) for role in STAFF_ROLES}
    return found | {
        "house_admin": factories.make_staff(None, "admin"),
        "superuser": factories.make_staff(is_superuser=True),
        "elsewhere": factories.make_staff(world.weekly, "standards_editor", "licensing_manager"),
        "no_role": factories.make_staff(),
        "not_staff": factories.make_staff(world.daily, "desk_editor", is_staff=False),
    }


def _licensing(world: SimpleNamespace) -> None:
    world.article = make.make_article(world.daily)
    world.license = make.make_license(world.daily, world.article, organization=world.owner, by=world.key)
    world.invoice = Invoice.objects.filter(organization=world.owner).exclude(issued_at=None).first() or _invoice(world)
    world.request = make.make_request(
        world.daily, make.make_article(world.daily), organization=world.owner, by=world.key
    )
    world.quote = world.request.quotes.get()
    person = Requester(name="Wanda Writer", email="wanda@review.example", company="The Review")
    world.asked = make.make_request(world.daily, make.make_article(world.daily), requester=person)
    world.draft_path = drafts.path_of(drafts.save([("note", "Not sent yet.")]))
    world.card = world.daily.rate_cards.first()


def _invoice(world: SimpleNamespace) -> Invoice:
    quote = world.license.quote
    return Invoice.objects.create(
        reference=references.new("invoice"),
        publication=world.daily,
        organization=world.owner,
        quote=quote,
        status="issued",
        number="2026-17",
        currency=quote.currency,
        net=quote.net,
        tax=quote.tax,
        gross=quote.gross,
        issued_at=timezone.now(),
        due_on=timezone.localdate() + timedelta(days=30),
    )


def _corrections(world: SimpleNamespace) -> None:
    world.report = factories.make_report(world.daily)
    world.draft = factories.make_correction(world.daily)
    world.correction = factories.make_correction(article=world.article, status="published")
    planning.plan_due()
    world.notice = UpdateNotice.objects.get()
    editor = world.staff["desk_editor"]
    colleague = {"name": "Ann Reporter", "email": "ann@daily.example", "reply_by": timezone.localdate()}
    asked = factories.make_report(world.daily)
    inquiries.ask_colleague(asked, by=editor, words="Which figure did you mean?", **colleague)
    world.inquiry = asked.inquiries.get()
    world.inquiry_path = inquiries.private_path(world.inquiry)
    world.report_path = private_path(world.report)
    world.asked_path = links.private_path(world.asked)
    world.confirm_report_path = confirm_path_of(world.report)
    world.confirm_request_path = links.confirm_path(world.asked)
    world.acknowledge_path = links.acknowledge_path(world.notice)


def confirm_path_of(report) -> str:
    """The path of the button in the mail that confirms the reader's address."""
    return f"/corrections/confirm/{tokens.token('confirm', report.reference, report.token_nonce)}/"


def _hooks(world: SimpleNamespace) -> None:
    world.endpoint = factories.verified(endpoints.create(world.owner, url="https://hooks.partner.example/in")[0])
    world.delivery = endpoints.ping(world.endpoint)
    world.desk_endpoint, _secret = endpoints.create(world.daily, url="https://hooks.daily.example/in")
    world.desk_delivery = endpoints.ping(world.desk_endpoint)
    world.event = Event.objects.order_by("pk").first()
