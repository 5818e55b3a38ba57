import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from rdflib import RDF, Graph, URIRef
from rdflib.namespace import Namespace

from reprints.documents.signing import certificate_claims
from reprints.rights.countries import ALPHA3, UnknownCountry, alpha3
from reprints.rights.odrl import ACTIONS, AI_ACTIONS, DUTY_ACTIONS, MODIFYING, agreement
from reprints.rights.profile import profile
from reprints.vocabulary import AiPurpose, Duty, Modifications, Use
from tests.reprints.rights.odrl_vocabulary import (
    ACTIONS as ODRL_ACTIONS,
)
from tests.reprints.rights.odrl_vocabulary import CONTEXT, DEPRECATED, LEFT_OPERANDS, OPERATORS, TERMS, W3C
from tests.reprints.rights.odrl_vocabulary import ODRL as ODRL_ADDRESS
from tests.reprints.snapshots import STATUS_URL, VERIFY_URL, snapshot, snapshots

# rdflib 7's own JSON-LD reader still uses the class that it deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

BASE = "https://desk.example"
ODRL = Namespace(ODRL_ADDRESS)
NS = Namespace(f"{BASE}/ns/licensing#")
POLICY = URIRef(f"{BASE}/licenses/verify/L-7K3QX2MW-4/")
ARTICLE = URIRef("https://daily.example/politics/bridge")


def graph(policy):
    """The policy as triples, its published contexts replaced by the local one."""
    ours = [part for part in policy["@context"] if isinstance(part, dict)]
    document = policy | {"@context": [CONTEXT, *ours]}
    return Graph().parse(data=json.dumps(document), format="json-ld")


def of(**changes):
    return agreement(snapshot(**changes), base_url=BASE)


def odrl_terms(triples):
    return {
        str(node).removeprefix(ODRL_ADDRESS)
        for triple in triples
        for node in triple
        if str(node).startswith(ODRL_ADDRESS)
    }


def actions(rules):
    """The names of the actions of some rules, refined ones included."""
    listed = [rule["action"] if isinstance(rule["action"], list) else [rule["action"]] for rule in rules]
    return [action if isinstance(action, str) else action["rdf:value"]["@id"] for part in listed for action in part]


def constraints(policy):
    return {
        (rule["leftOperand"], rule["operator"]): rule["rightOperand"] for rule in policy["permission"][0]["constraint"]
    }


def test_an_agreement_names_its_parties_profiles_and_conflict_rule():
    triples = graph(of())
    assert (POLICY, RDF.type, ODRL.Agreement) in triples
    assert set(triples.objects(POLICY, ODRL.conflict)) == {ODRL.prohibit}
    assert set(triples.objects(POLICY, ODRL.assigner)) == {URIRef("https://daily.example")}
    assert set(triples.objects(POLICY, ODRL.assignee)) == {URIRef(f"{POLICY}#licensee")}
    assert set(triples.objects(POLICY, ODRL.profile)) == {
        URIRef("https://iptc.org/std/RightsML/odrl-profile/"),
        URIRef(f"{BASE}/ns/licensing"),
    }


def test_every_rule_has_a_target_and_an_action_and_every_constraint_its_three_parts():
    triples = graph(of(modifications="shorten", exclusivity="full", ai_purposes=["index"]))
    rules = [
        rule for kind in (ODRL.permission, ODRL.prohibition, ODRL.obligation) for rule in triples.objects(POLICY, kind)
    ]
    assert len(rules) == 11
    for rule in rules:
        assert len(set(triples.objects(rule, ODRL.target))) == 1
        assert set(triples.objects(rule, ODRL.action))
    operands = list(triples.subjects(ODRL.leftOperand))
    assert len(operands) == 12
    for constraint in operands:
        assert len(set(triples.objects(constraint, ODRL.operator))) == 1
        assert set(triples.objects(constraint, ODRL.rightOperand))


