"""A license snapshot for tests, and a strategy that draws many."""

import hashlib
from datetime import date, timedelta

from hypothesis import strategies as st

from reprints.rights.countries import ALPHA3

TERMS = "1. The licensee may use the article as stated.\n\n2. The credit line stays with the text."
VERIFY_URL = "https://desk.example/licenses/verify/L-7K3QX2MW-4/"
STATUS_URL = "https://desk.example/api/v1/licenses/L-7K3QX2MW-4/status/"


def snapshot(**changes):
    """A snapshot of a one-year web republication; members given are replaced, nested ones merged."""
    base = {
        "number": "L-7K3QX2MW-4",
        "issued_at": "2026-11-23T10:00:00Z",
        "publication": {
            "name": "The Daily Example",
            "slug": "daily",
            "legal_entity": "Daily Example Publishing, Inc.",
            "legal_address": "12 Harbor Street\nPortland, ME 04101",
            "vat_id": "",
            "language": "en-US",
            "time_zone": "America/New_York",
            "url": "https://daily.example",
        },
        "licensee": {
            "name": "Partner Media GmbH",
            "country": "DE",
            "address": "Lindenallee 7\n20095 Hamburg",
            "vat_id": "DE136695976",
            "organization": "partner",
            "signatory": "Pat Signer",
        },
        "article": {
            "reference": "A-7K3QX2MW-4",
            "url": "https://daily.example/politics/bridge",
            "headline": "Council votes for the bridge",
            "section": "Politics",
            "bylines": ["Ann Reporter"],
            "published_at": "2026-11-20T08:00:00Z",
            "language": "en",
            "revision": 3,
            "revision_sha256": hashlib.sha256(b"text").hexdigest(),
        },
        "use": "republish_web",
        "portion": "full_text",
        "excerpt_text": None,
        "words": 812,
        "format": "web",
        "quantity": 50000,
        "quantity_unit": "monthly_users",
        "territory": ["US", "CA"],
        "languages": ["en"],
        "starts_on": "2026-12-01",
        "ends_on": "2027-11-30",
        "perpetual": False,
        "exclusivity": "none",
        "modifications": "none",
        "placement_urls": [],
        "ai_purposes": [],
        "exclusions": ["photo: AP"],
        "price": {"amount": "450.00", "currency": "USD"},
        "tax": {"treatment": "exempt", "amount": "0.00"},
        "credit_line": "By Ann Reporter. © 2026 The Daily Example.",
        "terms": {"version": "2026-1", "sha256": hashlib.sha256(TERMS.encode()).hexdigest(), "text": TERMS},
        "duties": {
            "correction": {"duty": "replace_or_append", "within_hours": 72},
            "retraction": {"duty": "take_down", "within_hours": 24},
        },
        "quote": "Q-7K3QX2MW-4",
        "request": "LR-7K3QX2MW-4",
        "test": False,
        "supersedes": None,
    }
    for name, value in changes.items():
        base[name] = base[name] | value if isinstance(value, dict) and name != "duties" else value
    return base


_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
_days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@st.composite
def snapshots(draw):
    """Any license that the desk could have issued, with names in any script."""
    start = draw(_days)
    perpetual = draw(st.booleans())
    end = None if perpetual else (start + timedelta(days=draw(st.integers(0, 4000)))).isoformat()
    countries = st.lists(st.sampled_from(sorted(ALPHA3)), min_size=1, max_size=4, unique=True)
    ai = ["train", "finetune", "ground", "index", "search", "evaluate"]
    uses = ["republish_web", "translation", "excerpt_quote", "ai_train", "ai_input", "tdm_research", "other"]
    zones = ["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Auckland", "UTC"]
    return snapshot(
        publication={"name": draw(_text), "time_zone": draw(st.sampled_from(zones))},
        licensee={"name": draw(_text)},
        article={"headline": draw(_text), "revision": draw(st.integers(1, 99))},
        use=draw(st.sampled_from(uses)),
        quantity=draw(st.none() | st.integers(1, 10**9)),
        territory=draw(st.just(["001"]) | countries),
        languages=draw(st.lists(st.sampled_from(["en", "de", "pt-BR", "zh-Hant"]), min_size=1, unique=True)),
        starts_on=start.isoformat(),
        ends_on=end,
        perpetual=perpetual,
        exclusivity=draw(st.sampled_from(["none", "media", "territory", "full"])),
        modifications=draw(st.sampled_from(["none", "style_only", "shorten", "translate", "adapt"])),
        ai_purposes=draw(st.lists(st.sampled_from(ai), unique=True)),
        exclusions=draw(st.lists(_text, max_size=3)),
        price={"amount": draw(st.sampled_from(["0.00", "450.00", "12000.50"]))},
        test=draw(st.booleans()),
    )
