"""Test mode on a partner's pages: the test clock, and what can be tried with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from newsroom.errors import Invalid
from newsroom.web.headers import see_other
from newsroom.web.once import once
from reprints.forms.partner import ClockForm
from reprints.models import License, UpdateNotice
from reprints.services import trying
from reprints.views.moves import INVALID
from reprints.views.partner import door
from reprints.views.partner.door import FOLDER, Guest, signed_in

PATH = f"{FOLDER}test/"


@signed_in("GET", "POST")
def page(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The clock, and forms that move it or set it back."""
    if request.method != "POST":
        return _show(request, guest, ClockForm())
    if not guest.may("test.move"):
        return door.refused(request, guest)
    form, token = ClockForm(request.POST), guest.sent(request, "test_clock")
    if token is None:
        words = _("This page was open for too long. Nothing you typed is lost: please send it again.")
        return _show(request, guest, form, sentence=words, status=INVALID)
    if request.POST.get("do") == "reset":
        trying.reset(guest.organization)
        return see_other(PATH)
    if not form.is_valid():
        return _show(request, guest, form, status=INVALID)

    def move() -> str:
        trying.advance(guest.organization, days=form.cleaned_data["days"])
        return ""

    try:
        once("test_clock", token.nonce, form.cleaned_data, move)
    except Invalid as error:
        form.add_error("days", error.message)
        return _show(request, guest, form, status=INVALID)
    return see_other(PATH)


def _show(
    request: HttpRequest, guest: Guest, form: ClockForm, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    own = {"organization": guest.organization, "test": True}
    context = {
        "form": form,
        "form_token": guest.token("test_clock"),
        "reading": trying.read(guest.organization),
        "sentence": sentence,
        "counts": {
            "licenses": License.objects.filter(**own).count(),
            "notices": UpdateNotice.objects.unanswered().filter(**own).count(),
        },
    }
    return door.show(request, guest, "test", context, status=status)