@settings(max_examples=60, deadline=None)
@given(snapshots())
def test_only_terms_of_odrl_2_2_are_used_and_no_deprecated_one(drawn):
    terms = odrl_terms(graph(agreement(drawn, base_url=BASE)))
    assert terms - TERMS == set()
    assert terms & DEPRECATED == set()
    assert {"Agreement", "permission", "grantUse", "prohibit"} <= terms


def test_the_list_of_terms_is_the_one_of_the_w3c_and_none_of_it_is_deprecated():
    assert (len(ODRL_ACTIONS), len(OPERATORS)) == (42, 12)
    assert (len(LEFT_OPERANDS), len(W3C["sha256"])) == (32, 64)
    assert W3C["source"].startswith("https://github.com/w3c/poe/")
    assert set() == TERMS & DEPRECATED
    assert {"copy", "pay", "license"} <= DEPRECATED


@settings(max_examples=60, deadline=None)
@given(snapshots())
def test_each_action_operand_and_operator_is_one_of_the_vocabulary(drawn):
    triples = graph(agreement(drawn, base_url=BASE))

    def named(prop, terms):
        nodes = {str(node) for node in triples.objects(None, ODRL[prop]) if isinstance(node, URIRef)}
        ours = {node for node in nodes if node.startswith(ODRL_ADDRESS)}
        return {node.removeprefix(ODRL_ADDRESS) for node in ours} - terms

    assert named("leftOperand", LEFT_OPERANDS) == set()
    assert named("operator", OPERATORS) == set()
    assert named("action", ODRL_ACTIONS) == set()


@settings(max_examples=60, deadline=None)
@given(snapshots())
def test_agreement_and_signed_claims_say_the_same(drawn):
    policy = agreement(drawn, base_url=BASE)
    claims = certificate_claims(drawn, verify_url=VERIFY_URL, status_url=STATUS_URL)
    limits = constraints(policy)
    instants = [
        int(datetime.fromisoformat(value["@value"]).timestamp())
        for (operand, _operator), value in limits.items()
        if operand == "dateTime"
    ]
    assert instants == [claims[name] for name in ("nbf", "exp") if name in claims]
    assert policy["dct:identifier"] == claims["number"]
    assert policy["assignee"]["vcard:fn"] == claims["licensee"]
    target = policy["permission"][0]["target"]
    assert (target["uid"], target["ns:revision"], target["ns:revisionSha256"]) == (
        claims["article"]["url"],
        claims["article"]["revision"],
        claims["article"]["revision_sha256"],
    )
    assert policy["ns:termsSha256"] == claims["terms_sha256"]
    assert policy["ns:test"] == claims["test"]
    named = [value for (operand, _), value in limits.items() if operand == "spatial"]
    listed = [entry for value in named for entry in (value if isinstance(value, list) else [value])]
    expected = [] if claims["territory"] == ["001"] else [ALPHA3[code] for code in claims["territory"]]
    assert [entry["@id"].rpartition("/")[2] for entry in listed] == expected


@settings(max_examples=60, deadline=None)
@given(snapshots())
def test_nothing_is_both_allowed_and_forbidden(drawn):
    policy = agreement(drawn, base_url=BASE)
    whole = [rule for rule in policy["prohibition"] if isinstance(rule["target"], str)]
    allowed = {action.removeprefix("odrl:") for action in actions(policy["permission"])}
    assert allowed & set(actions(whole)) == set()
    if "translate" in allowed:
        assert "derive" not in actions(whole)


def test_the_dates_are_instants_in_the_publications_zone():
    assert constraints(of())[("dateTime", "gteq")]["@value"] == "2026-12-01T00:00:00-05:00"
    assert constraints(of())[("dateTime", "lt")]["@value"] == "2027-12-01T00:00:00-05:00"
    assert ("dateTime", "lt") not in constraints(of(perpetual=True, ends_on=None))


