"""Asking for a license, in two steps: at `/reprints/new/` and on a partner's pages. Nothing is written before the last
button.
"""

from __future__ import annotations

from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.accounts.models import Publication
from newsroom.api import throttles
from newsroom.availability import is_away
from newsroom.errors import DomainError, Invalid
from newsroom.web import form_token, gate
from newsroom.web.headers import private_page, see_other
from newsroom.web.once import once
from reprints.forms import several
from reprints.forms.asking import CONSENT, ArticlesForm, DetailsForm
from reprints.forms.several import MORE, MOST_USES
from reprints.models import LicenseRequest, TermsTemplate, UseType
from reprints.services import asking, drafts, quoting
from reprints.views import wording
from reprints.views.askers import PURPOSE, Asker, from_link
from reprints.views.moves import too_often
from reprints.views.naming import known, names_of, of_several_titles
from reprints.vocabulary import MAX_ITEMS, Lane, Use

SECOND_TRY_SECONDS = 60
MACHINE_LIKE = {"trap", "too_fast"}
FIRST_STEP = ("article_urls", "use", "organization_type")
PERSONAL = ("name", "email")
DRAFTED = frozenset({*FIRST_STEP, *DetailsForm.base_fields, MORE, several.ANOTHER}) - {"website"} - CONSENT


# Exempt: nobody is logged in here, so there is no right that a foreign page could use; the signed form token proves
# that the form came from us. See newsroom.web.form_token.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def new(request: HttpRequest) -> HttpResponse:
    """The first step, the second step with an indication of the price, or the way to the request's private page."""
    try:
        return _new(request)
    except Error as error:
        if request.method == "POST" or not is_away(error):
            raise
        return _show_without_database(request)


def _new(request: HttpRequest) -> HttpResponse:
    publication: Publication | None = request.publication or None  # type: ignore[attr-defined]  # -- by PublicationMiddleware
    if publication is None:
        return render(request, "reprints/closed.html", status=503)
    return ask(request, Asker(publication))


