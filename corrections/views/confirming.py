"""Confirming an address by a button, and asking for a lost link again. Opening an address never changes anything."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from corrections.forms.reader import LostLinkForm
from corrections.models import Report
from corrections.models.report import confirm_purpose
from corrections.services import contacts
from corrections.services import links as lost_links
from corrections.services.submitting import private_path
from newsroom import links
from newsroom.api import throttles
from newsroom.web.headers import private_page


# Exempt: the token in the address is the right, and it was mailed to the one address that it confirms.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button; the button confirms. Programs that open every link of a mail confirm nothing.

    Only whoever confirmed is led on to the private page: the mail may have come to a stranger.
    """
    report, number = _opened(token)
    standing = (
        contacts.confirm_address(report, number=number)
        if request.method == "POST"
        else contacts.confirming(report, number=number)
    )
    if standing == "replaced":
        raise Http404
    context = {
        "report": report,
        "publication": report.publication,
        "standing": standing,
        "days": contacts.CONFIRM_WITHIN.days,
        "private_path": private_path(report) if standing == "confirmed" else "",
    }
    return render(request, "corrections/confirm.html", context)


# Exempt: nobody is logged in, and the answer is the same for everyone.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def lost(request: HttpRequest) -> HttpResponse:
    """Send the links again to the address they belong to. The answer does not say whether there is anything to send."""
    if request.method != "POST":
        return render(request, "corrections/lost.html", {"form": LostLinkForm()})
    form = LostLinkForm(request.POST)
    if not form.is_valid():
        return render(request, "corrections/lost.html", {"form": form}, status=422)
    verdict = throttles.hit("link-request", throttles.caller(request))
    if not verdict.allowed:
        sentence = _("Too many links were asked for from your network. Please try again later.")
        response = render(request, "corrections/lost.html", {"form": form, "sentence": sentence}, status=429)
        response["Retry-After"] = str(verdict.retry_after)
        return response
    lost_links.send_again(email=form.cleaned_data["email"], reference=form.cleaned_data["reference"])
    return render(request, "corrections/lost.html", {"form": form, "sent": True})


def _opened(token: str) -> tuple[Report, int]:
    """The report, and the number of the address that the button was mailed to. Raises Http404."""
    nonce = links.nonce_of(token)
    rows = Report.objects.select_related("publication", "article", "contact").filter(token_nonce=nonce)
    report = rows.first() if nonce else None
    contact = getattr(report, "contact", None)
    number = contact.address_number if contact is not None else 0
    if report is None or not links.opens(token, confirm_purpose(number), report.reference, report.token_nonce):
        raise Http404
    return report, number
