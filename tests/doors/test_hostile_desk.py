"""Hostile strings through every text field of every form of the desk, found in the forms themselves; and the gate."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
from datetime import date
from functools import partial

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.forms import ReadOnlyPasswordHashField, UsernameField
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

import corrections.forms
import reprints.forms
from corrections.forms.said import WordsField
from newsroom.admin import StaffScopedAdmin, WorkflowAdmin
from newsroom.admin.work import WorkForm
from newsroom.web.fields import CleanJSONField, CleanTextField
from tests.doors.browsers import Browser
from tests.doors.hostile import MARK, storable_in_utf8
from tests.doors.test_admin_matrix import record_of
from tests.doors.world import undone
from tests.factories import make_staff

WORST = (
    *(MARK, "a\x00b", "\ud800\uffff", "\u202egnp.exe\u0300\u0301\u0302\u0303\u0304", "x\r\nBcc: v@evil.example"),
    *("=cmd|' /C calc'!A1", "http://[::1", "9" * 400, "%00%0d%0a{{7|add:7}}", "\U0010ffff\ufeff\u200b"),
)
SIGNS = (b"<script>alert", b"onerror=XSS>")

PARSED = {
    # Read as a number, date, reference, country, address or digest; what is kept is what was understood.
    *("ArticlesForm.article_urls", "DetailsForm.countries", "DetailsForm.deadline", "DetailsForm.ends_on"),
    *("DetailsForm.languages", "DetailsForm.placement_urls", "DetailsForm.quantity", "DetailsForm.starts_on"),
    *("CorrectionNameArticleForm.article", "CorrectionPlaceForm.url", "CorrectionStartForm.article"),
    *("CorrectionStartForm.target", "InvoicePrepareForm.country", "LicensePlacementsForm.urls"),
    *("AgencyCorrectionForm.received", "DetailsForm.terms_sha256", "QuoteAcceptForm.terms_sha256"),
    "QuoteDraftForm.draft_seen",
    *("NoticeAcknowledgeForm.url", "ReportEnterForm.article", "ReportJoinForm.other", "ReportJoinHereForm.other"),
    *("ReportRefileForm.article", "RequestItemsForm.add"),
    # Cleaned where the service takes them, as the API's members are.
    *("DetailsForm.excerpt_text", "DetailsForm.po_number", "ReportForm.passage_prefix", "ReportForm.passage_suffix"),
    # A trap: nobody keeps it.
    *("DetailsForm.website", "ReportForm.website"),
}
"""Text fields that do not pass the gate themselves, and why. A new one is put behind it, or gets a reason here."""


def fields_of_forms():
    """Name of form and field, and the field, of every form of both desks."""
    for package in (corrections.forms, reprints.forms):
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            for form in vars(module).values():
                if isinstance(form, type) and issubclass(form, forms.Form) and form.__module__ == module.__name__:
                    for name, field in form.base_fields.items():
                        yield f"{form.__name__}.{name}", field


def fields_of_the_admin(request):
    """Name of model and field, and the field, of every form of Django's own in the admin, those of inlines included."""
    for model, desk in admin.site._registry.items():
        if isinstance(desk, WorkflowAdmin) or not desk.has_add_permission(request):
            continue
        found = [(model, desk.get_form(request, obj, change=obj is not None)) for obj in (None, model())]
        found += [(inline.model, inline.get_formset(request).form) for inline in desk.get_inline_instances(request)]
        for kind, form in found:
            yield from ((f"{kind.__name__}.{name}", field) for name, field in form.base_fields.items())


STRICTER = (forms.EmailField, forms.URLField, forms.SlugField, UsernameField, ReadOnlyPasswordHashField)
"""Fields that take a form of their own only."""


