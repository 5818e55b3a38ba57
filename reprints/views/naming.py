"""What the articles of a request are called on the pages where somebody asks."""

from __future__ import annotations

from newsroom.articles.addresses import BadAddress, canonical_key
from newsroom.articles.models import ArticleAddress
from reprints.forms.asking import DetailsForm
from reprints.vocabulary import MAX_ITEMS


def known(urls: list[str]) -> list[dict[str, str]]:
    """Address and headline of each article; no headline for one that we do not know or that is under embargo."""
    keys: dict[str, str] = {}
    for url in urls[:MAX_ITEMS]:
        try:
            keys[url] = canonical_key(url)
        except BadAddress:
            keys[url] = ""
    rows = ArticleAddress.objects.filter(key__in=[key for key in keys.values() if key]).select_related("article")
    headlines = {row.key: row.article.headline for row in rows if not row.article.is_embargoed}
    return [{"url": url, "headline": headlines.get(key, "")} for url, key in keys.items()]


def names_of(details: DetailsForm) -> list[str]:
    """Use and article of each line of the price."""
    forms = [*details.before, details]
    headlines = {row["url"]: row["headline"] for row in known([url for form in forms for url in form.step.urls()])}
    return [f"{form.use.label}: {headlines.get(url) or url}" for form in forms for url in form.step.urls()]