def ask(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Both steps, for whoever asks: nobody known, or an organization whose contact is signed in."""
    if request.method != "POST":
        return _show_articles(request, ArticlesForm(initial=asker.prefilled(request.GET)), asker)
    doing, request.POST = several.pressed(asker.typed(request.POST))  # type: ignore[assignment]  # -- as if it had been sent so
    step = ArticlesForm(request.POST)
    asker = asker.asking_for(step.urls()[:MAX_ITEMS])
    if doing == "save" and not asker.has_asked:
        return _save(request, asker)
    if doing == "back":
        return _show_articles(request, ArticlesForm(initial=request.POST.dict()), asker)
    if refused := _refused_uses(request, step, asker):
        return refused
    with timezone.override(asker.publication.zone):
        beyond_free = int(asker.publication.policy("free_words")) + 1
        smallest = _indicate(step, step.smallest(words=beyond_free), asker)
    if step.errors or step.chosen is None:
        return _show_articles(request, step, asker, status=422)
    # Whoever went back to the first step brings along what was typed in the second.
    fresh = several.ANOTHER in request.POST or "starts_on" not in request.POST
    if doing not in {"price", "send", "add", several.SHOW} and fresh:
        details = asker.details(step, request.POST, fresh=True)
        return _show_details(request, details, asker, shown=smallest, first=True)
    return _answer(request, asker.details(step, request.POST), asker, smallest, doing=doing)


def _refused_uses(request: HttpRequest, step: ArticlesForm, asker: Asker) -> HttpResponse | None:
    """The first step again where uses were added that cannot be asked for: without them, and saying so."""
    left = several.offered(request.POST, step.use_types)
    if left is None:
        return None
    request.POST = left  # type: ignore[assignment]  # -- as if it had been sent so
    sentence = _("A use that you added cannot be asked for here, so we left it out. Please look at the others again.")
    return _show_articles(request, ArticlesForm(initial=left.dict()), asker, status=422, sentence=sentence)


def _save(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Keep a draft of what was typed, and lead to it. Nothing in it has to be right yet."""
    step = ArticlesForm(initial=request.POST.dict())
    verdict = throttles.hit("form", f"draft:{asker.about or throttles.caller(request)}"[:80])
    if not verdict.allowed:
        words = _("Many drafts were saved from your network. Keep this page open, and try again in an hour.")
        response = _show_articles(request, step, asker, status=429, sentence=words)
        response["Retry-After"] = str(verdict.retry_after)
        return response
    kept = [(name, value) for name, values in request.POST.lists() if name in DRAFTED for value in values]
    try:
        draft = drafts.save(kept, organization=asker.organization, token=request.POST.get("draft", ""))
    except DomainError as refusal:
        return _show_articles(request, step, asker, status=422, sentence=refusal.message)
    return see_other(drafts.path_of(draft) if asker.organization is None else "/reprints/partner/drafts/")


def _answer(
    request: HttpRequest,
    details: DetailsForm,
    asker: Asker,
    smallest: dict[str, Any] | None,
    *,
    doing: str,
) -> HttpResponse:
    sending = doing == "send"
    details.is_valid()
    if not sending:
        for name in PERSONAL:
            details.errors.pop(name, None)
    exact = _indicate(details, details.request_data(), asker)
    if details.step.errors:
        return _show_articles(request, details.step, asker, status=422)
    if doing == "add" and not details.errors:
        return _add_another(request, details, asker, exact)
    if doing == several.SHOW:
        details.errors.clear()
    if sending:
        details.need_consent(_terms_to_agree(exact, asker))
    if details.errors or not sending:
        status = 422 if details.errors else 200
        return _show_details(request, details, asker, shown=exact or smallest, first=exact is None, status=status)
    try:
        token = form_token.read(request.POST.get("form_token", ""), PURPOSE, about=asker.about)
    except form_token.UnusableToken:
        sentence = _("This page was open for too long. Nothing you typed is lost: please send it again.")
        return _show_again(request, details, asker, exact, sentence)
    return _take_in(request, details, asker, exact, token)


def _terms_to_agree(shown: dict[str, Any] | None, asker: Asker) -> TermsTemplate | None:
    """The terms of a license that is granted with the request; None where whoever asks decides later. What is added to
    a request is answered together with the rest, on its page.
    """
    if shown is None or shown["lane"] != Lane.FREE or asker.has_asked:
        return None
    return quoting.terms_in_force(asker.publication)


def _add_another(
    request: HttpRequest, details: DetailsForm, asker: Asker, exact: dict[str, Any] | None
) -> HttpResponse:
    """The first step for a further use, while this one waits."""
    if len(details.before) + 1 >= MOST_USES:
        most = _("One request has at most %(most)d uses: send this one, and ask again for the rest.")
        return _show_again(request, details, asker, exact, most % {"most": MOST_USES})
    request.POST = several.another(request.POST)  # type: ignore[assignment]  # -- as if it had been sent so
    return _show_articles(request, ArticlesForm(initial=request.POST.dict()), asker)


def _take_in(
    request: HttpRequest,
    details: DetailsForm,
    asker: Asker,
    exact: dict[str, Any] | None,
    token: form_token.FormToken,
) -> HttpResponse:
    if not asker.is_known and (doubted := _doubted(request, details, asker, exact, token)) is not None:
        return doubted
    if asker.pace and not (verdict := throttles.hit(*asker.pace)).allowed:
        return _wait(request, details, asker, exact, too_often(), verdict.retry_after)
    data, person = details.request_data(), details.cleaned_data
    said = [data, *(person.get(name, "") for name in ("name", "email", "company"))]
    try:
        spent = once(PURPOSE, token.nonce, said, lambda: asker.send(data, person))
    except Invalid as error:
        details.take_faults(error.faults)
        return _show_again(request, details, asker, exact, "" if details.errors else error.message)
    except DomainError as refusal:
        return _show_again(request, details, asker.renewed(), exact, refusal.message, status=409)
    if not spent.same:
        sentence = _("You already sent a request from this page, and we have it. To send this one too, press again.")
        return _show_again(request, details, asker, exact, sentence)
    draft = drafts.draft_of(request.POST.get("draft", ""))
    if draft is not None and draft.organization == asker.organization:
        drafts.discard(draft)
    return see_other(asker.page_of(LicenseRequest.objects.get(reference=spent.reference)))


def _doubted(
    request: HttpRequest,
    details: DetailsForm,
    asker: Asker,
    exact: dict[str, Any] | None,
    token: form_token.FormToken,
) -> HttpResponse | None:
    """The page again for what looks like a machine or a campaign; None for a person."""
    judgment = gate.judge(
        network=throttles.caller(request),
        age=token.age,
        trap=request.POST.get("website", ""),
        text=details.cleaned_data["note"],
        said_before=False,
    )
    if judgment.retry_after:
        sentence = _("Many forms came from your network. Keep this page open, and send it again in an hour.")
        return _wait(request, details, asker, exact, sentence, judgment.retry_after)
    if MACHINE_LIKE & set(judgment.held_reasons):
        sentence = _("This looked like a machine to us. If you are a person, please press the button again.")
        return _show_again(request, details, asker, exact, sentence)
    return None


def _wait(
    request: HttpRequest,
    details: DetailsForm,
    asker: Asker,
    shown: dict[str, Any] | None,
    sentence: str,
    seconds: int,
) -> HttpResponse:
    """The second step as it was, to be sent again later."""
    response = _show_again(request, details, asker, shown, sentence, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _indicate(form: ArticlesForm | DetailsForm, data: dict[str, Any], asker: Asker) -> dict[str, Any] | None:
    """What it would cost, in words; None when something is wrong with it, which the form then says."""
    typed = isinstance(form, DetailsForm)
    try:
        assessment, answer_by = asking.estimate(
            data, publication=asker.publication, organization=asker.organization, typed=typed
        )
    except Invalid as error:
        form.take_faults(error.faults)
        return None
    return wording.indication(assessment, answer_by, names_of(form) if isinstance(form, DetailsForm) else ())


def _show_again(
    request: HttpRequest,
    details: DetailsForm,
    asker: Asker,
    shown: dict[str, Any] | None,
    sentence: str,
    *,
    status: int = 422,
) -> HttpResponse:
    """The second step as it was, with a fresh token and the reason for it."""
    token = asker.token(head_start=SECOND_TRY_SECONDS)
    return _show_details(request, details, asker, shown=shown, status=status, sentence=sentence, token=token)


def _show_articles(
    request: HttpRequest, form: ArticlesForm, asker: Asker, *, status: int = 200, sentence: str = ""
) -> HttpResponse:
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {*FIRST_STEP, *CONSENT, "do", "website", "seen"}
    ]
    urls = form.urls() if form.is_bound else str(form.initial.get("article_urls", "")).splitlines()
    articles = known(urls)
    context = {
        "form": form,
        "kept": kept,
        "before": asker.before(form, request.POST),
        "sentence": sentence or ("" if form.is_bound else of_several_titles(articles)),
        "asker": asker,
        "publication": asker.publication,
        "articles": articles,
        "free_words": int(asker.publication.policy("free_words")),
        "reply_days": int(asker.publication.policy("quote_within_days")),
    }
    return render(request, "reprints/ask_articles.html", context, status=status)


def _show_without_database(request: HttpRequest) -> HttpResponse:
    """The first step while nothing can be looked up: every use we know of, and what the link knew."""
    request.publication = None  # type: ignore[attr-defined]  # -- set by PublicationMiddleware
    uses = [UseType(code=code, label=str(label)) for code, label in Use.choices]
    sentence = _(
        "We cannot look up articles or prices at the moment. You can fill this in all the same: if it cannot be taken "
        "when you send it, it comes back to you as it was, to be sent again a few minutes later."
    )
    form = ArticlesForm(initial=from_link(request.GET), use_types=uses)
    context = {"form": form, "sentence": sentence, "asker": {"action": Asker.action}, "unasked": True}
    return render(request, "reprints/ask_articles.html", context)


def _show_details(
    request: HttpRequest,
    form: DetailsForm,
    asker: Asker,
    *,
    shown: dict[str, Any] | None,
    first: bool = False,
    status: int = 200,
    sentence: str = "",
    token: str = "",
) -> HttpResponse:
    context = {
        "form": form,
        "step": form.step,
        "carried": [
            *((name, request.POST.get(name, "")) for name in (*FIRST_STEP, "draft") if name in request.POST),
            *((MORE, waiting) for waiting in request.POST.getlist(MORE)),
        ],
        "articles": known(form.step.urls()),
        "use": form.use,
        "organization": dict(form.step.fields["organization_type"].choices)[request.POST["organization_type"]],  # type: ignore[attr-defined]  # -- a choice field
        "indication": shown,
        "first": first,
        "words": form.words() if form.is_bound else 0,
        "free_words": int(asker.publication.policy("free_words")) if "excerpt_text" in form.fields else 0,
        "token": token or _same_or_fresh(request, asker),
        "terms": _terms_to_agree(shown, asker),
        "asker": asker,
        "sentence": sentence,
        "publication": asker.publication,
    }
    with timezone.override(asker.publication.zone):
        return render(request, "reprints/ask_details.html", context, status=status)


def _same_or_fresh(request: HttpRequest, asker: Asker) -> str:
    given = request.POST.get("form_token", "")
    try:
        form_token.read(given, PURPOSE, about=asker.about)
    except form_token.UnusableToken:
        return asker.token()
    return given
