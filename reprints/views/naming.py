"""What the articles of a request are called on the pages where somebody asks."""

from __future__ import annotations

from babel.lists import format_list
from django.utils.translation import gettext as _

from newsroom.articles.addresses import BadAddress, canonical_key
from newsroom.articles.models import ArticleAddress
from reprints.documents.wording import spoken_locale
from reprints.forms.asking import DetailsForm
from reprints.vocabulary import MAX_ITEMS


def known(urls: list[str]) -> list[dict[str, str]]:
    """Address, headline and title of the publication of each article; neither for one that we do not know or that is
    under embargo.
    """
    keys: dict[str, str] = {}
    for url in urls[:MAX_ITEMS]:
        try:
            keys[url] = canonical_key(url)
        except BadAddress:
            keys[url] = ""
    rows = ArticleAddress.objects.filter(key__in=[key for key in keys.values() if key])
    found = {row.key: row.article for row in rows.select_related("article__publication")}
    shown = {key: article for key, article in found.items() if not article.is_embargoed}
    return [
        {"url": url, "headline": shown[key].headline, "title": shown[key].publication.name}
        if key in shown
        else {"url": url, "headline": "", "title": ""}
        for url, key in keys.items()
    ]


def of_several_titles(articles: list[dict[str, str]]) -> str:
    """What is said of articles that cannot be asked for together; empty of those that can."""
    titles = list(dict.fromkeys(row["title"] for row in articles if row["title"]))
    if len(titles) < 2:
        return ""
    words = _(
        "These articles are of %(titles)s. A request is about one title: leave the articles of one here, and ask for "
        "the others in a request of their own."
    )
    return words % {"titles": format_list(titles, locale=spoken_locale())}


def names_of(details: DetailsForm) -> list[str]:
    """Use and article of each line of the price."""
    forms = [*details.before, details]
    headlines = {row["url"]: row["headline"] for row in known([url for form in forms for url in form.step.urls()])}
    return [f"{form.use.label}: {headlines.get(url) or url}" for form in forms for url in form.step.urls()]
