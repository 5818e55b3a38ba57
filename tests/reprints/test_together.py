"""Many at once, on separate connections."""

import threading

import pytest
from django.db import connection

from newsroom.errors import Conflict
from reprints.models import License, Quote
from reprints.services import accepting, quoting
from tests.reprints import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def at_once(count, act):
    """Run `act(index)` in so many threads that start together; what each answered or raised."""
    barrier, answers = threading.Barrier(count), [None] * count

    def run(index):
        try:
            barrier.wait(timeout=30)
            answers[index] = act(index)
        except Conflict as error:
            answers[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def test_twenty_equal_accepts_make_one_license():
    publication = make.make_publication()
    request = make.make_request(publication, make.make_article(publication))
    quote = request.quotes.get()
    sha, name = quote.terms.sha256, make.signatory_of(request.organization)

    def accept(_index):
        fresh = Quote.objects.get(pk=quote.pk)
        return accepting.accept(fresh, terms_sha256=sha, signatory=name, seen=quote.version).status

    assert at_once(20, accept) == ["accepted"] * 20
    assert License.objects.filter(quote=quote).count() == 1


def test_two_exclusive_accepts_for_the_same_article_make_one_license():
    publication = make.make_publication()
    article = make.make_article(publication)
    editor = make.make_staff(publication, "licensing_editor")
    quotes = []
    for _ in range(2):
        request = make.make_request(publication, article, exclusivity="full")
        quotes.append(quoting.open(quoting.draft(request, by=editor), by=editor))

    def accept(index):
        quote = Quote.objects.get(pk=quotes[index].pk)
        name = make.signatory_of(quote.organization)
        return accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory=name).status

    answers = at_once(2, accept)
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert [answer for answer in answers if answer not in refused] == ["accepted"]
    assert [answer.code for answer in refused] == ["exclusivity_clash"]
    assert License.objects.filter(article=article).count() == 1
