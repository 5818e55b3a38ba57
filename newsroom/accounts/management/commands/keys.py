"""`manage.py keys issue|revoke|list`: keys to the API from the terminal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Prefetch
from django.utils.dateparse import parse_datetime

from newsroom.accounts import services
from newsroom.accounts.models import ApiKey, Organization, Publication
from newsroom.accounts.scopes import SCOPES
from newsroom.errors import Invalid


class Command(BaseCommand):
    """Issue, revoke and list API keys."""

    help = "Issues, revokes and lists API keys. The text of a new key is printed once and never kept."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand for each verb."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        issue = verbs.add_parser("issue", help="make a key and print it")
        issue.add_argument("--label", required=True, help="what the key is for")
        issue.add_argument("--scopes", nargs="+", required=True, help=", ".join(SCOPES))
        issue.add_argument("--organization", default="", help="slug of the partner")
        issue.add_argument("--publication", nargs="+", default=[], help="slugs whose CMS it is")
        issue.add_argument("--test", action="store_true", help="its records are marked as tests")
        issue.add_argument("--expires", default="", help="date and time, like 2027-01-31T00:00:00Z")
        verbs.add_parser("revoke", help="close a key at once").add_argument("key_id")
        verbs.add_parser("list", help="every key, newest first")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the verb says."""
        {"issue": self._issue, "revoke": self._revoke, "list": self._list}[options["verb"]](options)

    def _issue(self, options: dict[str, Any]) -> None:
        organization = None
        if options["organization"]:
            organization = Organization.objects.filter(slug=options["organization"]).first()
            if organization is None:
                raise CommandError(f"There is no organization “{options['organization']}”.")
        publications = list(Publication.objects.filter(slug__in=options["publication"]))
        if missing := set(options["publication"]) - {row.slug for row in publications}:
            raise CommandError(f"There is no publication “{', '.join(sorted(missing))}”.")
        try:
            _key, text = services.issue_key(
                label=options["label"],
                scopes=options["scopes"],
                organization=organization,
                publications=publications,
                test=options["test"],
                expires_at=_moment(options["expires"]),
            )
        except Invalid as error:
            raise CommandError(error.message) from error
        self.stdout.write(text)

    def _revoke(self, options: dict[str, Any]) -> None:
        parts = options["key_id"].split("_", 3)
        key_id = parts[2] if len(parts) > 2 else options["key_id"]
        key = ApiKey.objects.filter(key_id=key_id).first()
        if key is None:
            raise CommandError(f"There is no key “{key_id}”.")
        services.revoke_key(key)
        self.stdout.write(f"{key} is revoked.")

    def _list(self, options: dict[str, Any]) -> None:
        rows = ApiKey.objects.select_related("organization").prefetch_related(
            Prefetch("publications", queryset=Publication.objects.order_by("slug"))
        )
        for key in rows.order_by("-pk"):
            owner = key.organization.slug if key.organization else ",".join(row.slug for row in key.publications.all())
            state = "revoked" if key.revoked_at else "active"
            used = key.last_used_hour.isoformat(timespec="minutes") if key.last_used_hour else "never used"
            self.stdout.write("\t".join([str(key), state, owner, key.label, " ".join(key.scopes), used]))


def _moment(text: str) -> Any:
    if not text:
        return None
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise CommandError("Give --expires as a date and time with its zone, like 2027-01-31T00:00:00Z.")
    return moment
