"""A small newsroom with a licensing desk: plain functions that make rows."""

import hashlib
from datetime import timedelta
from decimal import Decimal

from django.apps import apps
from django.utils import timezone

from newsroom import references
from newsroom.accounts.models import ApiKey, Contact, Membership, Organization, Publication, User
from newsroom.articles.addresses import canonical_key
from newsroom.articles.models import Article, ArticleAddress, Revision
from newsroom.events.log import record
from newsroom.events.models import Event
from newsroom.workflow import THE_LOG
from reprints.models import PriceRule, RateCard, TermsTemplate
from reprints.services import accepting, asking, invoicing, payments, ratecard
from reprints.services.tax import TaxChoice
from tests.factories import COUNT

UNTAXED = TaxChoice("domestic", Decimal(0))
BODY = "The council met on Monday.\n\nIt spent 1.2 million on the bridge."


def make_publication(**values):
    number = next(COUNT)
    settings = {"tax": {"country": "US", "rate": "0"}, **values.pop("settings", {})}
    publication = Publication.objects.create(
        **{
            "name": f"The Daily {number}",
            "slug": f"daily-{number}",
            "hosts": [f"daily{number}.example"],
            "licensing_email": f"licensing@daily{number}.example",
            "time_zone": "America/New_York",
            "settings": settings,
            **values,
        }
    )
    ratecard.install_defaults(publication)
    return publication


def make_article(publication, **values):
    number = next(COUNT)
    url = f"https://{publication.hosts[0]}/politics/story-{number}"
    sha = hashlib.sha256(BODY.encode()).hexdigest()
    article = Article.objects.create(
        reference=references.new("article"),
        **{
            "publication": publication,
            "url": url,
            "headline": f"Council spends on bridge {number}",
            "section": "politics",
            "bylines": ["Ann Reporter"],
            "licensable": True,
            "revision": 1,
            "revision_sha256": sha,
            "published_at": timezone.now(),
            **values,
        },
    )
    ArticleAddress.objects.create(article=article, key=canonical_key(url), url=url)
    Revision.objects.create(
        article=article, number=1, headline=article.headline, body=BODY, sha256=sha, seen_at=timezone.now()
    )
    return article


def make_organization(**values):
    number = next(COUNT)
    organization = Organization.objects.create(
        **{
            "name": f"Partner {number}",
            "slug": f"partner-{number}",
            "payment_terms": "on_account",
            "country": "US",
            **values,
        }
    )
    Contact.objects.create(
        organization=organization,
        name="Sig Natory",
        email=f"sign@partner{number}.example",
        is_signatory=True,
        is_requester=False,
    )
    Contact.objects.create(organization=organization, name="Req Uester", email=f"ask@partner{number}.example")
    return organization


def signatory_of(organization):
    return organization.contacts.get(is_signatory=True).email


def make_key(organization, *, test=False):
    number = next(COUNT)
    return ApiKey.objects.create(
        key_id=f"key{number}", secret_sha256="0" * 64, label="key", organization=organization, test=test
    )


def make_staff(publication, role):
    number = next(COUNT)
    person = User.objects.create_user(f"{role}-{number}", email=f"{role}{number}@daily.example")
    Membership.objects.create(user=person, publication=publication, role=role)
    return User.objects.get(pk=person.pk)


def today_of(publication):
    return timezone.now().astimezone(publication.zone).date()


def item(article, **values):
    today = today_of(article.publication)
    return {
        "article_url": article.url,
        "use": "republish_web",
        "quantity": 5000,
        "territory": ["US"],
        "languages": ["en"],
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=364)).isoformat(),
        **values,
    }


def make_request(publication, *articles, organization=None, by=None, requester=None, **values):
    """A request for one item per article; `values` go into every item."""
    organization = organization or (None if requester else make_organization())
    return asking.submit(
        {"items": [item(article, **values) for article in articles]},
        publication=publication,
        organization=organization,
        by=by or make_key(organization),
        requester=requester,
    )


def make_license(publication, article, *, organization=None, by=None, **values):
    """A license that a partner accepted in the priced lane."""
    request = make_request(publication, article, organization=organization, by=by, **values)
    quote = request.quotes.get()
    quote = accepting.accept(
        quote, by=request.api_key, terms_sha256=quote.terms.sha256, signatory=signatory_of(request.organization)
    )
    return quote.licenses.get()


def pay_for(row, *, by=None):
    """The payment for a license arrived: its order gets a number of the accounting system, and is paid in full."""
    by = by or make_staff(row.publication, "licensing_editor")
    for order in row.quote.invoices.filter(status="draft"):
        payments.pay(invoicing.enter_number(order, by=by, number=f"ERP-{next(COUNT)}"), by=by, reference="bank")
    row.refresh_from_db()
    return row


def today(publication):
    """The day it is at the publication, whatever it is elsewhere."""
    return timezone.localdate(timezone=publication.zone)


def make_terms(publication, *, duties):
    """A newer version of the terms, with these duties."""
    return TermsTemplate.objects.create(
        publication=publication,
        label=f"t{next(COUNT)}",
        text="New terms.",
        duties=duties,
        effective_on=today(publication),
    )


def make_card(publication, *, base="100", **values):
    card = RateCard.objects.create(
        publication=publication, name="Draft", currency="USD", valid_from=today(publication), draft=True
    )
    PriceRule.objects.create(card=card, priority=1, name="flat", base=Decimal(base), **values)
    return card


class Notice:
    """What a correction looks like from the licensing desk: a noun, a reference, a publication."""

    noun = "correction"

    def __init__(self, publication):
        self.publication = publication
        self.reference = references.new("correction")


def happened(name, article, /, *, subject=None, **data):
    """An event of the other desk about this article, as that desk records it."""
    subject = subject or (article if name.startswith("article.") else Notice(article.publication))
    if name.startswith("correction."):
        data = {"articles": [article.pk], "kind": "correction", "severity": "high", "revision_after": {}, **data}
    return record(name, subject, by=THE_LOG, article=article, data=data)


def rows():
    """Everything a refused move must leave alone, as values."""
    models = [*apps.get_app_config("reprints").get_models(), Event]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
