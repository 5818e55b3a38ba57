"""Django's admin as the desks' work place: read everything, press a legal button.

Nothing is edited in place. A page shows the record, the moves that its table allows this person now, and the history;
every button calls the service that is named after it, with the version that the page was drawn from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy

from newsroom.accounts.models import User
from newsroom.admin.lists import OurLists
from newsroom.errors import DomainError, Invalid, Stale
from newsroom.events import promises
from newsroom.events.log import history_of, last_word
from newsroom.events.models import Delivery
from newsroom.workflow import Workflow

HISTORY_LENGTH = 200


@dataclass(frozen=True)
class Button:
    """Something a person may do to a record: the service, the form for its words, and when it is offered.

    `offered` is asked only for what is not a move of the table; moves ask the table. What the service of a button that
    `answers` answers, pairs of label and text, is shown on the one response to the press, and nowhere again;
    what one that `downloads` answers, the name and text of a CSV file, is that response. The form of one that stands
    `apart` is in the record's own part of the page, and never among the moves at the side. After a starter the new
    record's page opens, with the form of its button `then`. What is `left` to do after a press says a function of what
    the service answered and of the person, in place of “Done”; empty where nothing is.
    """

    service: Callable[..., Any]
    form: type[forms.Form] | None = None
    label: Any = ""
    offered: Callable[[Any, User], bool] | None = None
    danger: bool = False
    answers: bool = False
    downloads: bool = False
    apart: bool = False
    then: str = ""
    left: Callable[[Any, User], str] | None = None


class WorkForm(forms.Form):
    """The base of the forms behind buttons: carries the version that the page was drawn from.

    A form with a `page_template` of its own is long: it stands in the record's part of the page, and the moves lead
    to it.
    """

    page_template: ClassVar[str] = ""
    fills: ClassVar[bool] = False
    fill_label: Any = gettext_lazy("Fill in")
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, subject: Any = None, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        self.person = person
        self.prepare()

    def prepare(self) -> None:
        """Narrow choices to the record at hand."""

    def field_at(self, pointer: str) -> str:
        """The field that a fault's pointer (RFC 6901) names."""
        return pointer.strip("/").split("/")[0]

    def fill(self) -> bool:
        """Of a form that `fills`: put a prepared text among what was typed. Whether that could be done."""
        return False


