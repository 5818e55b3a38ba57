"""One license as an ODRL 2.2 Agreement with the RightsML 2.0 profile (IPTC), as JSON-LD.

Terms come from the ODRL core and common vocabularies, none of its deprecated ones; what they cannot say
(channels, AI purposes, replacing a corrected text) has a name in the desk's own namespace,
`<base_url>/ns/licensing#…`, which the policy declares as a second profile and `rights.profile` explains.
`conflict` is `prohibit`: what is both allowed and forbidden is forbidden.

ODRL's `delayPeriod` means "not before"; a deadline is therefore `elapsedTime lteq` after the `event`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reprints.documents.signing import validity
from reprints.documents.wording import duties_in
from reprints.rights.countries import alpha3
from reprints.vocabulary import WORLD

Snapshot = Mapping[str, Any]
Rule = dict[str, Any]

ODRL_CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
RIGHTSML_CONTEXT = "https://iptc.org/std/RightsML/odrl-profile/rightsml.jsonld"
RIGHTSML = "https://iptc.org/std/RightsML/odrl-profile/"
COUNTRIES = "http://cvx.iptc.org/iso3166-1a3/"
CURRENCIES = "http://cvx.iptc.org/iso4217a/"

# Use → ODRL actions. A name with a colon is ours (`ns:`): the common vocabulary has no such action.
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "republish_web": ("reproduce", "display", "distribute"),
    "republish_print": ("reproduce", "print", "distribute"),
    "syndication_feed": ("reproduce", "distribute"),
    "excerpt_quote": ("extract", "display"),
    "translation": ("translate", "reproduce", "distribute"),
    "eprint_pdf": ("reproduce", "distribute"),
    "reprint_hardcopy": ("print", "distribute"),
    "email_newsletter": ("reproduce", "distribute"),
    "intranet_internal": ("reproduce", "display"),
    "presentation_event": ("present", "display"),
    "book_chapter": ("reproduce", "print", "distribute"),
    "course_material": ("reproduce", "distribute"),
    "exam": ("reproduce", "distribute"),
    "broadcast_read": ("present", "play"),
    "text_to_speech": ("textToSpeech", "play"),
    "social_post": ("display", "distribute"),
    "advertising_quote": ("extract", "display"),
    "badge_logo": ("display",),
    "archive_database": ("archive", "index"),
    "media_monitoring": ("extract", "index"),
    "ai_train": ("ns:ai-train",),
    "ai_input": ("ns:ai-ground",),
    "ai_index": ("ns:ai-index",),
    "search_index": ("index",),
    "tdm_research": ("ns:tdm",),
    "other": ("use",),
}
AI_ACTIONS: Mapping[str, str] = {
    "train": "ns:ai-train",
    "finetune": "ns:ai-finetune",
    "ground": "ns:ai-ground",
    "index": "ns:ai-index",
    "search": "ns:ai-search",
    "evaluate": "ns:ai-evaluate",
}
# What a grant to modify adds to the permission, and what stays forbidden beside it.
MODIFYING: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "none": ((), ("modify", "derive")),
    "style_only": (("modify",), ("derive",)),
    "shorten": (("modify",), ("derive",)),
    "translate": (("translate",), ("modify", "derive")),
    "adapt": (("modify", "derive"), ()),
}
DUTY_ACTIONS: Mapping[str, str] = {
    "inform": "inform",
    "replace_or_append": "ns:replace-or-append",
    "take_down": "delete",
    "purge": "delete",
}


def agreement(snapshot: Snapshot, *, base_url: str) -> dict[str, Any]:
    """The license as an ODRL Agreement (a JSON-LD document). `base_url`: the desk's address, without a final
    slash.

    Raises UnknownCountry when the territory names a code that ISO 3166-1 does not assign.
    """
    namespace = namespace_of(base_url)
    uid = f"{base_url.rstrip('/')}/licenses/verify/{snapshot['number']}/"
    target = _target(snapshot, uid)
    policy: dict[str, Any] = {
        "@context": [
            ODRL_CONTEXT,
            RIGHTSML_CONTEXT,
            {
                "xsd": "http://www.w3.org/2001/XMLSchema#",
                "vcard": "http://www.w3.org/2006/vcard/ns#",
                "dct": "http://purl.org/dc/terms/",
                "ns": namespace,
            },
        ],
        "@type": "Agreement",
        "uid": uid,
        "profile": [RIGHTSML, namespace.removesuffix("#")],
        "conflict": "prohibit",
        "dct:identifier": snapshot["number"],
        "dct:issued": _typed(snapshot["issued_at"], "dateTime"),
        "ns:termsSha256": snapshot["terms"]["sha256"],
        "ns:test": snapshot["test"],
        "assigner": _assigner(snapshot),
        "assignee": {"@type": "Party", "uid": _licensee(uid), "vcard:fn": snapshot["licensee"]["name"]},
        "permission": _permissions(snapshot, target),
        "prohibition": _prohibitions(snapshot, target, uid),
    }
    if obligations := _obligations(snapshot, target, uid):
        policy["obligation"] = obligations
    return policy


def namespace_of(base_url: str) -> str:
    """The desk's own namespace. What stands before its `#` is the address of the profile (`rights.profile`)."""
    return f"{base_url.rstrip('/')}/ns/licensing#"