@pytest.mark.django_db
def test_every_text_that_administrators_type_passes_the_gate(rf):
    request = rf.get("/")
    request.user = make_staff(is_superuser=True)
    found = dict(fields_of_the_admin(request))
    texts = {name: field for name, field in found.items() if isinstance(field, forms.CharField)}
    open_ones = {
        name
        for name, field in texts.items()
        if not isinstance(field, (CleanTextField, CleanJSONField, *STRICTER)) and "password" not in name
    }
    assert open_ones == set()
    assert [name for name, field in texts.items() if isinstance(field, CleanTextField) and not field.max_length] == []
    gated = {name for name, field in texts.items() if isinstance(field, CleanTextField)}
    assert {"AnswerTemplate.title", "Organization.name", "Contact.name", "Desk.name", "ApiKey.label"} <= gated
    assert {"Publication.name", "User.first_name", "Guideline.body", "TermsTemplate.text"} <= gated
    assert {name for name, field in texts.items() if isinstance(field, CleanTextField) and not field.is_name} == {
        *("AnswerTemplate.body", "Guideline.body", "Organization.address", "Publication.legal_address"),
        "TermsTemplate.text",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "kept"),
    [("\u200b\u200b", None), ("\u202egnp.exe", "gnp.exe"), ("a\x00b", None), (" Thank\x07  you ", "Thank you")],
)
def test_a_title_that_shows_nothing_or_reads_backwards_is_not_kept(world, title, kept):
    browser = Browser()
    browser.force_login(world.staff["superuser"])
    path = reverse("admin:corrections_answertemplate_change", args=[world.answertemplate.pk])
    page = browser.get(path).context["adminform"].form
    sent = {name: "" if page[name].value() is None else page[name].value() for name in page.fields}
    answer = browser.post(path, sent | {"title": title})
    world.answertemplate.refresh_from_db()
    assert (answer.status_code, world.answertemplate.title) == ((302, kept) if kept else (200, "Thanks"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "nested"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"a": "b\\u0000c"}', "cannot be stored"),
        ('["\\ud800"]', "cannot be stored"),
        ("NaN", "not JSON"),
        ("{", "not JSON"),
        ('"' + "x" * 300_000 + '"', "too long"),
    ],
)
def test_json_that_administrators_type_is_read_as_the_api_reads_it(text, said):
    class Form(forms.Form):
        settings = CleanJSONField()

    form = Form({"settings": text})
    assert said in str(form.errors["settings"])
    assert str(form["settings"])
    fine = Form({"settings": '{"a": ["b", 1.5, null]}'})
    assert (fine.is_valid(), fine.cleaned_data) == (True, {"settings": {"a": ["b", 1.5, None]}})
    assert CleanJSONField(required=False).clean("") is None


def test_every_text_that_is_kept_passes_the_gate():
    texts = [(name, field) for name, field in fields_of_forms() if isinstance(field, forms.CharField)]
    open_ones = [name for name, field in texts if not isinstance(field, CleanTextField | WordsField)]
    assert {name for name in open_ones if not name.endswith(".form_token")} == PARSED
    assert len(texts) - len(open_ones) >= 50


@pytest.mark.parametrize(
    "field", [pytest.param(row, id=name) for name, row in fields_of_forms() if isinstance(row, CleanTextField)]
)
def test_the_gate_refuses_what_cannot_be_stored_and_has_a_length(field):
    assert field.max_length
    for text in ("a\x00b", "a\ud800", "a\uffff"):
        with pytest.raises(forms.ValidationError):
            field.clean(text)
    with pytest.raises(forms.ValidationError):
        field.clean("x" * (field.max_length + 1))


def plausible(field):
    """Something that this field might take, so that the other fields are what a form is judged by."""
    if isinstance(field, forms.ChoiceField):
        values = [value for value, _label in field.choices if value not in {"", None}]
        return [str(values[0])] if values else ""
    kinds = {
        forms.BooleanField: "on",
        forms.IntegerField: "1",
        forms.DecimalField: "1.00",
        forms.DateField: date(2026, 12, 1).isoformat(),
        forms.EmailField: "ada@daily.example",
        forms.URLField: "https://daily.example/a",
        forms.JSONField: "[]",
    }
    return next((value for kind, value in kinds.items() if isinstance(field, kind)), "Some words.")


