"""Confirming an address by a button, and asking for a lost link again. Opening an address never changes anything."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from corrections.forms.reader import LostLinkForm
from corrections.models import Report
from corrections.services import links as lost_links
from corrections.services import report as reports
from corrections.services.submitting import private_path
from newsroom import links
from newsroom.api import throttles
from newsroom.web.headers import private_page

CONFIRM_WITHIN = timedelta(days=30)


# Exempt: the token in the address is the right, and it was mailed to the one address that it confirms.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button; the button confirms. Programs that open every link of a mail confirm nothing."""
    report = _report_of(token)
    if report is None:
        raise Http404
    contact = getattr(report, "contact", None)
    asked_at = (contact.given_at if contact is not None else None) or report.created_at
    too_late = timezone.now() > asked_at + CONFIRM_WITHIN
    if request.method == "POST" and not too_late:
        reports.confirm_address(report)
    confirmed = contact is not None and contact.confirmed_at is not None
    context = {
        "report": report,
        "publication": report.publication,
        "confirmed": confirmed,
        "nothing_there": contact is None or not contact.email_sealed,
        "too_late": too_late and not confirmed,
        "private_path": private_path(report),
    }
    return render(request, "corrections/confirm.html", context)


# Exempt: nobody is logged in, and the answer is the same for everyone.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def lost(request: HttpRequest) -> HttpResponse:
    """Send the link again to the address that belongs to the report. The answer does not say whether there is one."""
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
    lost_links.send_again(form.cleaned_data["reference"])
    return render(request, "corrections/lost.html", {"form": form, "sent": True})


def _report_of(token: str) -> Report | None:
    nonce = links.nonce_of(token)
    report = (
        Report.objects.select_related("publication", "contact").filter(token_nonce=nonce).first() if nonce else None
    )
    if report is None:
        return None
    contact = getattr(report, "contact", None)
    purpose = contact.confirm_purpose if contact is not None else "confirm"
    return report if links.opens(token, purpose, report.reference, report.token_nonce) else None
