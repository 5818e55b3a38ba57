"""The words of each newsroom language that the linter listens to when it judges label and softening.

A list is short on purpose: what notices in that language really say. A language that is not here is judged by the
rules that need no words. To add one, give its `Tongue` and rows in `tests/corrections/test_tongues.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corrections import cues

ANY_CASE = re.IGNORECASE


@dataclass(frozen=True)
class Tongue:
    """The words of one language. Each pattern means what the constant of that name in `cues` means in English.

    `contrast` is `OPPOSES` there. Without `own_error`, any named error is taken for the publication's own.
    """

    error_named: re.Pattern[str]
    contrast: re.Pattern[str]
    only_updates: re.Pattern[str]
    clarifies: re.Pattern[str]
    retracts_article: re.Pattern[str]
    euphemisms: re.Pattern[str]
    belittles: re.Pattern[str]
    own_error: re.Pattern[str] | None = None


ENGLISH = Tongue(
    error_named=cues.ERROR_NAMED,
    contrast=cues.OPPOSES,
    only_updates=cues.ONLY_UPDATES,
    clarifies=cues.CLARIFIES,
    retracts_article=cues.RETRACTS_ARTICLE,
    euphemisms=cues.EUPHEMISMS,
    belittles=cues.BELITTLES,
    own_error=cues.OWN_ERROR,
)

_TEXT_DE = r"(?:Artikel|Beitrag|Text|Bericht)"
GERMAN = Tongue(
    error_named=re.compile(
        r"\b(?:falsch|fälschlich|irrtümlich|unrichtig|unzutreffend|fehlerhaft|inkorrekt|verwechselt)\w*"
        r"|\b(?:ausgelassen|weggelassen)\b",
        ANY_CASE,
    ),
    contrast=re.compile(
        r"\b(?:nicht|nie|statt|anstatt|anstelle|sondern|tatsächlich|vielmehr|in Wahrheit|entgegen|keine?[nmrs]?)\b"
        r"|\b(?:richtig|korrekt) (?:ist|heißt|lautet|muss|wäre)\b|\bhätte(?:n)?\b",
        ANY_CASE,
    ),
    only_updates=re.compile(
        r"\b(?:aktualisier|ergänzt|Ergänzung)\w*|\bneuen? (?:Informationen|Erkenntnissen?|Entwicklungen|Angaben)\b"
        r"|\bweiteren? (?:Informationen|Einzelheiten|Details)\b",
        ANY_CASE,
    ),
    clarifies=re.compile(
        r"\b(?:präzisier|klargestellt|Klarstellung|verdeutlich)\w*|\bstellen (?:wir )?klar\b", ANY_CASE
    ),
    retracts_article=re.compile(
        rf"\b(?:ziehen|zieht|haben|hat) (?:(?:wir|die Redaktion) )?(?:diesen|den) {_TEXT_DE} (?:\w+ ){{0,3}}?"
        r"zurück(?:gezogen)?\b"
        rf"|\b{_TEXT_DE} (?:ist|wird|wurde) (?:\w+ ){{0,3}}?zurückgezogen\b",
        ANY_CASE,
    ),
    euphemisms=re.compile(
        r"\b(?:bedauer|entschuldig)\w+\b[^.!?]{0,40}\b(?:Unannehmlichkeiten|Irritationen|Missverständnisse|Verwirrung)\b"
        r"|\bversehentlich\w*|\baus Versehen\b|\bredaktionelle[sn]? Versehens?\b|\bFehlerteufel\w*"
        r"|\b(?:Tipp|Druck|Flüchtigkeits)fehler\w*|\btechnische[rnsm]? (?:Fehler|Problem|Panne|Gründen?)\w*"
        r"|\bunglücklich (?:formuliert|ausgedrückt)\b|\b(?:leider|bedauerlicherweise)\b",
        ANY_CASE,
    ),
    belittles=re.compile(
        r"\b(?:klein|leicht|gering|geringfügig|unbedeutend|minimal)(?:e[nmrs]?) (?:\w+ )?"
        r"(?:Fehler|Irrtum|Versehen|Ungenauigkeit|Unstimmigkeit|Panne)\w*",
        ANY_CASE,
    ),
)

_TEXT_FR = r"(?:cet |l[’']|le |ce )(?:article|texte|reportage)"
FRENCH = Tongue(
    error_named=re.compile(
        r"\b(?:erroné(?:e?s?|ment)|faux|fausse(?:s|ment)?|(?:incorrect|inexact)(?:e?s?|ement)|à tort|par erreur"
        r"|mal (?:orthographié|cité|identifié|traduit|attribué)e?s?|(?:avons|a) (?:confondu|omis)"
        r"|nous (?:nous )?sommes trompée?s)\b",
        ANY_CASE,
    ),
    contrast=re.compile(
        r"\b(?:et non|mais non|non pas|au lieu d[eu’']|plutôt que|en réalité|contrairement|aur(?:ait|aient|ions) dû)"
        r"|\bil fallait (?:lire|écrire)\b|\bn(?:e |[’'])(?:\w+ ){0,3}?(?:pas|plus|jamais)\b",
        ANY_CASE,
    ),
    only_updates=re.compile(
        r"\bmis(?:e|es)? à jour\b|\bactualisée?s?\b|\bnouvelles informations\b|\bnouveaux éléments\b"
        r"|\b(?:informations|détails) (?:supplémentaires|complémentaires)\b",
        ANY_CASE,
    ),
    clarifies=re.compile(r"\bprécis(?:er|ons|ée?s?|ions?)\b|\bclarifi(?:er|ons|ée?s?|cations?)\b", ANY_CASE),
    retracts_article=re.compile(
        rf"\b(?:retirons|retire|avons retiré|a retiré|rétractons) {_TEXT_FR}\b"
        r"|\b(?:article|texte|reportage) (?:est|a été) (?:retiré|rétracté)\b",
        ANY_CASE,
    ),
    euphemisms=re.compile(
        r"\b(?:regrett|excus|désol)\w*[^.!?]{0,40}\b(?:gêne|désagréments?|inconvénients?|confusion|malentendus?)\b"
        r"|\bpar (?:inadvertance|mégarde)\b|\b(?:une|cette|la) coquille\b(?! d)|\bfautes? de frappe\b"
        r"|\b(?:erreur|problème|souci|incident)s? (?:technique|informatique|administrative|administratif)s?\b"
        r"|\bmalencontreu(?:x|ses?|sement)\b|\bmalheureusement\b|\bmaladresses?\b",
        ANY_CASE,
    ),
    belittles=re.compile(
        r"\b(?:petite|légère|simple)s? (?:erreur|faute|inexactitude|imprécision)s?\b"
        r"|\b(?:petit|léger|simple)s? oublis?\b"
        r"|\b(?:erreur|faute|inexactitude|imprécision)s? "
        r"(?:(?:mineure|minime|légère|bénigne)s?|sans (?:importance|gravité))\b",
        ANY_CASE,
    ),
)

_TEXT_ES = r"(?:artículo|texto|reportaje)"
SPANISH = Tongue(
    error_named=re.compile(
        r"\b(?:(?:erróne|equivocad|incorrect|inexact|fals)(?:[oa]s?|amente)|por error|nos equivocamos"
        r"|confundi(?:mos|ó)|omiti(?:mos|ó)|mal (?:escrit|citad|identificad|traducid|atribuid)[oa]s?)\b",
        ANY_CASE,
    ),
    contrast=re.compile(
        r"\b(?:no|nunca|sino|en lugar de|en vez de|en realidad|contrariamente|deb(?:ía|ió|ían))\b", ANY_CASE
    ),
    only_updates=re.compile(
        r"\bactualiza(?:d[oa]s?|ción|mos)\b|\bnueva información\b|\bnuevos (?:datos|detalles|elementos)\b"
        r"|\b(?:información|datos|detalles) adicional(?:es)?\b",
        ANY_CASE,
    ),
    clarifies=re.compile(
        r"\baclar(?:ar|a|amos|ad[oa]s?|ación|aciones)\b|\bprecisar\b|\bprecisamos\b|\bpuntualiza(?:r|mos|ción)\b",
        ANY_CASE,
    ),
    retracts_article=re.compile(
        rf"\b(?:retira(?:mos)?|hemos retirado|ha retirado|retractamos) (?:este|el) {_TEXT_ES}\b"
        rf"|\b{_TEXT_ES} (?:ha sido|fue|queda) retirado\b",
        ANY_CASE,
    ),
    euphemisms=re.compile(
        r"\b(?:lament|disculp|sentimos)\w*[^.!?]{0,40}\b(?:molestias?|inconvenientes?|confusión|malentendidos?)\b"
        r"|\bpor descuido\b|\binadvertid(?:[oa]s?|amente)\b|\b(?:una|esta|la) errata\b"
        r"|\b(?:error|fallo|problema)(?:e?s)? (?:técnico|informático|administrativo|tipográfico|mecanográfico)s?\b"
        r"|\bduendes de (?:la )?imprenta\b|\b(?:lamentable|desafortunada)mente\b|\bpor desgracia\b",
        ANY_CASE,
    ),
    belittles=re.compile(
        r"\b(?:pequeñ[oa]|leve|mínim[oa]|liger[oa])s? "
        r"(?:error(?:es)?|fallos?|imprecisi(?:ón|ones)|inexactitud(?:es)?)\b"
        r"|\b(?:error(?:es)?|fallos?|imprecisi(?:ón|ones)) (?:menor(?:es)?|leves?|mínim[oa]s?|sin importancia)\b",
        ANY_CASE,
    ),
)

TONGUES: dict[str, Tongue] = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
"""By the first part of the language tag."""


def base_of(language: str) -> str:
    """The first part of a language tag, in lower case: `de_AT` → `de`."""
    return language.lower().replace("_", "-").partition("-")[0]