def places_of_the_desk(world, person):
    """Where to send, which field, the whole form around it, and how to read it: each button, each way to begin."""
    for model, desk in admin.site._registry.items():
        kind = model._meta.label_lower.replace(".", "/")
        if not isinstance(desk, WorkflowAdmin):
            continue
        record = record_of(world, kind)
        for name, button in desk.buttons.items():
            read = partial(desk._form, button, record, person)
            yield from _places(f"/admin/{kind}/{record.pk}/do/{name}/", read, seen=record.version)
        for name, button in desk.starters.items():
            form = button.form or WorkForm
            yield from _places(
                f"/admin/{kind}/start/{name}/", lambda form=form, **sent: form(**sent, person=person), seen=1
            )


def _places(path, read, *, seen):
    form = read()
    whole = {name: plausible(field) for name, field in form.fields.items()} | {"seen": seen}
    for name, field in form.fields.items():
        if not isinstance(field, forms.ChoiceField | forms.BooleanField):
            yield path, name, whole, read


@pytest.mark.slow
@pytest.mark.both
@pytest.mark.django_db
def test_every_field_of_every_button_of_the_desk(world):
    """What the form refuses has gone no further; what it takes, of all its fields at once, is sent, to the service and
    back onto a page.
    """
    person = world.staff["superuser"]
    client = Browser()
    client.force_login(person)
    tried, taken = 0, {}
    for text, (path, name, whole, read) in zip(itertools.cycle(WORST), places_of_the_desk(world, person), strict=False):
        sent = storable_in_utf8(text)
        tried += 1
        lists = {key: value if isinstance(value, list) else [value] for key, value in (whole | {name: sent}).items()}
        if read(data=MultiValueDict(lists)).is_valid():
            taken.setdefault(path, dict(whole))[name] = sent
    wrong = []
    for path, data in taken.items():
        with undone():
            answer = client.post(path, data)
        body = answer.content if answer["Content-Type"].startswith("text/html") else b""
        headers = [key for key, value in answer.items() if "\n" in value or key.lower() == "bcc"]
        if answer.status_code >= 500 or headers or any(sign in body for sign in SIGNS):
            wrong.append((path, data, answer.status_code, headers))
    assert wrong == []
    assert (tried >= 60, len(taken) >= 10) == (True, True), (tried, len(taken))


@pytest.mark.slow
@pytest.mark.both
@pytest.mark.django_db
def test_every_field_of_every_plain_form_of_the_admin(world, rf):
    person = world.staff["superuser"]
    client = Browser()
    client.force_login(person)
    request = rf.get("/")
    request.user = person
    wrong, tried, texts = [], 0, itertools.cycle(WORST)
    for model, desk in admin.site._registry.items():
        if not isinstance(desk, StaffScopedAdmin) or not desk.has_add_permission(request):
            continue
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
        fields = desk.get_form(request, change=False).base_fields
        whole = {name: plausible(field) for name, field in fields.items()}
        hostile = {
            name: storable_in_utf8(next(texts))
            for name, field in fields.items()
            if isinstance(field, forms.CharField | forms.JSONField)
        }
        tried += len(hostile)
        # Once with all that the fields refuse, on the page that says so, and once with what each of them takes.
        for data in (hostile, {name: text for name, text in hostile.items() if takes(fields[name], text)}):
            with undone():
                answer = client.post(path, whole | data)
            if answer.status_code >= 500 or any(sign in answer.content for sign in SIGNS):
                wrong.append((path, data, answer.status_code))
    assert wrong == []
    assert tried >= 30, tried


def takes(field, text):
    try:
        field.clean(text)
    except forms.ValidationError:
        return False
    return True
