import itertools
import json
from pathlib import Path

import pytest
from lxml import etree
from rdflib import Graph, URIRef

from reprints.rights.aipref import content_usage, response_headers, robots_lines
from reprints.rights.policy import (
    RSL_USAGE,
    AiPolicy,
    Answer,
    ContradictoryPolicy,
    lint,
    refuse_contradictions,
)
from reprints.rights.rsl import license_xml, request_url
from reprints.rights.tdmrep import tdm_offer, tdmrep_json
from tests.reprints.rights.odrl_vocabulary import CONTEXT, ODRL

FORM = "https://desk.example/reprints/new/"
SITES = ["https://daily.example/"]
POLICY_URL = "https://desk.example/policies/tdm.json"
RSL = "{https://rslstandard.org/rsl}"
GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("rsl.rng")))
PURPOSES = ["search", "ai_index", "ai_input", "ai_train", "tdm"]
EVERY = [AiPolicy.of(dict(zip(PURPOSES, answers, strict=True))) for answers in itertools.product(Answer, repeat=5)]
SOUND = [policy for policy in EVERY if not lint(policy)]


def of(**answers):
    return AiPolicy.of(answers)


def rsl(policy):
    document = license_xml(
        policy,
        sites=SITES,
        form_url=FORM,
        terms_url="https://desk.example/terms/?a=1&b=2",
        contact_email="licensing@daily.example",
        contact_url="https://desk.example/reprints/",
    )
    return etree.fromstring(document)


def offers(policy):
    """(tokens, payment type, custom address) of each license block."""
    return [
        (
            block.findtext(f"{RSL}permits"),
            block.find(f"{RSL}payment").get("type"),
            block.findtext(f"{RSL}payment/{RSL}custom"),
        )
        for block in rsl(policy).iter(f"{RSL}license")
    ]


def test_the_usual_policy_is_sound_and_offers_what_it_does_not_give():
    assert lint(AiPolicy()) == []
    assert offers(AiPolicy()) == [
        ("search", "free", None),
        ("ai-index", "use", f"{FORM}?use=ai_index"),
        ("ai-input", "use", f"{FORM}?use=ai_input"),
        ("ai-train", "training", f"{FORM}?use=ai_train"),
    ]


def test_what_is_denied_is_not_listed_and_what_is_free_shares_one_block():
    policy = of(search="allow", ai_index="allow", ai_input="allow", ai_train="deny", tdm="deny")
    assert offers(policy) == [("search ai-index ai-input", "free", None)]


def test_a_publication_that_gives_nothing_says_so():
    (block,) = rsl(of(search="deny", ai_index="deny", ai_input="deny", ai_train="deny", tdm="deny")).iter(
        f"{RSL}license"
    )
    assert [(child.tag, child.get("type"), child.text) for child in block] == [(f"{RSL}prohibits", "usage", "all")]


def test_every_sound_policy_is_a_valid_document_that_grants_what_it_says():
    assert len(SOUND) > 20
    for policy in SOUND:
        tree = rsl(policy)
        GRAMMAR.assertValid(tree)
        listed = {token for permits in tree.iter(f"{RSL}permits") for token in permits.text.split(" ")}
        assert listed == {token for name, token in RSL_USAGE.items() if policy.answers()[name] != Answer.DENY}
        assert list(tree.iter(f"{RSL}prohibits")) == [] or listed == set()


def test_the_grammar_refuses_the_words_of_the_draft():
    sound = license_xml(AiPolicy(), sites=SITES, form_url=FORM).decode()
    assert GRAMMAR.validate(etree.fromstring(sound.encode()))
    for good, bad in [
        (">ai-train<", ">train-ai<"),
        (">search<", ">search,ai-input<"),
        ('"training"', '"inference"'),
        ('type="usage"', 'type="purpose"'),
    ]:
        assert good in sound
        assert not GRAMMAR.validate(etree.fromstring(sound.replace(good, bad).encode()))


def test_the_document_names_no_server_lasts_a_week_and_no_word_of_rsl_0_9_is_in_it():
    for policy in SOUND:
        text = license_xml(policy, sites=SITES, form_url=FORM).decode()
        assert [word for word in ("train-ai", "inference", "server", ",") if word in text] == []
    tree = rsl(AiPolicy())
    assert (tree.tag, dict(tree.attrib)) == (f"{RSL}rsl", {"max-age": "7"})
    assert dict(tree.find(f"{RSL}content").attrib) == {"url": "https://daily.example/"}
    assert tree.findtext(f".//{RSL}terms") == "https://desk.example/terms/?a=1&b=2"
    assert tree.findtext(f".//{RSL}legal") == "mailto:licensing@daily.example"


def test_each_site_has_the_whole_policy():
    sites = ["https://daily.example/", "https://sport.daily.example/"]
    tree = etree.fromstring(license_xml(AiPolicy(), sites=sites, form_url=FORM, contact_email="a@daily.example"))
    GRAMMAR.assertValid(tree)
    blocks = {content.get("url"): [etree.tostring(child) for child in content] for content in tree}
    assert list(blocks) == sites
    assert blocks[sites[0]] == blocks[sites[1]]
    assert len(blocks[sites[0]]) == 5


def test_the_form_keeps_its_own_parameters():
    assert request_url(f"{FORM}?publication=daily", "tdm") == f"{FORM}?publication=daily&use=tdm_research"


