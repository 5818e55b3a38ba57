"""The address book of staff, and who sits at a desk."""

from __future__ import annotations

from collections.abc import Iterable

from newsroom.accounts.models import Desk, DeskKind, Publication, Role, User
from newsroom.events.kinds import Address, Recipient, address_book


@address_book("user")
def address_of_user(key: str) -> Address | None:
    """A member of staff, while active."""
    person = User.objects.filter(pk=key, is_active=True).first()
    return Address(person.email, str(person)) if person and person.email else None


@address_book("publication")
def address_of_publication(key: str) -> Address | None:
    """`<slug>:corrections` or `<slug>:licensing`: the shared mailbox of a desk."""
    slug, _, box = key.partition(":")
    publication = Publication.objects.filter(slug=slug).first()
    email = getattr(publication, f"{box}_email", "") if publication else ""
    return Address(email, str(publication)) if email else None


def desk_for(publication: Publication, *, kind: str, section: str) -> Desk | None:
    """The desk that handles the section, however its letters are cased, else the fallback without sections, else any.

    None when there is none.
    """
    desks = list(Desk.objects.filter(publication=publication, kind=kind).order_by("pk"))
    for desk in desks:
        if section and section.casefold() in {str(name).casefold() for name in desk.sections}:
            return desk
    return next((desk for desk in desks if not desk.sections), desks[0] if desks else None)


def people_at(desk: Desk | None, *, publication: Publication, kind: str) -> Iterable[Recipient]:
    """The members of the desk; without members, everyone with the desk's role; without those, the shared mailbox."""
    people = list(desk.members.filter(is_active=True)) if desk else []
    if not people:
        role = Role.DESK_EDITOR if kind == DeskKind.CORRECTIONS else Role.LICENSING_EDITOR
        people = people_with(publication, role)
    if people:
        return [Recipient("user", str(person.pk)) for person in people]
    return [Recipient("publication", f"{publication.slug}:{kind}")]


def people_with(publication: Publication, role: str) -> list[User]:
    """Active staff whose own memberships (not the wider roles that include it) give exactly this role there."""
    return list(
        User.objects.filter(is_active=True, memberships__role=role)
        .filter(memberships__publication__in=[publication])
        .distinct()
        .union(User.objects.filter(is_active=True, memberships__role=role, memberships__publication=None).distinct())
    )
