"""Reporting an error: the form at `/corrections/new/`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.db import Error
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from corrections.forms.reader import ReportForm, stands_in, text_to_mark
from corrections.forms.said import MAX_PASSAGE
from corrections.services import doubting
from corrections.services.submitting import private_path, says_the_same, submit
from corrections.views import wording
from newsroom.accounts import regimes
from newsroom.accounts.models import Publication
from newsroom.api import throttles
from newsroom.api.networks import network_mark, network_marks
from newsroom.articles import passages
from newsroom.availability import is_away
from newsroom.web import form_token, gate
from newsroom.web.headers import private_page, see_other

PURPOSE = "report"
SECOND_TRY_SECONDS = 60
PREFILLED = {"url": "article_url", "quote": "passage_exact", "medium": "medium"}


# Exempt: nobody is logged in here, so there is no right that a foreign page could use; the signed form token proves
# that the form came from us. See newsroom.web.form_token.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def new(request: HttpRequest) -> HttpResponse:
    """The form, what is wrong with it, or the way to the private page of the report that it made."""
    if request.method != "POST":
        try:
            return _show(request, _form(request, _prefilled(request)), token=form_token.issue(PURPOSE), checked=False)
        except Error as error:
            if not is_away(error):
                raise
            return _show_without_database(request)
    form = _form(request, request.POST)
    if _only_looks(request.POST):
        return _show(request, form, token=_same_or_fresh(request), checked=False)
    try:
        token = form_token.read(request.POST.get("form_token", ""), PURPOSE)
    except form_token.UnusableToken as error:
        return _show_again(request, form, error)
    if not form.is_valid():
        return _show(request, form, token=request.POST["form_token"], status=422)
    return _take_in(request, form, token)


def _take_in(request: HttpRequest, form: ReportForm, token: form_token.FormToken) -> HttpResponse:
    draft = form.draft()
    mark = network_mark(request)
    judgment = gate.judge(
        network=throttles.caller(request),
        age=token.age,
        trap=form.cleaned_data["website"],
        text=f"{draft.claim}\n{draft.suggestion}",
        said_before=doubting.said_before(draft, network=mark, sending=token.nonce),
        also=doubting.reasons(draft, networks=network_marks(request)),
        ceiling=doubting.CEILING,
    )
    if judgment.retry_after:
        sentence = _(
            "Many reports came from your network in the last hour. Nothing you typed is lost: keep this page open, "
            "and send it again later."
        )
        response = _show(request, form, token=request.POST["form_token"], status=429, sentence=sentence)
        response["Retry-After"] = str(judgment.retry_after)
        return response
    report = submit(
        draft,
        held_reasons=judgment.held_reasons,
        form_token=token.nonce,
        network_hash=mark,
    )
    if not says_the_same(report, draft):
        sentence = _(
            "You already sent a report from this page, and we have it. What you changed since is not in it: add it "
            "there, or press the button again to send this one as a report of its own."
        )
        fresh = form_token.issue(PURPOSE, head_start=SECOND_TRY_SECONDS)
        return _show(request, form, token=fresh, status=422, sentence=sentence, earlier=private_path(report))
    return see_other(private_path(report))


def _only_looks(sent: QueryDict) -> bool:
    """The article is to be looked up: by its button, or by the Enter key while nothing is said to be wrong yet."""
    by_enter = "enter" in sent and bool(sent.get("article_url", "").strip()) and not sent.get("claim", "").strip()
    return "look" in sent or by_enter


def _show_again(request: HttpRequest, form: ReportForm, error: form_token.UnusableToken) -> HttpResponse:
    """The token was too old or not ours: the form again, as it was, with a fresh one."""
    sentences = {
        "expired": _("This page was open for more than a day. Nothing you typed is lost: please send it again."),
        "forged": _("We could not tell that this form came from us. Nothing you typed is lost: please send it again."),
    }
    head_start = SECOND_TRY_SECONDS if error.code == "expired" else 0
    fresh = form_token.issue(PURPOSE, head_start=head_start)
    return _show(request, form, token=fresh, status=422, sentence=sentences[error.code])


def _form(request: HttpRequest, data: QueryDict | dict[str, str]) -> ReportForm:
    publication = request.publication  # type: ignore[attr-defined]  # -- set by PublicationMiddleware
    return ReportForm(data, publication=publication or None, language=get_language() or "en")


def _prefilled(request: HttpRequest) -> dict[str, str]:
    """What the link to the form already knows."""
    given = {field: request.GET.get(name, "") for name, field in PREFILLED.items()}
    if (post := request.GET.get("post", "")) and "#" not in given["article_url"]:
        given["article_url"] += f"#{quote(post.removeprefix('#'), safe='')}"
    given["passage_exact"] = given["passage_exact"][:MAX_PASSAGE]
    if given["medium"] not in dict(ReportForm.base_fields["medium"].choices):  # type: ignore[attr-defined]  # -- a choice field
        given["medium"] = "web"
    return given


def _same_or_fresh(request: HttpRequest) -> str:
    given = request.POST.get("form_token", "")
    try:
        form_token.read(given, PURPOSE)
    except form_token.UnusableToken:
        return form_token.issue(PURPOSE)
    return given


def _show(
    request: HttpRequest,
    form: ReportForm,
    *,
    token: str,
    status: int = 200,
    sentence: str = "",
    checked: bool = True,
    earlier: str = "",
) -> HttpResponse:
    """The page. Unless `checked`, only a wrong address is pointed out: the rest is not finished yet. `earlier` is the
    path of the report that this page made before.
    """
    form.full_clean()
    if not checked:
        for name in [name for name in form.errors if name != "article_url" or not form.data.get("article_url")]:
            del form.errors[name]
    publication: Publication | None = form.publication
    form.data = {name: form.data.get(name) for name in form.data} | {"form_token": token}
    exact = str(form.data.get("passage_exact") or "")
    context: dict[str, Any] = {
        "form": form,
        "sentence": sentence,
        "earlier": earlier,
        "sent_back": request.method == "POST",
        "article": form.article if form.article is None or not form.article.is_embargoed else None,
        "paragraphs": _paragraphs(text_to_mark(form.revision), form),
        "passage_missing": bool(form.revision and exact.strip() and not stands_in(form.revision, exact)),
        "dates": wording.promised_dates(publication) if publication else [],
        "urgent_dates": wording.promised_dates(publication, urgent=True) if publication else [],
        "publication": publication,
        "bodies": regimes.complaints_bodies(publication) if publication else [],
        "appeal_days": int(publication.policy("appeal_within_days")) if publication else 0,
    }
    with timezone.override(publication.zone if publication else None):
        return render(request, "corrections/new.html", context, status=status)


def _show_without_database(request: HttpRequest) -> HttpResponse:
    """The same form while nothing can be looked up: what the link knew stands in it."""
    request.publication = None  # type: ignore[attr-defined]  # -- set by PublicationMiddleware
    initial = _prefilled(request) | {"form_token": form_token.issue(PURPOSE)}
    sentence = _(
        "We cannot look up articles or save reports at the moment. You can write yours all the same: if it cannot be "
        "saved when you send it, it comes back to you word for word, to be sent again a few minutes later."
    )
    context = {"form": ReportForm(initial=initial, publication=None), "sentence": sentence, "publication": None}
    return render(request, "corrections/new.html", context | {"unasked": True})


def _paragraphs(text: str, form: ReportForm) -> list[list[tuple[str, bool]]]:
    """The text by paragraphs, each in pieces: (words, whether they are the passage that the reader means)."""
    exact, *around = (str(form.data.get(f"passage_{part}") or "") for part in ("exact", "prefix", "suffix"))
    place = (passages.find(text, exact, *around) or passages.find(text, exact)) if exact.strip() else None
    return passages.marked(text, place)
