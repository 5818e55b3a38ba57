"""Is this license real, and in force today? By its number, or by the address of the page where the text stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from newsroom import references
from newsroom.articles.addresses import BadAddress, clean_url
from newsroom.web.headers import public_page
from newsroom.web.text import has_forbidden_characters
from reprints import links
from reprints.documents.wording import date_words, spoken_locale
from reprints.duties import to_come_down
from reprints.models import License, LicenseRequest
from reprints.views import wording
from reprints.workflow import LicenseStatus

MAX_QUERY = 2000
MAX_FOUND = 20


@dataclass(frozen=True)
class Verdict:
    """The answer in a few words, a sentence, and the tone of its drawing."""

    word: Any
    sentence: Any
    tone: str


VERDICTS: dict[str, Verdict] = {
    "valid": Verdict(_("Yes. In force today."), _("We issued this license, and it is in force."), "done"),
    "take_down": Verdict(
        _("In force, but the text must come down."),
        _("We issued this license. After a change of the article the text is to be taken down, wherever it stands."),
        "stop",
    ),
    "not_yet_valid": Verdict(
        _("Real, but not in force yet."), _("We issued this license. It does not permit anything yet."), "waiting"
    ),
    "expired": Verdict(_("No longer. It has ended."), _("We issued this license, and its time is over."), "closed"),
    "terminated": Verdict(
        _("No longer. It was ended early."), _("We issued this license, and it was ended before its time."), "closed"
    ),
    "never_issued": Verdict(
        _("No. It was never in force."), _("We agreed to this license, and it ended before it was issued."), "closed"
    ),
    "suspended": Verdict(
        _("Not at present. It is suspended."), _("We issued this license. The text may not be used for now."), "stop"
    ),
    "revoked": Verdict(_("No. It was revoked."), _("We issued this license and took it back."), "stop"),
    "superseded": Verdict(
        _("No longer. It was replaced."), _("We issued this license. A newer one took its place."), "closed"
    ),
    "test": Verdict(
        _("No. It is only a test."),
        _("We made this number for somebody who tries our system out. It permits nothing to anyone."),
        "waiting",
    ),
    "unknown": Verdict(
        _("We do not know this number."),
        _("No license of ours has it. Every license that we issued is found here."),
        "stop",
    ),
    "mistyped": Verdict(
        _("There is a typing mistake in this number."),
        _("A number looks like L-7K3QX2MW-4; its last character checks the others. Compare it with the certificate."),
        "waiting",
    ),
}
"""Keyed by `License.public_status`, for what it does not tell apart, and for what is no number of ours."""
ENDED: dict[str, Any] = {
    "terminated": _("Ended early"),
    "revoked": _("Revoked"),
    "superseded": _("Replaced"),
}
"""Status of a license → what the day is called on which it ended."""


@require_safe
@public_page
def ask(request: HttpRequest) -> HttpResponse:
    """The form. `?q=` is a number, which leads to its page, or the address of a page with licensed text."""
    query = request.GET.get("q", "").strip()[:MAX_QUERY]
    if not query or has_forbidden_characters(query):
        return render(request, "reprints/verify.html", {"query": "", "crumbs": None})
    if "/" not in query and "." not in query:
        return redirect(f"/licenses/verify/{quote(references.normalize(query)[:40], safe='')}/")
    rows = _published_at(query)
    down = to_come_down(rows)
    found = [
        {"number": row.number, "path": links.verify_path(row.number), "verdict": VERDICTS[_word_of(row, down)]}
        | _facts(row)
        for row in rows
    ]
    context = {"query": query, "by_page": True, "found": found}
    return render(request, "reprints/verify.html", context)


@require_safe
@public_page
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """The verdict on one number, in any spelling. Never a price or a contact."""
    wanted = references.normalize(number)
    if has_forbidden_characters(wanted):
        wanted = ""
    if not references.is_valid(wanted, "license"):
        return _show(request, wanted[:40], "mistyped", None)
    row = License.objects.filter(reference=wanted).select_related("publication", "article").first()
    if row is None:
        return _show(request, wanted, "unknown", None)
    if row.test:
        return _show(request, wanted, "test", None)
    return _show(request, wanted, _word_of(row, to_come_down([row])), row)


def _word_of(row: License, down: set[int]) -> str:
    """The key of its verdict. `down`: the keys of those whose text must come down."""
    status = row.public_status()
    if status == "valid" and row.pk in down:
        return "take_down"
    if row.status == LicenseStatus.TERMINATED:
        return "terminated" if row.issued_at else "never_issued"
    return status


def licensee_of(row: License) -> Any:
    """Who holds it, for everyone to read: an organization by its name; a person is not named."""
    if row.organization_id is not None:
        return row.snapshot["parties"]["licensee"]["name"]
    contact = LicenseRequest.objects.select_related("contact").get(pk=row.request_id)
    company = contact.contact.company if hasattr(contact, "contact") else ""
    return company or _("A private person")


def _show(request: HttpRequest, number: str, status: str, row: License | None) -> HttpResponse:
    context = {
        "query": number,
        "number": number,
        "status": status,
        "verdict": VERDICTS[status],
        "facts": _facts(row) if row is not None else None,
        "asked_at": timezone.now().replace(second=0, microsecond=0),  # so that within a minute the page is the same
    }
    if row is None:
        return render(request, "reprints/verify_answer.html", context)
    context["publication"] = row.publication
    with timezone.override(row.publication.zone):
        return render(request, "reprints/verify_answer.html", context)


def _facts(row: License) -> dict[str, Any]:
    """What anyone may know of it."""
    snapshot = row.snapshot
    open_to_all = not row.article.is_embargoed
    granted = wording.grant_rows({**snapshot, "excerpt_text": "", "placement_urls": []})
    return {
        "licensee": licensee_of(row),
        "headline": snapshot["article"]["headline"] if open_to_all else "",
        "url": snapshot["article"]["url"] if open_to_all else "",
        "article_page": f"/articles/{row.article.reference}/" if open_to_all else "",
        "publication": row.publication.name,
        "rows": [*_days(row), *granted],
    }


def _days(row: License) -> list[dict[str, Any]]:
    """When it ended before its time, or until when it is suspended."""
    locale, status = spoken_locale(), row.effective_status()
    if status in ENDED and row.ended_at is not None:
        return [{"label": ENDED[status], "value": date_words(row.day(row.ended_at), locale)}]
    if status == LicenseStatus.SUSPENDED and row.suspended_until is not None:
        return [{"label": _("Suspended until"), "value": date_words(row.suspended_until, locale)}]
    return []


def _published_at(query: str) -> list[License]:
    """The licenses whose holder declared this address, in any of its usual spellings."""
    spellings = {query}
    try:
        parts = urlsplit(clean_url(query))
    except BadAddress:
        return []
    host = parts.netloc.removeprefix("www.")
    tail = parts.path.rstrip("/")
    for scheme in ("https", "http"):
        for name in (host, f"www.{host}"):
            for path in (tail, f"{tail}/"):
                spellings.add(f"{scheme}://{name}{path}{'?' + parts.query if parts.query else ''}")
    rows = License.objects.filter(placements__url__in=spellings, placements__removed_at=None, test=False)
    return list(rows.select_related("publication", "article").distinct().order_by("-pk")[:MAX_FOUND])