def _target(snapshot: Snapshot, uid: str) -> Rule:
    """The licensed text: the article, or a part of it that has a name under the license."""
    article, portion = snapshot["article"], snapshot["portion"]
    whole = {
        "@type": "Asset",
        "uid": article["url"],
        "dct:identifier": article["reference"],
        "dct:title": article["headline"],
        "ns:revision": article["revision"],
        "ns:revisionSha256": article["revision_sha256"],
    }
    if portion == "full_text":
        return whole
    # AssetCollection: the article as the collection of its parts, which is what partOf points to.
    return {
        "@type": "Asset",
        "uid": f"{uid}#{portion}",
        "partOf": whole | {"@type": ["Asset", "AssetCollection"]},
    }


def _permissions(snapshot: Snapshot, target: Rule) -> list[Rule]:
    constraint = _constraints(snapshot)
    extra, _forbidden = MODIFYING.get(snapshot["modifications"], MODIFYING["none"])
    actions: list[Any] = list(ACTIONS.get(snapshot["use"], ("use",)))
    actions += [_refined(action, snapshot["modifications"]) for action in extra if action not in actions]
    actions += [action for action in _granted_ai(snapshot) if action not in actions]
    return [{"target": target, "action": actions, "constraint": constraint, "duty": _duties(snapshot)}]


def _refined(action: str, modifications: str) -> Any:
    """House style and shortening are kinds of `modify` that ODRL has no word for."""
    if modifications not in {"style_only", "shorten"}:
        return action
    kind = {
        "leftOperand": "ns:modification",
        "operator": "eq",
        "rightOperand": {"@id": f"ns:{modifications.replace('_', '-')}"},
    }
    return {"rdf:value": {"@id": f"odrl:{action}"}, "refinement": [kind]}


def _constraints(snapshot: Snapshot) -> list[Rule]:
    start, end = validity(snapshot)
    rules = [_constraint("dateTime", "gteq", _typed(start.isoformat(), "dateTime"))]
    if end is not None:
        rules.append(_constraint("dateTime", "lt", _typed(end.isoformat(), "dateTime")))
    if snapshot["territory"] and WORLD not in snapshot["territory"]:
        rules.append(_one_of("spatial", [{"@id": COUNTRIES + alpha3(code)} for code in snapshot["territory"]]))
    if snapshot["languages"]:
        rules.append(_one_of("language", list(snapshot["languages"])))
    if snapshot.get("format"):
        channel = {"@id": f"ns:{snapshot['format'].replace('_', '-')}"}
        rules.append(_constraint("deliveryChannel", "eq", channel))
    if snapshot.get("quantity"):
        count = _constraint("count", "lteq", _typed(str(snapshot["quantity"]), "integer"))
        unit = (snapshot.get("quantity_unit") or "copies").replace("_", "-")
        rules.append(count | {"unit": {"@id": f"ns:{unit}"}})
    if snapshot["placement_urls"]:
        rules.append(_one_of("virtualLocation", [{"@id": url} for url in snapshot["placement_urls"]]))
    return rules