def test_countries_have_three_letters_and_the_world_is_no_limit():
    address = "http://cvx.iptc.org/iso3166-1a3/"
    assert constraints(of())[("spatial", "isAnyOf")] == [{"@id": address + "USA"}, {"@id": address + "CAN"}]
    assert constraints(of(territory=["DE"]))[("spatial", "eq")] == {"@id": address + "DEU"}
    assert [key for key in constraints(of(territory=["001"])) if key[0] == "spatial"] == []


def test_language_channel_quantity_and_placement_are_limits():
    limits = constraints(of(placement_urls=["https://partner.example/a"]))
    assert limits[("language", "eq")] == "en"
    assert limits[("deliveryChannel", "eq")] == {"@id": "ns:web"}
    assert limits[("count", "lteq")] == {"@value": "50000", "@type": "xsd:integer"}
    assert limits[("virtualLocation", "eq")] == {"@id": "https://partner.example/a"}
    assert constraints(of(languages=["en", "de"]))[("language", "isAnyOf")] == ["en", "de"]


def test_the_price_is_a_compensation_in_a_currency_and_a_free_license_asks_none():
    duties = of()["permission"][0]["duty"]
    assert actions(duties) == ["odrl:compensate", "attribute"]
    (amount,) = duties[0]["action"][0]["refinement"]
    assert amount == {
        "leftOperand": "payAmount",
        "operator": "eq",
        "rightOperand": {"@value": "450.00", "@type": "xsd:decimal"},
        "unit": {"@id": "http://cvx.iptc.org/iso4217a/USD"},
    }
    free = of(price={"amount": "0.00"})["permission"][0]["duty"]
    assert actions(free) == ["attribute"]
    assert free[0]["ns:creditLine"] == "By Ann Reporter. © 2026 The Daily Example."


@pytest.mark.parametrize(
    ("changes", "added", "forbidden"),
    [
        ({"modifications": "none"}, [], ["modify", "derive"]),
        ({"modifications": "style_only"}, ["odrl:modify"], ["derive"]),
        ({"modifications": "shorten"}, ["odrl:modify"], ["derive"]),
        ({"modifications": "translate"}, ["translate"], ["modify"]),
        ({"modifications": "adapt"}, ["modify", "derive"], []),
    ],
)
def test_changes_are_forbidden_unless_granted(changes, added, forbidden):
    policy = of(**changes)
    web = ["reproduce", "display", "distribute"]
    assert actions(policy["permission"]) == web + added
    changing = [action for action in actions(policy["prohibition"]) if action in {"modify", "derive"}]
    assert changing == forbidden


def test_ai_purposes_are_forbidden_unless_granted():
    def ai(rules):
        return sorted(action for action in actions(rules) if action.startswith("ns:ai"))

    every = ["ns:ai-evaluate", "ns:ai-finetune", "ns:ai-ground", "ns:ai-index", "ns:ai-train"]
    assert (ai(of()["permission"]), ai(of()["prohibition"])) == ([], every)
    some = of(ai_purposes=["ground", "index"])
    assert ai(some["permission"]) == ["ns:ai-ground", "ns:ai-index"]
    assert ai(some["prohibition"]) == ["ns:ai-evaluate", "ns:ai-finetune", "ns:ai-train"]
    training = of(use="ai_train")
    assert (ai(training["permission"]), "ns:ai-train" in ai(training["prohibition"])) == (
        ["ns:ai-train"],
        False,
    )


def test_passing_the_license_on_is_always_forbidden_and_so_are_the_parts_of_others():
    policy = of(exclusions=["photo: AP", "graphic: Studio"])
    assert "grantUse" in actions(policy["prohibition"])
    parts = [rule["target"]["dct:description"] for rule in policy["prohibition"] if rule["action"] == "use"]
    assert parts == ["photo: AP", "graphic: Studio"]


