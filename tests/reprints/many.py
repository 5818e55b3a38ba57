"""Requests by the dozen, each with all that came of it: to count queries with."""

from newsroom.articles.models import Article
from newsroom.events.models import Event, Promise
from reprints.models import LicenseRequest
from tests.copies import multiply


def many_like(request, number, *named):
    """So many more requests like this one, with articles, quotes, orders, licenses and notices like its own; and each
    with its own of what else is `named` by these.
    """
    request = LicenseRequest.objects.get(pk=request.pk)
    quotes, licenses = list(request.quotes.all()), list(request.licenses.all())
    notices = [notice for row in licenses for notice in row.update_notices.all()]
    records = [request, *quotes, *licenses, *notices]
    multiply(
        number,
        *named,
        *Article.objects.filter(pk__in=request.items.values("article")),
        request,
        *request.items.all(),
        *quotes,
        *(line for quote in quotes for line in quote.lines.all()),
        *(order for quote in quotes for order in quote.invoices.all()),
        *licenses,
        *Event.objects.filter(pk__in={notice.origin_event_id for notice in notices}),
        *notices,
        *Promise.objects.filter(subject_reference__in=[record.reference for record in records]),
    )