def test_the_reservation_file_has_one_rule():
    assert tdmrep_json(AiPolicy(), policy_url=POLICY_URL) == [
        {"location": "/", "tdm-reservation": 1, "tdm-policy": POLICY_URL}
    ]
    assert tdmrep_json(of(tdm="deny"), policy_url=POLICY_URL) == [{"location": "/", "tdm-reservation": 1}]
    assert tdmrep_json(of(tdm="allow", ai_train="allow"), policy_url=POLICY_URL) == [
        {"location": "/", "tdm-reservation": 0}
    ]


def offer(policy):
    return tdm_offer(
        policy,
        policy_url=POLICY_URL,
        publisher="The Daily Example",
        sites=["https://daily.example/", "https://desk.example/"],
        form_url=FORM,
        contact_email="licensing@daily.example",
    )


def test_the_mining_offer_asks_for_consent_and_tells_where():
    assert offer(AiPolicy()) == {
        "@context": ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"],
        "@type": "Offer",
        "profile": "http://www.w3.org/ns/tdmrep",
        "uid": POLICY_URL,
        "assigner": {
            "uid": "https://daily.example/",
            "vcard:fn": "The Daily Example",
            "vcard:hasURL": f"{FORM}?use=tdm_research",
            "vcard:hasEmail": "mailto:licensing@daily.example",
        },
        "permission": [
            {"target": "https://daily.example/", "action": "tdm:mine", "duty": [{"action": "obtainConsent"}]},
            {"target": "https://desk.example/", "action": "tdm:mine", "duty": [{"action": "obtainConsent"}]},
        ],
    }
    assert (offer(of(tdm="deny")), offer(of(tdm="allow", ai_train="allow"))) == (None, None)


# rdflib 7's own JSON-LD reader still uses the class that it deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_the_mining_offer_is_rdf():
    document = json.dumps(offer(AiPolicy()) | {"@context": CONTEXT})
    triples = Graph().parse(data=document, format="json-ld")
    actions = set(triples.objects(None, URIRef(f"{ODRL}action")))
    assert actions == {URIRef("http://www.w3.org/ns/tdmrep#mine"), URIRef(f"{ODRL}obtainConsent")}


@pytest.mark.parametrize(
    ("answers", "value"),
    [
        ({}, "train-ai=n, search=y"),
        ({"ai_train": "allow", "tdm": "allow"}, "train-ai=y, search=y"),
        ({"search": "license"}, "train-ai=n, search=n"),
        ({"search": "deny", "ai_train": "deny"}, "train-ai=n, search=n"),
    ],
)
def test_a_preference_is_yes_only_for_what_is_free(answers, value):
    assert content_usage(of(**answers)) == value


def test_robots_txt_and_headers_agree_with_the_files():
    url = "https://desk.example/license.xml"
    for policy in SOUND:
        headers = response_headers(policy, license_url=url, tdm_policy_url=POLICY_URL)
        (rule,) = tdmrep_json(policy, policy_url=POLICY_URL)
        assert headers["tdm-reservation"] == str(rule["tdm-reservation"])
        assert headers.get("tdm-policy") == rule.get("tdm-policy")
        assert robots_lines(policy, license_url=url) == [
            f"License: {url}",
            f"Content-Usage: {headers['Content-Usage']}",
        ]
        assert headers["Link"] == f'<{url}>; rel="license"; type="application/rsl+xml"'


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ({"tdm": "allow"}, ["mining_opens_training"]),
        ({"tdm": "allow", "ai_train": "deny"}, ["mining_opens_training"]),
        ({"ai_train": "allow"}, ["reservation_closes_training"]),
        ({"ai_train": "allow", "tdm": "deny"}, ["reservation_closes_training"]),
        ({"ai_index": "allow", "search": "deny"}, ["index_without_search"]),
        ({"ai_index": "allow", "search": "license"}, ["index_without_search"]),
        ({"ai_index": "deny"}, ["input_without_index"]),
        ({"ai_index": "deny", "ai_input": "allow"}, ["input_without_index"]),
        ({"ai_input": "allow"}, ["free_input_paid_index"]),
        ({"tdm": "allow", "ai_index": "deny"}, ["mining_opens_training", "input_without_index"]),
    ],
)
def test_answers_that_contradict_each_other_are_found(answers, codes):
    assert [found.code for found in lint(of(**answers))] == codes


def test_no_dialect_speaks_a_contradictory_policy():
    policy = of(tdm="allow")
    for speak in [
        lambda: refuse_contradictions(policy),
        lambda: license_xml(policy, sites=SITES, form_url=FORM),
        lambda: tdmrep_json(policy, policy_url=POLICY_URL),
        lambda: offer(policy),
        lambda: robots_lines(policy, license_url=FORM),
        lambda: response_headers(policy, license_url=FORM, tdm_policy_url=POLICY_URL),
    ]:
        with pytest.raises(ContradictoryPolicy, match="training is not") as refusal:
            speak()
        assert [found.code for found in refusal.value.contradictions] == ["mining_opens_training"]


@pytest.mark.parametrize("answers", [{"ai_train": "maybe"}, {"train-ai": "deny"}, {"ai_train": ""}])
def test_unknown_words_are_refused(answers):
    with pytest.raises(ValueError, match=r"train|maybe|''"):
        AiPolicy.of(answers)