def test_the_duties_of_the_terms_are_obligations_with_a_deadline():
    found = [
        (
            rule["action"],
            rule["ns:duty"],
            [
                (limit["leftOperand"], limit["operator"], *limit["rightOperand"].values())
                for limit in rule["constraint"]
            ],
        )
        for rule in of()["obligation"]
    ]
    assert found == [
        (
            "ns:replace-or-append",
            "replace_or_append",
            [("event", "gt", "ns:correction-notice"), ("elapsedTime", "lteq", "PT72H", "xsd:duration")],
        ),
        (
            "delete",
            "take_down",
            [("event", "gt", "ns:retraction-notice"), ("elapsedTime", "lteq", "PT24H", "xsd:duration")],
        ),
    ]
    told = of(duties={"update": {"duty": "inform", "within_hours": 24}})["obligation"]
    assert [(rule["action"], len(rule["constraint"])) for rule in told] == [("inform", 2)]


@pytest.mark.parametrize(
    "duties", [{}, {"update": {"duty": "inform"}}, {"correction": {"duty": "requested"}}, {"correction": "at once"}]
)
def test_what_is_only_told_or_asked_for_is_no_obligation(duties):
    assert "obligation" not in of(duties=duties)


def test_exclusivity_binds_the_publisher():
    (rule,) = of(duties={}, exclusivity="territory")["obligation"]
    assert (rule["action"], rule["assignee"]) == ("ensureExclusivity", "https://daily.example")
    assert rule["ns:scope"] == {"@id": "ns:exclusive-territory"}


def test_a_part_is_an_asset_of_its_own():
    triples = graph(of(portion="excerpt", excerpt_text="It passed."))
    part = URIRef(f"{POLICY}#excerpt")
    assert set(triples.objects(part, ODRL.partOf)) == {ARTICLE}
    assert ODRL.AssetCollection in set(triples.objects(ARTICLE, RDF.type))


def test_signatory_address_and_contacts_are_not_in_it():
    text = json.dumps(of())
    assert [word for word in ("Pat Signer", "Lindenallee", "DE136695976") if word in text] == []


def test_every_word_of_the_desks_vocabulary_has_an_expression():
    assert set(Use.values) == set(ACTIONS)
    assert set(AiPurpose.values) == set(AI_ACTIONS)
    assert set(Modifications.values) == set(MODIFYING)
    assert set(Duty.values) - {"requested"} == set(DUTY_ACTIONS)


@settings(max_examples=30, deadline=None)
@given(snapshots())
def test_every_word_of_ours_is_explained_at_the_address_of_the_profile(drawn):
    used = {str(node) for triple in graph(agreement(drawn, base_url=BASE)) for node in triple}
    document = profile(base_url=BASE)
    explained = {str(node) for node in Graph().parse(data=json.dumps(document), format="json-ld").subjects()}
    assert {node for node in used if node.startswith(f"{BASE}/ns/")} - explained == set()
    names = [word["@id"] for word in document["@graph"]]
    assert len(names) == len(set(names))


def test_the_249_countries_of_iso_3166():
    assert len(ALPHA3) == 249
    assert len(set(ALPHA3.values())) == 249
    codes = [
        "DE",
        "FR",
        "GB",
        "CH",
        "RO",
        "RS",
        "SS",
        "SX",
        "CW",
        "BQ",
        "MM",
        "CD",
        "TL",
        "YE",
        "ME",
        "TW",
        "PS",
        "VA",
        "AX",
        "UM",
    ]
    assert " ".join(alpha3(code) for code in codes) == (
        "DEU FRA GBR CHE ROU SRB SSD SXM CUW BES MMR COD TLS YEM MNE TWN PSE VAT ALA UMI"
    )


@pytest.mark.parametrize("code", ["XX", "EU", "001", "de", "", "XK", "UK"])
def test_what_is_no_country_is_refused(code):
    with pytest.raises(UnknownCountry):
        alpha3(code)
