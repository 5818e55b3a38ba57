"""Who works where."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from newsroom.accounts.models import INCLUDES, Publication, User


def working_at(publication: Publication, *roles: str) -> QuerySet[User]:
    """Active staff who hold every one of these roles there, by whatever membership, in the order of their names.

    One query when it is read, however many people there are. The same people for whom `User.roles_at` answers so.
    """
    rows = User.objects.filter(is_active=True)
    for role in roles:
        rows = rows.filter(pk__in=_holders(publication, role))
    return rows.order_by("first_name", "last_name", "username")


def _holders(publication: Publication, role: str) -> QuerySet[Any]:
    wider = [held for held, included in INCLUDES.items() if role in included]
    there = Q(memberships__publication=None) | Q(memberships__publication=publication)
    # Whoever owns the installation is an administrator everywhere, who holds every role.
    return User.objects.filter(Q(memberships__role__in=wider) & there | Q(is_superuser=True)).values("pk")
