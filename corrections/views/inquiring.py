"""The page behind the link that a colleague gets: one question, and a form for the answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from corrections.forms.inquiries import InquiryAnswerForm
from corrections.models import Inquiry, InquiryState
from corrections.services import inquiries
from newsroom.errors import DomainError
from newsroom.web import form_token
from newsroom.web.headers import private_page, see_other
from newsroom.web.private import PrivatePages

PAGES: PrivatePages[Inquiry] = PrivatePages(
    noun="inquiry",
    folder="/corrections/inquiries/",
    find=inquiries.find_by_token,
    by_reference=lambda reference: Inquiry.objects.filter(reference=reference).first(),
    link=inquiries.private_path,
    closed="corrections/inquiry_closed.html",
)


@require_safe
@private_page
def page(request: HttpRequest, key: str) -> HttpResponse:
    """`key` is the token of the link, or the reference once the cookie is there."""
    return PAGES.enter(request, key, _show)


# Exempt: the right to this page is the token, in the path or in a SameSite cookie that is sent to this page alone; and
# the form carries a signed token about this very question, which a foreign page cannot have.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Take the answer, by POST. Opening the address leads back to the page."""
    inquiry = PAGES.record_of(request, key)
    if request.method != "POST":
        return see_other(PAGES.back(inquiry, key))
    form = InquiryAnswerForm(request.POST)
    sentence = ""
    try:
        form_token.read(request.POST.get("form_token", ""), "answer", about=inquiry.reference)
    except form_token.UnusableToken:
        sentence = _("This page was open for too long. Nothing you typed is lost: please send it again.")
    if sentence or not form.is_valid():
        return _show(request, inquiry, key, form=form, sentence=sentence, status=422)
    try:
        inquiries.answer(inquiry, words=form.cleaned_data["words"])
    except DomainError as refusal:
        inquiry = inquiries.find_by_token(_token_of(inquiry)) or inquiry
        return _show(request, inquiry, key, form=form, sentence=refusal.message, status=409)
    return see_other(PAGES.back(inquiry, key))


def _token_of(inquiry: Inquiry) -> str:
    return inquiries.private_path(inquiry).rstrip("/").rpartition("/")[2]


def _show(
    request: HttpRequest,
    inquiry: Inquiry,
    key: str,
    *,
    form: InquiryAnswerForm | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """The question while it waits; afterwards a page that says only that it does not."""
    is_open = inquiry.state == InquiryState.OPEN
    fresh = {"seen": inquiry.version, "form_token": form_token.issue("answer", about=inquiry.reference)}
    words = form.data.get("words", "") if form is not None else ""
    if form is not None:
        form.data = {**{name: form.data.get(name) for name in form.data}, **fresh}
    context = {
        "inquiry": inquiry,
        "report": inquiry.report,
        "publication": inquiry.publication,
        "is_open": is_open,
        "answered": inquiry.state == InquiryState.ANSWERED,
        "form": form or InquiryAnswerForm(initial=fresh),
        "errors": form if form is not None and form.errors else None,
        "kept_words": "" if is_open else words,
        "sentence": sentence,
        "base": f"/corrections/inquiries/{key}/",
    }
    if status == 200 and not is_open:
        status = 200 if context["answered"] else 410
    with timezone.override(inquiry.publication.zone):
        return render(request, "corrections/inquiry.html", context, status=status)
