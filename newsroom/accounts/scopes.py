"""The closed list of what a key may be allowed to do, and which keys may hold what."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SCOPES = {
    "articles:write": _("Create and update articles of the key's publications, and read their text"),
    "agency_corrections:write": _("Pass on an agency's correction to the desk of the key's publications"),
    "requests:read": _("Follow one's license requests"),
    "requests:write": _("Ask for licenses and write messages"),
    "quotes:read": _("Read the quotes made to one's organization"),
    "quotes:accept": _("Accept and decline quotes"),
    "licenses:read": _("Read one's licenses, their documents and texts, and invoices"),
    "licenses:write": _("State where a licensed text stands, and renew"),
    "updates:read": _("Read the notices about articles one has licensed"),
    "updates:acknowledge": _("Say what was done about a notice"),
    "webhooks:manage": _("Create, change and delete one's webhook endpoints"),
    "events:read": _("Pull the events one may receive"),
}
"""Scope → what it lets a key do."""

CMS = frozenset({"articles:write", "agency_corrections:write", "webhooks:manage", "events:read"})
"""What a key of publications may hold."""

PARTNER = frozenset(SCOPES) - {"articles:write", "agency_corrections:write"}
"""What a key of an organization may hold."""