def _duties(snapshot: Snapshot) -> list[Rule]:
    """What must be done to use the permission: pay (unless free) and show the credit line."""
    duties: list[Rule] = []
    price = snapshot["price"]
    if Decimal(price["amount"]):
        amount = _constraint("payAmount", "eq", _typed(price["amount"], "decimal"))
        amount["unit"] = {"@id": CURRENCIES + price["currency"]}
        payment = {"rdf:value": {"@id": "odrl:compensate"}, "refinement": [amount]}
        duties.append({"action": [payment], "compensatedParty": snapshot["publication"]["url"]})
    credit = {"action": "attribute", "attributedParty": snapshot["publication"]["url"]}
    duties.append(credit | {"ns:creditLine": snapshot["credit_line"]})
    return duties


def _prohibitions(snapshot: Snapshot, target: Rule, uid: str) -> list[Rule]:
    reference = target["uid"]
    _extra, forbidden = MODIFYING.get(snapshot["modifications"], MODIFYING["none"])
    translating = snapshot["use"] == "translation" or snapshot["modifications"] == "translate"
    actions = ["grantUse"]
    # A translation is a derived work: forbidding `derive` beside it would take it back.
    actions += [action for action in forbidden if not (translating and action == "derive")]
    allowed = {*ACTIONS.get(snapshot["use"], ()), *_granted_ai(snapshot)}
    # A page that may be on the web may be found: search is not among what is forbidden.
    ai_actions = [action for purpose, action in AI_ACTIONS.items() if purpose != "search"]
    actions += [action for action in ai_actions if action not in allowed]
    rules: list[Rule] = [{"target": reference, "action": action} for action in actions]
    for number, part in enumerate(snapshot["exclusions"], start=1):
        excluded = {"@type": "Asset", "uid": f"{uid}#excluded-{number}", "dct:description": part}
        rules.append({"target": excluded, "action": "use"})
    return rules


def _obligations(snapshot: Snapshot, target: Rule, uid: str) -> list[Rule]:
    duties = duties_in(snapshot["duties"])
    rules = [_obligation(kind, duty, snapshot, target["uid"]) for kind, duty in duties.items() if _is_owed(duty)]
    if snapshot["exclusivity"] != "none":
        scope = {"@id": f"ns:exclusive-{snapshot['exclusivity']}"}
        rules.append(
            {
                "target": target["uid"],
                "action": "ensureExclusivity",
                "assignee": snapshot["publication"]["url"],
                "assigner": _licensee(uid),
                "ns:scope": scope,
            }
        )
    return rules


def _is_owed(duty: Mapping[str, Any]) -> bool:
    """Not what is only for information, nor what the newsroom merely asks for."""
    return duty["duty"] != "requested" and (duty["duty"] != "inform" or "within_hours" in duty)


def _obligation(occasion: str, duty: Mapping[str, Any], snapshot: Snapshot, target: str) -> Rule:
    """What is owed after a notice of this kind, and how soon."""
    action = DUTY_ACTIONS[duty["duty"]]
    rule: Rule = {"target": target, "action": action, "ns:duty": duty["duty"]}
    if action == "inform":
        rule["informedParty"] = snapshot["publication"]["url"]
    rule["constraint"] = [_constraint("event", "gt", {"@id": f"ns:{occasion.replace('_', '-')}-notice"})]
    if "within_hours" in duty:
        limit = _typed(f"PT{duty['within_hours']}H", "duration")
        rule["constraint"].append(_constraint("elapsedTime", "lteq", limit))
    return rule


def _granted_ai(snapshot: Snapshot) -> list[str]:
    return [AI_ACTIONS[purpose] for purpose in snapshot["ai_purposes"] if purpose in AI_ACTIONS]


def _assigner(snapshot: Snapshot) -> Rule:
    publication = snapshot["publication"]
    name = publication["legal_entity"] or publication["name"]
    return {"@type": "Party", "uid": publication["url"], "vcard:fn": name}


def _licensee(uid: str) -> str:
    """The licensee as a node of this document: partners have no public address of their own."""
    return f"{uid}#licensee"


def _one_of(operand: str, values: list[Any]) -> Rule:
    if len(values) == 1:
        return _constraint(operand, "eq", values[0])
    return _constraint(operand, "isAnyOf", values)


def _constraint(operand: str, operator: str, value: Any) -> Rule:
    return {"leftOperand": operand, "operator": operator, "rightOperand": value}


def _typed(value: str, kind: str) -> Rule:
    return {"@value": value, "@type": f"xsd:{kind}"}
