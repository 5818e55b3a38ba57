"""Bylines: the people in a credit line, and the agency behind it."""

import re
from collections.abc import Iterable

BY = re.compile(
    r"(?:written by|story by|words by|by|von|par|por|door|af|av|text|texte|texto|testo)\s*[:\s]\s*",
    re.IGNORECASE,
)
# Single letters join only between full names, so that “Ortega y Gasset” stays one person.
JOINED = re.compile(r"\s+(?:and|und|et|og|och|en|ja|y|e|i|&|\+)\s+|\s*[|•/]\s*|\s*[,;、·]\s*")
LISTED = re.compile(r"\s*[|•/,;、·]\s*")
PLACE = re.compile(r"\s+(?:in|at|à|à|en|aus|reporting from)\s+[A-ZÀ-Þ].{0,60}$")
ROLE = re.compile(
    r"\b(?:editor|correspondent|reporter|writer|columnist|producer|chief|bureau|desk|staff|redakteur\w*|"
    r"korrespondent\w*|journalist\w*|redactora?|corresponsal)\b",
    re.IGNORECASE,
)
TITLE_AFTER = re.compile(r"\s*(?:기자|특파원|記者)$")
GENERATION = re.compile(r"(?:jr|sr|ii|iii|iv|md|phd)\.?", re.IGNORECASE)

AGENCIES = {
    "associated press": "Associated Press",
    "the associated press": "Associated Press",
    "ap": "Associated Press",
    "reuters": "Reuters",
    "afp": "AFP",
    "agence france-presse": "AFP",
    "dpa": "dpa",
    "deutsche presse-agentur": "dpa",
    "pa": "PA Media",
    "pa media": "PA Media",
    "press association": "PA Media",
    "ansa": "ANSA",
    "efe": "EFE",
    "agencia efe": "EFE",
    "europa press": "Europa Press",
    "apa": "APA",
    "ats": "Keystone-SDA",
    "sda": "Keystone-SDA",
    "keystone-sda": "Keystone-SDA",
    "epd": "epd",
    "kna": "KNA",
    "ntb": "NTB",
    "ritzau": "Ritzau",
    "anp": "ANP",
    "belga": "Belga",
    "lusa": "Lusa",
    "kyodo": "Kyodo News",
    "kyodo news": "Kyodo News",
    "jiji press": "Jiji Press",
    "yonhap": "Yonhap",
    "xinhua": "Xinhua",
    "bloomberg": "Bloomberg",
    "bloomberg news": "Bloomberg",
    "aap": "AAP",
    "australian associated press": "AAP",
    "the canadian press": "The Canadian Press",
    "canadian press": "The Canadian Press",
    "press trust of india": "PTI",
    "pti": "PTI",
}
DATELINE = re.compile(r"[^()]{0,60}\(([A-Za-z -]{2,30})\)\s*[-–—:]")
CREDIT = re.compile(r".*\(([A-Za-z -]{2,30})\)$", re.DOTALL)


def people(credit: str) -> list[str]:
    """The names in one credit line: “By A and B in Lima” → A, B. Roles and addresses are left out."""
    text = credit.strip()[:300]
    if "://" in text or "@" in text:
        return []
    lead = BY.match(text)
    text = text[lead.end() :] if lead else text
    found: list[str] = []
    for part in _parts(text):
        if found and GENERATION.fullmatch(part):
            found[-1] = f"{found[-1]}, {part}"
            continue
        name = TITLE_AFTER.sub("", PLACE.sub("", part)).strip(" .:-–—")
        # A role after a name is left out; a credit that is nothing but a role is all there is.
        if name and not (found and ROLE.search(name)):
            found.append(name)
    return found


def distinct(names: Iterable[str]) -> list[str]:
    """Names once each, in order, whatever their case."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return list(found.values())


def agency(bylines: Iterable[str], paragraphs: list[str]) -> str:
    """The news agency named by a byline, a dateline “CITY (AP) —” or a closing “(dpa)”; else empty."""
    for name in bylines:
        if name.casefold() in AGENCIES and len(name) > 2:
            return AGENCIES[name.casefold()]
    for pattern, paragraph in (
        (DATELINE, paragraphs[:1]),
        (CREDIT, [text[-40:] for text in paragraphs[-1:]]),
    ):
        for text in paragraph:
            found = pattern.match(text)
            if found and found.group(1).strip().casefold() in AGENCIES:
                return AGENCIES[found.group(1).strip().casefold()]
    return ""


def _parts(text: str) -> list[str]:
    parts = []
    for listed in LISTED.split(text):
        pieces = [piece for piece in JOINED.split(listed) if piece]
        # “Smith and Jones” may be a firm; “Ann Smith and Bo Jones” are two people.
        parts.extend(pieces if all(" " in piece for piece in pieces) else [listed])
    return [part.strip() for part in parts if part.strip()]