class WorkflowAdmin(OurLists):
    """The admin of a record with a table of moves. A page shows `subject_template`, the moves, `rest_template`."""

    workflow: Workflow
    roles: ClassVar[frozenset[str]] = frozenset()
    buttons: ClassVar[dict[str, Button]] = {}
    starters: ClassVar[dict[str, Button]] = {}
    versioned: ClassVar[bool] = True
    subject_template = ""
    rest_template = ""
    change_form_template = "admin/work_page.html"
    change_list_template = "admin/work_list.html"
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None

    # --- who may see -------------------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        """With one of the roles, anywhere."""
        return isinstance(request.user, User) and bool(request.user.roles_anywhere() & self.roles)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """With one of the roles at the record's publication."""
        if obj is None:
            return self.has_module_permission(request)
        return bool(_person(request).roles_at(obj.publication) & self.roles)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits in place: every change is a move."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here: see `starters`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Records are closed, never deleted."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What this person may see, and nothing else: other records are 404."""
        rows = cast(Any, super().get_queryset(request))
        return rows.visible_to(_person(request))

    # --- pages -------------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """The buttons' addresses beside Django's own."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("start/<slug:starter>/", self.admin_site.admin_view(self.start_view), name=f"{name}_start"),
            path(
                "<path:object_id>/do/<slug:button>/",
                self.admin_site.admin_view(self.do_view),
                name=f"{name}_do",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The work page: the record, the buttons, the history. GET only."""
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        return self.work_page(request, self._find(request, object_id))

    def work_page(
        self,
        request: HttpRequest,
        subject: Any,
        *,
        bound: tuple[str, forms.Form] | None = None,
        answer: list[tuple[Any, str]] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Draw the page; `bound` is the form that was sent and could not be taken, `answer` what a press brought."""
        person = _person(request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.title_of(subject),
            "subject": subject,
            "subject_template": self.subject_template,
            "rest_template": self.rest_template,
            "page_url": self._page_of(str(subject.pk)),
            "buttons": self._drawn_buttons(subject, person, bound, opened=request.GET.get("open", "")),
            "leads": self.leads(subject, person),
            "answer": answer,
            "history": list(history_of(subject)[:HISTORY_LENGTH]),
            "promises": list(promises.running(subject)),
            "deliveries": list(
                Delivery.objects.filter(event__subject_kind=subject.noun, event__subject_reference=subject.reference)
                .select_related("event")
                .order_by("-pk")[:30]
            ),
            **self.subject_context(request, subject),
        }
        return TemplateResponse(request, self.change_form_template, context, status=status)

    def title_of(self, subject: Any) -> str:
        """What the work page is headed with: words, where the record has some."""
        return str(subject)

    def needless(self, subject: Any, person: User) -> Collection[str]:
        """What is possible by table and role, but would be refused or say nothing now: it is not shown. Whoever presses
        it on an older page reads why.
        """
        return ()

    def leads(self, subject: Any, person: User) -> list[tuple[Any, str]]:
        """What is begun elsewhere for this record: labels and addresses, under the moves."""
        return []

    def subject_context(self, request: HttpRequest, subject: Any) -> dict[str, Any]:
        """What the record's own part of the page shows."""
        return {}

    def do_view(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """Press a button. POST only; a refusal is a sentence, and what was typed stays."""
        if request.method != "POST":
            return HttpResponseRedirect(self._page_of(object_id))
        subject = self._find(request, object_id)
        pressed = self.buttons.get(button)
        if pressed is None:
            raise Http404
        form = self._form(pressed, subject, _person(request), data=request.POST, files=request.FILES)
        if pressed.offered is not None and not pressed.offered(subject, _person(request)):
            refusal = _now("This is not possible now, or your role does not include it.")
            messages.error(request, f"{refusal} {last_word(subject)}" if _saw_another(request, subject) else refusal)
            return self.work_page(request, subject, bound=(button, form), status=409)
        if "fill" in request.POST and isinstance(form, WorkForm) and form.fills:
            return self.work_page(request, subject, bound=(button, form), status=200 if form.fill() else 422)
        if not form.is_valid():
            messages.error(request, _now("Please check what you entered."))
            return self.work_page(request, subject, bound=(button, form), status=422)
        words = dict(form.cleaned_data)
        if not self.versioned:
            words.pop("seen", None)
        try:
            answer = pressed.service(subject, by=_person(request), **words)
        except Invalid as error:
            _point_out(form, error)
            messages.error(request, error.message)
            return self.work_page(request, self._find(request, object_id), bound=(button, form), status=422)
        except DomainError as error:
            fresh = self._find(request, object_id)
            messages.error(
                request, f"{error.message} {last_word(fresh)}" if isinstance(error, Stale) else error.message
            )
            return self.work_page(request, fresh, bound=(button, form), status=409)
        if pressed.downloads:
            name, text = answer
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
            return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
        if pressed.answers:
            return self.work_page(request, self._find(request, object_id), answer=answer)
        if left := pressed.left(answer, _person(request)) if pressed.left else "":
            messages.warning(request, left)
        else:
            messages.success(request, _now("Done: %(label)s.") % {"label": self._label(button)})
        return HttpResponseRedirect(self._page_of(object_id))

    def start_view(self, request: HttpRequest, starter: str) -> HttpResponse:
        """Begin something new: a form, then the service, then the new record's page."""
        begun = self.starters.get(starter)
        person = _person(request)
        if begun is None:
            raise Http404
        if begun.offered is not None and not begun.offered(None, person):
            raise PermissionDenied
        form_class = cast(type[WorkForm], begun.form or WorkForm)
        initial = {key: value for key, value in request.GET.items() if key in form_class.base_fields}
        form = form_class(request.POST or None, person=person, initial={"seen": 1, **initial})
        status = 200
        if request.method == "POST" and "fill" in request.POST and form.fills:
            status = 200 if form.fill() else 422
        elif request.method == "POST":
            status = 422
            if form.is_valid():
                words = {key: value for key, value in form.cleaned_data.items() if key != "seen"}
                try:
                    made = begun.service(by=person, **words)
                except Invalid as error:
                    _point_out(form, error)
                except DomainError as error:
                    form.add_error(None, error.message)
                else:
                    return self._after_start(request, begun, made)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": begun.label,
            "form": form,
        }
        return TemplateResponse(request, "admin/work_start.html", context, status=status)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with what one may begin here."""
        person = _person(request)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_start"
        begins = [
            {"label": button.label, "url": reverse(name, args=[key])}
            for key, button in self.starters.items()
            if button.offered is None or button.offered(None, person)
        ]
        title = {"title": str(self.opts.verbose_name_plural).capitalize(), "subtitle": ""}
        return super().changelist_view(request, {**title, **(extra_context or {}), "starters": begins})

    # --- inside ------------------------------------------------------------------------------------------------------

    def _find(self, request: HttpRequest, object_id: str) -> Any:
        if not object_id.isdecimal() or len(object_id) > 18:
            raise Http404
        subject = self.get_queryset(request).filter(pk=object_id).first()
        if subject is None or not self.has_view_permission(request, subject):
            raise Http404
        return subject

    def _after_start(self, request: HttpRequest, begun: Button, made: Any) -> HttpResponse:
        """On to what was begun; to the list where this person may not see it."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        done = {"label": begun.label, "reference": made.reference}
        messages.success(request, _now("Done: %(label)s, %(reference)s.") % done)
        if not self.get_queryset(request).filter(pk=made.pk).exists():
            return HttpResponseRedirect(reverse(f"admin:{name}_changelist"))
        return HttpResponseRedirect(self._page_of(str(made.pk)) + (f"?open={begun.then}" if begun.then else ""))

    def _page_of(self, object_id: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id])

    def _drawn_buttons(
        self, subject: Any, person: User, bound: tuple[str, forms.Form] | None, *, opened: str = ""
    ) -> list[dict[str, Any]]:
        needless = self.needless(subject, person)
        allowed = {row.name for row in self.workflow.available(subject, person)}
        drawn = []
        for name, button in self.buttons.items():
            if button.apart:
                continue
            offered = button.offered(subject, person) if button.offered else name in allowed
            if (not offered or name in needless) and not (bound and bound[0] == name):
                continue
            form = bound[1] if bound and bound[0] == name else self._form(button, subject, person)
            form.auto_id = f"{name}_%s"
            form.initial["seen"] = subject.version
            if form.is_bound:
                # The page is drawn anew: the next press states the version that is on it now.
                form.data = form.data.copy()  # type: ignore[attr-defined]  # -- a QueryDict is copied to be changed
                form.data["seen"] = subject.version  # type: ignore[index]  # -- the copy is mutable
            drawn.append(
                {
                    "name": name,
                    "label": self._label(name),
                    "form": form,
                    "simple": not form.visible_fields(),
                    "page_template": getattr(form, "page_template", ""),
                    "open": bool(bound and bound[0] == name) or opened == name,
                    "danger": button.danger,
                    "move": button.offered is None,
                    "url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_do", args=[subject.pk, name]),
                }
            )
        # What moves the record on comes first, then what leaves it where it stands.
        return sorted(drawn, key=lambda row: not row["move"])

    def _form(self, button: Button, subject: Any, person: User, *, data: Any = None, files: Any = None) -> forms.Form:
        form_class = button.form or WorkForm
        arguments: dict[str, Any] = {"initial": {"seen": subject.version}}
        if issubclass(form_class, WorkForm):
            arguments |= {"subject": subject, "person": person}
        return form_class(data, files, **arguments)

    def _label(self, name: str) -> Any:
        button = self.buttons[name]
        if button.label:
            return button.label
        return self.workflow.transitions[name].label


def _point_out(form: forms.Form, error: Invalid) -> None:
    """Each fault at the field that its pointer names, else above the form."""
    for fault in error.faults:
        field = form.field_at(fault.pointer) if isinstance(form, WorkForm) else ""
        form.add_error(field if field in form.fields else None, str(fault.detail))


def _saw_another(request: HttpRequest, subject: Any) -> bool:
    return request.POST.get("seen") != str(subject.version)


def _person(request: HttpRequest) -> User:
    person = request.user
    if not isinstance(person, User):
        raise PermissionDenied
    return person
