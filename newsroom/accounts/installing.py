"""The first publication and the first administrator of an installation."""

from __future__ import annotations

from dataclasses import dataclass, field

from babel.numbers import list_currencies
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import transaction
from django.utils.text import slugify

from newsroom.accounts.checking import is_time_zone
from newsroom.accounts.house_words import HouseWordsValidator, is_made_of
from newsroom.accounts.models import Membership, Publication, Role, User
from newsroom.accounts.regimes import REGIMES
from newsroom.errors import Fault, Invalid

LONGEST_NAME = 120
LONGEST_USERNAME = 150


@dataclass(frozen=True)
class Wanted:
    """What the operator said. `password` may be empty when the administrator exists already."""

    publication: str
    hosts: list[str]
    admin_username: str
    admin_email: str
    password: str = field(default="", repr=False)
    desk_host: str = ""
    currency: str = "USD"
    time_zone: str = "UTC"
    regime: str = "own"

    @property
    def slug(self) -> str:
        """The publication's slug."""
        return slugify(self.publication)[:50]


@dataclass(frozen=True)
class Installed:
    """What is there now, and which of it is new."""

    publication: Publication
    administrator: User
    publication_is_new: bool
    administrator_is_new: bool


@transaction.atomic
def install(wanted: Wanted) -> Installed:
    """Make what is missing; what is there stays as it is. Raises `Invalid` with every fault before writing anything."""
    publication = Publication.objects.filter(slug=wanted.slug).first() if wanted.slug else None
    person = User.objects.filter(username=wanted.admin_username).first()
    if faults := _faults(wanted, publication, person):
        raise Invalid(faults)
    made = Installed(
        publication or _publication(wanted),
        person or _administrator(wanted),
        publication_is_new=publication is None,
        administrator_is_new=person is None,
    )
    Membership.objects.get_or_create(user=made.administrator, publication=None, role=Role.ADMIN)
    return made


def clean_host(text: str) -> str:
    """The host in lower case, without scheme, path, port or a leading `www.`. Raises ValueError for anything else."""
    host = text.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/").removeprefix("www.")
    try:
        URLValidator(schemes=["https"])(f"https://{host}/")
    except ValidationError as error:
        raise ValueError(f"“{text}” is not a domain like daily.example.") from error
    if any(character in host for character in "/:@?#"):
        raise ValueError(f"“{text}” is more than a domain: give it like daily.example.")
    return host


def _publication(wanted: Wanted) -> Publication:
    return Publication.objects.create(
        name=wanted.publication.strip(),
        slug=wanted.slug,
        hosts=[clean_host(host) for host in wanted.hosts],
        desk_host=clean_host(wanted.desk_host) if wanted.desk_host else "",
        currency=wanted.currency.upper(),
        time_zone=wanted.time_zone,
        settings={} if wanted.regime == "own" else {"regime": wanted.regime},
        is_default=not Publication.objects.filter(is_default=True).exists(),
    )


def _administrator(wanted: Wanted) -> User:
    return User.objects.create_superuser(
        username=wanted.admin_username, email=wanted.admin_email, password=wanted.password
    )


def _faults(wanted: Wanted, publication: Publication | None, person: User | None) -> list[Fault]:
    faults = []
    name = wanted.publication.strip()
    if not wanted.slug or len(name) > LONGEST_NAME:
        faults.append(Fault("/publication", f"Give the publication a name of at most {LONGEST_NAME} characters."))
    if publication is None:
        faults += _publication_faults(wanted)
    if person is None:
        faults += _administrator_faults(wanted)
    elif not person.is_superuser:
        faults.append(
            Fault("/admin_username", f"“{person.username}” is a member who is no administrator. Choose another name.")
        )
    return faults


def _publication_faults(wanted: Wanted) -> list[Fault]:
    faults = []
    if not wanted.hosts:
        faults.append(Fault("/host", "Name at least one domain that its articles are on."))
    for pointer, host in [("/host", host) for host in wanted.hosts] + [("/desk_host", wanted.desk_host)]:
        if host:
            try:
                clean_host(host)
            except ValueError as error:
                faults.append(Fault(pointer, str(error)))
    if wanted.desk_host and Publication.objects.filter(desk_host=wanted.desk_host.strip().lower()).exists():
        faults.append(Fault("/desk_host", f"“{wanted.desk_host}” is another publication's desk."))
    if wanted.currency.upper() not in list_currencies():
        faults.append(Fault("/currency", f"“{wanted.currency}” is not a currency of ISO 4217, like USD or EUR."))
    if wanted.regime not in REGIMES:
        faults.append(Fault("/regime", f"“{wanted.regime}” is none of {', '.join(REGIMES)}."))
    if not is_time_zone(wanted.time_zone):
        faults.append(Fault("/time_zone", f"“{wanted.time_zone}” is not a time zone, like Europe/Berlin."))
    return faults


def _administrator_faults(wanted: Wanted) -> list[Fault]:
    faults = []
    person = User(username=wanted.admin_username, email=wanted.admin_email)
    try:
        User.username_validator(wanted.admin_username)
    except ValidationError as error:
        faults.append(Fault("/admin_username", " ".join(error.messages)))
    if len(wanted.admin_username) > LONGEST_USERNAME:
        faults.append(Fault("/admin_username", f"At most {LONGEST_USERNAME} characters."))
    try:
        validate_email(wanted.admin_email)
    except ValidationError:
        faults.append(Fault("/admin_email", f"“{wanted.admin_email}” is not a mail address."))
    if User.objects.filter(email__iexact=wanted.admin_email).exists():
        faults.append(Fault("/admin_email", f"“{wanted.admin_email}” belongs to another member."))
    try:
        validate_password(wanted.password, person)
    except ValidationError as error:
        faults.append(Fault("/admin_password", " ".join(error.messages)))
    else:
        # The title that is being set up is not among those that the validator knows.
        if is_made_of(wanted.password, [wanted.publication, wanted.desk_host, *wanted.hosts]):
            faults.append(Fault("/admin_password", HouseWordsValidator().get_help_text()))
    return faults
