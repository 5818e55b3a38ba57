"""A page is labeled with the language that it is in: what has no translation is English as a whole."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation
from django.utils.formats import date_format

from newsroom import languages
from newsroom.settings import LANGUAGES, LOCALE_PATHS
from reprints.documents.wording import date_words, document_locale, speaking

ENGLISH = [("en", "English")]
WITH_GERMAN = [*ENGLISH, ("de", "Deutsch")]


def compiled(folder, name):
    catalog = folder / name / "LC_MESSAGES"
    catalog.mkdir(parents=True)
    (catalog / "django.mo").touch()


def test_a_language_is_offered_once_its_catalog_is_compiled(tmp_path):
    assert languages.offered([tmp_path, tmp_path / "none"]) == ENGLISH
    compiled(tmp_path, "de")
    compiled(tmp_path, "pt_BR")
    compiled(tmp_path, "en")
    (tmp_path / "fr" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "fr" / "LC_MESSAGES" / "django.po").touch()
    assert languages.offered([tmp_path]) == [*WITH_GERMAN, ("pt-br", "Português Brasileiro")]


def test_the_desk_offers_what_it_has_catalogs_for():
    assert languages.offered(LOCALE_PATHS) == LANGUAGES


@pytest.mark.parametrize(
    ("tag", "chosen"), [("de", "de"), ("de-AT", "de-AT"), ("en-gb", "en-gb"), ("fr", "en"), ("", "en")]
)
def test_an_installation_whose_language_is_not_offered_is_english(tag, chosen):
    assert languages.among(WITH_GERMAN, tag) == chosen


@pytest.mark.parametrize(("tag", "said"), [("de", "de"), ("de-AT", "de"), ("fr", "en"), ("", "en"), ("x" * 900, "en")])
def test_who_asks_for_a_language_that_is_not_offered_reads_the_installations(settings, tag, said):
    settings.LANGUAGES = WITH_GERMAN
    assert languages.spoken(tag) == said


@pytest.mark.django_db
@pytest.mark.parametrize(("offered", "label"), [(ENGLISH, "en"), (WITH_GERMAN, "de")])
def test_a_page_is_labeled_with_a_language_that_is_offered(client, settings, offered, label):
    settings.LANGUAGES = offered
    answer = client.get("/corrections/new/", headers={"accept-language": "de"})
    assert answer["Content-Language"] == label
    assert f'<html lang="{label}"' in answer.content.decode()


def test_where_the_words_are_english_the_dates_are(settings):
    settings.LANGUAGES = ENGLISH
    with translation.override(languages.spoken("de")), speaking("de") as locale:
        assert locale == document_locale("en")
        assert date_words("2026-12-01", locale) == "December 1, 2026"
        assert date_format(date(2026, 12, 1), "F") == "December"
