"""The terms of ODRL 2.2 as W3C's own vocabulary file has them (tests/data/odrl22.json names its source), and a JSON-LD
context that needs no network.
"""

import json
from pathlib import Path

ODRL = "http://www.w3.org/ns/odrl/2/"
W3C = json.loads((Path(__file__).resolve().parents[2] / "data" / "odrl22.json").read_text())
ACTIONS, OPERATORS, LEFT_OPERANDS, CLASSES, PROPERTIES, INDIVIDUALS, DEPRECATED = (
    set(W3C[name])
    for name in ("actions", "operators", "left_operands", "classes", "properties", "individuals", "deprecated")
)
TERMS = ACTIONS | OPERATORS | LEFT_OPERANDS | CLASSES | PROPERTIES | INDIVIDUALS

_VOCABULARY_VALUES = {"action", "leftOperand", "operator", "conflict"}
_PLAIN_VALUES = {"rightOperand", "status"}

CONTEXT = {
    "odrl": ODRL,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "tdm": "http://www.w3.org/ns/tdmrep#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "uid": "@id",
    "industry": "odrl:industry",
    **{term: f"odrl:{term}" for term in ACTIONS | OPERATORS | LEFT_OPERANDS | CLASSES | INDIVIDUALS},
    **{
        term: f"odrl:{term}"
        if term in _PLAIN_VALUES
        else {"@id": f"odrl:{term}", "@type": "@vocab" if term in _VOCABULARY_VALUES else "@id"}
        for term in PROPERTIES - {"uid"}
    },
}
