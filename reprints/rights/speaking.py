"""What a publication says about the use of its articles: to machines by its policy, to everyone by schema.org's words.

The addresses are those of the publication's own desk and articles; a machine may read any of the files for another
publication of the same desk by `?publication=`.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from newsroom.accounts.models import Publication
from newsroom.articles import rights
from newsroom.articles.models import Article
from newsroom.web.publications import desk_url
from reprints.rights import aipref
from reprints.rights.policy import DENIED, AiPolicy, refuse_contradictions

logger = logging.getLogger(__name__)


def policy_of(publication: Publication) -> AiPolicy:
    """The publication's answers to machines. What is stored and cannot be meant gives and sells nothing."""
    try:
        policy = AiPolicy.of(publication.policy("ai_policy"))
        refuse_contradictions(policy)
    except (ValueError, TypeError, AttributeError):
        logger.warning("The AI policy of %s cannot be meant: machines are told no.", publication.slug)
        return DENIED
    return policy


def license_url(publication: Publication) -> str:
    """Its RSL document."""
    return f"{desk_url(publication)}/license.xml?{_query(publication)}"


def tdm_policy_url(publication: Publication) -> str:
    """Its ODRL Offer of mining."""
    return f"{desk_url(publication)}/.well-known/tdm-policy.json?{_query(publication)}"


def form_url(publication: Publication) -> str:
    """Where a person asks for a license."""
    return f"{desk_url(publication)}/reprints/new/"


def sites_of(publication: Publication) -> list[str]:
    """Where its articles stand, and where this desk speaks of them: addresses with every path below them."""
    articles = [f"https://{host}/" for host in publication.hosts]
    return list(dict.fromkeys([*articles, f"{desk_url(publication)}/"]))


def headers_of(publication: Publication) -> dict[str, str]:
    """Of every page about its articles: the policy in TDMRep, AIPREF and RSL."""
    return aipref.response_headers(
        policy_of(publication),
        license_url=license_url(publication),
        tdm_policy_url=tdm_policy_url(publication),
    )


def members_of(article: Article) -> dict[str, Any]:
    """schema.org members: who holds the copyright, and where a license is to be had.

    An article of an agency, or one whose rights are not ours, is not offered, and no copyright in it is claimed.
    """
    publication = article.publication
    desk = desk_url(publication)
    told = {"usageInfo": f"{desk}/reprints/", "license": license_url(publication)}
    if article.source_agency or article.licensable is False:
        return told
    holder = publication.legal_entity or publication.name
    year = article.published_at.astimezone(publication.zone).year if article.published_at else None
    return {
        **told,
        "acquireLicensePage": f"{form_url(publication)}?{urlencode({'url': article.url})}",
        "copyrightHolder": {"@type": "NewsMediaOrganization", "name": holder},
        **({"copyrightYear": year} if year else {}),
        "copyrightNotice": " ".join(filter(None, ["©", str(year or ""), holder])),
        "creditText": " · ".join(filter(None, [", ".join(article.bylines), publication.name])),
    }


def _query(publication: Publication) -> str:
    return urlencode({"publication": publication.slug})


rights.register(rights.Speaker(members=members_of, headers=headers_of))
