"""The linter in German, French and Spanish, and in languages that it does not know."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from corrections.linter import LEVELS, NAMES, RULES, SENTENCES, lint, unchecked
from corrections.services import correction as notices
from tests.corrections.test_linter import NOW, notice
from tests.factories import make_article, make_publication, make_staff

LABEL, SOFT, SMALL = ["wrong_label"], ["euphemism"], ["belittles"]
ROWS = {
    "de": [
        (
            "correction",
            "In einer früheren Fassung stand, die Brücke habe 1,2 Millionen gekostet. Richtig ist 1,45.",
            [],
        ),
        ("correction", "Wir haben den Namen der Organistin falsch geschrieben. Sie heißt Thessaly Krummhorn.", []),
        ("correction", "Robin Vale wurde nicht verhaftet; wir haben den Artikel aktualisiert.", []),
        ("correction", "Das Gericht nannte die „versehentlich“ gelöschte Mail ein falsches Beweisstück.", []),
        ("clarification", "Zur Klarstellung: Die Abgabe gilt nur für Frachtfähren.", []),
        ("update", "Der Artikel wurde um die neuen Angaben der Polizei ergänzt.", []),
        ("editors_note", "Nach der Veröffentlichung erfuhren wir, dass die Autorin die Bahn beraten hat.", []),
        ("correction", "Der Artikel wurde aktualisiert: Die Brücke kostete 1,45 Millionen.", LABEL),
        ("correction", "Wir haben präzisiert, für wen die Abgabe gilt.", LABEL),
        ("correction", "Wir ziehen diesen Artikel über die Klinik zurück: Die Akten waren falsch.", LABEL),
        ("clarification", "Wir haben den Fahrpreis falsch angegeben. Er beträgt 4 Euro.", LABEL),
        ("update", "Der Bericht nannte irrtümlich den Mai. Es ist der Juni.", LABEL),
        ("correction", "Der Preis war falsch: 4 Euro. Wir bedauern etwaige Missverständnisse.", SOFT),
        ("correction", "Durch einen technischen Fehler war die Zahl falsch. Es sind 40.", SOFT),
        ("correction", "Versehentlich nannten wir den Mai, nicht den Juni.", SOFT),
        ("correction", "Ein kleiner Fehler: Vale wurde freigesprochen, nicht verurteilt.", SMALL),
    ],
    "fr": [
        ("correction", "Une version antérieure indiquait à tort un coût de 1,2 million. Il est de 1,45 million.", []),
        ("correction", "Le nom de l’organiste était mal orthographié : elle s’appelle Thessaly Krummhorn.", []),
        ("correction", "Robin Vale n’a pas été arrêté ; l’article a été mis à jour.", []),
        ("correction", "Le tribunal a jugé faux le document remis « par inadvertance » au maire.", []),
        ("clarification", "Précision : la taxe s’applique aux ferries de fret.", []),
        ("update", "Cet article a été mis à jour avec les déclarations de la police.", []),
        ("correction", "Le port attend des coquilles Saint-Jacques, et non des huîtres.", []),
        ("correction", "Cet article a été mis à jour : le pont a coûté 1,45 million.", LABEL),
        ("correction", "Nous précisons que la taxe vise les ferries de fret.", LABEL),
        ("correction", "Nous retirons cet article sur la clinique : les dossiers étaient faux.", LABEL),
        ("clarification", "Le prix indiqué était erroné. Il est de 4 euros.", LABEL),
        ("update", "L’article affirmait à tort que l’école avait fermé. Elle est ouverte.", LABEL),
        ("correction", "Le prix était faux : 4 euros. Nous regrettons toute confusion.", SOFT),
        ("correction", "Une erreur technique a rendu le score faux. Il est de 3 à 1.", SOFT),
        ("correction", "Nous avons écrit mai au lieu de juin par inadvertance.", SOFT),
        ("correction", "Une petite erreur : Vale a été acquitté, et non condamné.", SMALL),
    ],
    "es": [
        ("correction", "Una versión anterior decía por error que el puente costó 1,2 millones. Costó 1,45.", []),
        ("correction", "El apellido de la organista estaba mal escrito: es Krummhorn.", []),
        ("correction", "Robin Vale no fue detenido; hemos actualizado el artículo.", []),
        ("correction", "Fe de erratas: el artículo daba un precio equivocado. El billete cuesta 4 euros.", []),
        ("clarification", "Aclaración: la tasa se aplica a los transbordadores de carga.", []),
        ("update", "El artículo se ha actualizado con nueva información de la policía.", []),
        ("editors_note", "Tras la publicación supimos que la autora asesoró a la compañía.", []),
        ("correction", "Artículo actualizado: el puente costó 1,45 millones.", LABEL),
        ("correction", "Aclaramos que la tasa se aplica a los transbordadores de carga.", LABEL),
        ("correction", "Retiramos este artículo sobre la clínica: los datos eran falsos.", LABEL),
        ("clarification", "El precio indicado era incorrecto. Son 4 euros.", LABEL),
        ("update", "El artículo decía por error que la escuela cerró. Está abierta.", LABEL),
        ("correction", "El precio era falso: son 4 euros. Lamentamos las molestias.", SOFT),
        ("correction", "Un error informático dio un resultado equivocado. Fue 3 a 1.", SOFT),
        ("correction", "Escribimos mayo en lugar de junio por descuido.", SOFT),
        ("correction", "Un pequeño error: Vale fue absuelto, no condenado.", SMALL),
    ],
}
TABLE = [(language, *row) for language, rows in ROWS.items() for row in rows]
WORDING = [
    "whether it puts the blame on a person or desk",
    "whether it says what was wrong",
    "whether it says what is right",
    "whether it can be understood without the article",
    "whether it says why it comes late",
]


@pytest.mark.parametrize(("language", "kind", "text", "codes"), TABLE, ids=lambda value: str(value)[:50])
def test_a_notice_gives_exactly_these_findings_in_its_language(language, kind, text, codes):
    severity = "high" if codes == SMALL else "low"

    assert [row.code for row in lint(notice(text, kind, language=language, severity=severity))] == codes
    assert lint(notice(text, kind, language="it", severity=severity)) == []


def test_a_language_has_five_good_and_five_bad_rows_at_least():
    for rows in ROWS.values():
        assert min(sum(not codes for *_row, codes in rows), sum(bool(codes) for *_row, codes in rows)) >= 5


def test_any_language_is_judged_by_the_rules_that_need_no_words():
    bad = notice("Ett fel. Skriv till rita@reader.example.", language="sv", error_published_at=NOW - timedelta(days=90))

    assert [row.code for row in lint(bad)] == ["personal_data"]
    assert [row.code for row in lint(notice("ord " * 201, language="sv"))] == ["too_long"]


def test_what_is_not_checked_depends_on_language_kind_and_policy():
    assert unchecked("correction", "en-GB") == []
    assert unchecked("correction", "de_AT") == WORDING
    assert unchecked("correction", "it") == [
        *WORDING[:1],
        "whether the words fit the label",
        *WORDING[1:4],
        "whether it says less than what happened",
        "whether it makes a grave error small",
        *WORDING[4:],
    ]
    assert unchecked("retraction", "fr")[1:3] == ["whether a retraction says so", "whether a retraction says why"]
    assert unchecked("correction", "es", levels={"blames": "off"}) == WORDING[1:]
    assert unchecked("reply", "it") == []


def test_every_rule_declares_its_codes_and_each_that_listens_to_words_has_a_name():
    assert sorted(code for rule in RULES for code in rule.codes) == sorted(LEVELS) == sorted(SENTENCES)
    assert {code for rule in RULES if rule.languages for code in rule.codes} == set(NAMES)


@pytest.mark.django_db
def test_the_desks_page_says_what_was_not_checked():
    daily = make_publication()
    editor = make_staff(daily, "desk_editor")
    desk = Client()
    desk.force_login(editor)
    for language, said in (("en", False), ("de", True)):
        draft = notices.start(daily, by=editor, articles=[make_article(daily, language=language)])
        page = desk.get(reverse("admin:corrections_correction_change", args=[draft.pk])).content.decode()

        assert (f"(<bdi>{language}</bdi>). Not checked" in page) is said
        assert all((f"<li>{name}</li>" in page) is said for name in WORDING)
