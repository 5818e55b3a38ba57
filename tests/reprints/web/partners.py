"""People of an organization in front of its own pages."""

from django.test import Client

from newsroom.accounts.models import Contact
from reprints.models import SignInLink
from reprints.services import partner_access

DOOR = "/reprints/partner/"


def person(organization, **roles):
    """A contact with just these roles."""
    roles = {"is_requester": False, "is_signatory": False, "is_billing": False, **roles}
    name = "-".join(sorted(role for role in roles if roles[role])) or "reader"
    return Contact.objects.create(
        organization=organization, name=f"Pat {name}", email=f"{name}@{organization.slug}.example", **roles
    )


def signed_in(contact, client=None):
    """A browser in which that contact is signed in, by the link of the mail."""
    client = client or Client()
    answer = client.post(f"{DOOR}enter/{link_for(contact)}/")
    assert answer.status_code == 303, answer.content[:300]
    return client


def link_for(contact, *, next_path=""):
    """The token of the mail that this contact asked for."""
    assert partner_access.ask_link(contact.email, publication=None, next_path=next_path)
    return partner_access.token_of(SignInLink.objects.filter(contact=contact).latest("pk"))
