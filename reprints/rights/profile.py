"""The vocabulary of our own that an agreement in ODRL uses beside ODRL and RightsML, as JSON-LD at its own address,
`<base_url>/ns/licensing`: every word with its kind, its name and what it means.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reprints.documents.wording import FALLBACK, OCCASIONS, TASKS, label_of, phrase_of, speaking
from reprints.rights.odrl import AI_ACTIONS, namespace_of
from reprints.vocabulary import AiPurpose, Duty, Exclusivity, Format, Modifications, NoticeKind, QuantityUnit, Use

Word = dict[str, Any]

CONTEXT = {
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "owl": "http://www.w3.org/2002/07/owl#",
}
PROPERTIES = {
    "termsSha256": "SHA-256 of the text of the terms that the license is under, in lower-case hex.",
    "test": "Whether the license is only a test, which permits nothing.",
    "revision": "The number of the text's revision that was licensed.",
    "revisionSha256": "SHA-256 of that revision, in lower-case hex.",
    "creditLine": "The line that stands with the text.",
    "duty": "The duty as the API names it.",
    "scope": "What is exclusive: the medium, the territory, or all.",
}
"""Property → what it says."""


def profile(*, base_url: str) -> dict[str, Any]:
    """The profile as a JSON-LD document, in English. `base_url`: the desk's address, without a final slash."""
    namespace = namespace_of(base_url)
    address = namespace.removesuffix("#")
    about = {
        "@id": address,
        "@type": "owl:Ontology",
        "dct:title": "Licensing profile for ODRL 2.2",
        "dct:description": "Words that the licenses of this desk use beside ODRL and RightsML.",
    }
    with speaking(FALLBACK):
        words = [{**word, "rdfs:isDefinedBy": {"@id": address}} for word in _words()]
    context = CONTEXT | {"rdfs": "http://www.w3.org/2000/01/rdf-schema#", "ns": namespace}
    return {"@context": context, "@graph": [about, *words]}


def _words() -> Iterator[Word]:
    for purpose, name in AI_ACTIONS.items():
        yield _action(name, label_of(AiPurpose, purpose), "What a machine does with the text.")
    yield _action("ns:tdm", label_of(Use, Use.TDM_RESEARCH), "Text and data mining.")
    yield _action("ns:replace-or-append", str(Duty.REPLACE_OR_APPEND.label), str(TASKS[Duty.REPLACE_OR_APPEND]))
    yield _word("ns:modification", "odrl:LeftOperand", "Kind of change", "How the text may be modified.")
    for change in (Modifications.STYLE_ONLY, Modifications.SHORTEN):
        yield _value(change, str(change.label), "Right operand of ns:modification.")
    for form in Format:
        yield _value(form, str(form.label), "Right operand of odrl:deliveryChannel.")
    for unit in QuantityUnit:
        yield _value(unit, str(unit.label), "Unit of odrl:count.")
    for kind in NoticeKind:
        happens = f"The newsroom told the licensee that the article {phrase_of(OCCASIONS, kind)}."
        yield _value(f"{kind}-notice", str(kind.label), f"Right operand of odrl:event. {happens}")
    for kept in (Exclusivity.MEDIA, Exclusivity.TERRITORY, Exclusivity.FULL):
        yield _value(f"exclusive-{kept}", str(kept.label), "Value of ns:scope.")
    for name, says in PROPERTIES.items():
        yield _word(f"ns:{name}", "rdf:Property", name, says)


def _action(name: str, label: str, says: str) -> Word:
    return _word(name, "odrl:Action", label, says) | {"odrl:includedIn": {"@id": "odrl:use"}}


def _value(token: str, label: str, says: str) -> Word:
    return _word(f"ns:{token.replace('_', '-')}", "skos:Concept", label, says)


def _word(name: str, kind: str, label: str, says: str) -> Word:
    return {"@id": name, "@type": kind, "skos:prefLabel": label, "skos:definition": says}
