"""A kind of event of our own, with a mail and a hook, so that these tests lean on neither desk."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from django.template import engines

from newsroom.accounts.models import Organization, Publication
from newsroom.events import channels, endpoints, judging, kinds, log
from newsroom.workflow import THE_CLOCK
from tests.factories import verified


@dataclass
class World:
    """What the kind's notice answers, and what stands behind its addresses. Tests change it at will."""

    recipients: list = field(default_factory=lambda: [kinds.Recipient("person", "1")])
    addresses: dict = field(default_factory=lambda: {"1": kinds.Address("one@reader.example", "One")})
    publication: Publication | None = None
    count: int = 0

    def happen(self, kind="thing.happened", **more):
        """Record an event about a new subject; call it inside a transaction."""
        self.count += 1
        subject = SimpleNamespace(
            noun="thing",
            reference=f"T-{self.count}",
            publication=self.publication,
            test=more.pop("test", False),
            confidential=more.pop("confidential", False),
        )
        return log.record(kind, subject, **{"by": THE_CLOCK, **more})


@pytest.fixture
def _empty_registers():
    """Nothing is declared for one test. In place: whoever imported a register sees the same one, then and later."""
    names = ("KINDS", "ADDRESS_BOOKS", "CONTEXTS", "PAYLOADS", "NOTICES", "REACTIONS")
    registers = [getattr(kinds, name) for name in names]
    kept = [register.copy() for register in registers]
    for register in registers:
        register.clear()
    yield
    for register, before in zip(registers, kept, strict=True):
        register.clear()
        register.extend(before) if isinstance(register, list) else register.update(before)


@pytest.fixture
def world(monkeypatch, tmp_path, _empty_registers):
    """The kinds `thing.happened` (public, one mail) and `thing.kept` (staff only), known for one test."""
    world = World()
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "thing.txt").write_text("About {{ event.subject_reference }}\n\nIt happened: {{ event.kind }}.\n")
    for alias in ("text", "pages"):
        monkeypatch.setattr(engines[alias].engine, "dirs", [folder, *engines[alias].engine.dirs])
        for loader in engines[alias].engine.template_loaders:
            getattr(loader, "reset", lambda: None)()
    for kind in (judging.PAUSED, judging.CLOSED, judging.RESUMED):
        kinds.KINDS[kind.name] = kind
    kinds.declare("thing.happened", kinds.PUBLIC, "A thing happened", public_data=("amount",))
    kinds.declare("thing.kept", kinds.STAFF, "A thing was kept", outside_name="thing.gone")
    kinds.declare("thing.agreed", kinds.ORGANIZATION, "A thing was agreed")
    kinds.notice("thing.happened", "thing")(lambda event: world.recipients)
    for kind in ("person", "user"):
        kinds.address_book(kind)(lambda key: world.addresses.get(key))
    return world


@pytest.fixture
def publication(db, world):
    world.publication = Publication.objects.create(name="The Daily", slug="daily")
    return world.publication


@pytest.fixture
def partner(db):
    return Organization.objects.create(name="Partner Inc.", slug="partner")


@pytest.fixture
def answer(monkeypatch):
    """Make the wire answer these verdicts, one a send; the last one for ever."""

    def say(*verdicts):
        left = list(verdicts)
        monkeypatch.setattr(channels, "send", lambda _delivery, _held=(): left.pop(0) if len(left) > 1 else left[0])

    return say


@pytest.fixture
def make_endpoint(settings):
    """An endpoint at a loopback receiver, as the demo allows it, that answered its first ping."""
    settings.ALLOW_LOOPBACK_ENDPOINTS = True

    def make(owner, url, **more):
        endpoint, secret = endpoints.create(owner, url=url, **more)
        return verified(endpoint), secret

    return make
