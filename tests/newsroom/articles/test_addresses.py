import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsroom.articles.addresses import MAX_LENGTH, BadAddress, canonical_key, clean_url, host_of

KEY = "daily.example/2024/may/bridge"

KEYS = [
    # scheme
    ("https://daily.example/2024/may/bridge", KEY),
    ("http://daily.example/2024/may/bridge", KEY),
    ("HTTPS://daily.example/2024/may/bridge", KEY),
    ("daily.example/2024/may/bridge", KEY),
    ("//daily.example/2024/may/bridge", KEY),
    ("  https://daily.example/2024/may/bridge\n", KEY),
    # host
    ("https://DAILY.Example/2024/may/bridge", KEY),
    ("https://www.daily.example/2024/may/bridge", KEY),
    ("https://WWW.daily.example/2024/may/bridge", KEY),
    ("https://daily.example./2024/may/bridge", KEY),
    ("https://m.daily.example/2024/may/bridge", KEY),
    ("https://mobile.daily.example/2024/may/bridge", KEY),
    ("https://touch.daily.example/2024/may/bridge", KEY),
    ("https://www.m.daily.example/2024/may/bridge", KEY),
    ("https://sport.daily.example/x", "sport.daily.example/x"),
    ("https://www.example/x", "www.example/x"),
    ("https://m.example/x", "m.example/x"),
    ("https://wwwdaily.example/x", "wwwdaily.example/x"),
    ("https://münchner.example/x", "xn--mnchner-n2a.example/x"),
    ("https://MÜNCHNER.example/x", "xn--mnchner-n2a.example/x"),
    ("https://xn--mnchner-n2a.example/x", "xn--mnchner-n2a.example/x"),
    ("https://straße.example/x", "xn--strae-oqa.example/x"),
    ("https://新聞。example/x", "xn--efvv70d.example/x"),
    ("http://localhost:8000/x", "localhost:8000/x"),
    # ports
    ("https://daily.example:443/x", "daily.example/x"),
    ("http://daily.example:80/x", "daily.example/x"),
    ("https://daily.example:/x", "daily.example/x"),
    ("https://daily.example:8443/x", "daily.example:8443/x"),
    ("daily.example:8443/x", "daily.example:8443/x"),
    ("https://daily.example:08443/x", "daily.example:8443/x"),
    # AMP
    ("https://amp.daily.example/2024/may/bridge", KEY),
    ("https://daily.example/amp/2024/may/bridge", KEY),
    ("https://daily.example/2024/may/bridge/amp", KEY),
    ("https://daily.example/2024/may/bridge/amp/", KEY),
    ("https://daily.example/2024/may/bridge/AMP/", KEY),
    ("https://daily.example/2024/may/bridge.amp", KEY),
    ("https://daily.example/..amp", "daily.example/..amp"),  # what is left without the mark would be a dot segment
    ("https://daily.example/x/...amp", "daily.example/x/...amp"),
    ("https://daily.example/2024/may/bridge.amp.html", KEY + ".html"),
    ("https://daily.example/2024/may/bridge?amp=1", KEY),
    ("https://daily.example/2024/may/bridge?amp", KEY),
    ("https://daily.example/2024/may/bridge?outputType=amp", KEY),
    ("https://daily.example/2024/may/bridge?outputType=print", KEY + "?outputType=print"),
    ("https://daily.example/2024/may/bridge?amp=marshall", KEY + "?amp=marshall"),
    ("https://daily.example/amp", "daily.example/amp"),
    ("https://daily.example/music/amp-of-the-year", "daily.example/music/amp-of-the-year"),
    ("https://daily.example/music/amp/of-the-year", "daily.example/music/amp/of-the-year"),
    ("https://www-daily-example.cdn.ampproject.org/c/s/www.daily.example/2024/may/bridge", KEY),
    (
        "https://www-daily-example.cdn.ampproject.org/v/s/www.daily.example/2024/may/bridge/amp?usqp=mq331",
        KEY,
    ),
    ("http://cdn.ampproject.org/c/www.daily.example/2024/may/bridge", KEY),
    (
        "https://daily-example.cdn.ampproject.org/c/s/daily.example/a?id=7&amp_js_v=0.1",
        "daily.example/a?id=7",
    ),
    ("https://www.google.com/amp/s/www.daily.example/2024/may/bridge", KEY),
    # path
    ("https://daily.example", "daily.example/"),
    ("https://daily.example/", "daily.example/"),
    ("https://daily.example/2024/may/bridge/", KEY),
    ("https://daily.example//2024///may/bridge//", KEY),
    ("https://daily.example/2024/june/../may/./bridge", KEY),
    ("https://daily.example/2024/june/%2E%2e/may/bridge", KEY),
    ("https://daily.example/../../2024/may/bridge", KEY),
    ("https://daily.example/2024/may/bridge/index.html", KEY),
    ("https://daily.example/2024/may/bridge/index.php", KEY),
    ("https://daily.example/index.php?p=12", "daily.example/?p=12"),
    ("https://daily.example/index.php/2024/bridge", "daily.example/index.php/2024/bridge"),
    ("https://daily.example/2024/May/Bridge", "daily.example/2024/May/Bridge"),
    ("https://daily.example/%62ridge%2d%7Eold", "daily.example/bridge-~old"),
    ("https://daily.example/br%c3%bccke", "daily.example/br%C3%BCcke"),
    ("https://daily.example/brücke", "daily.example/br%C3%BCcke"),
    ("https://daily.example/br%fccke", "daily.example/br%FCcke"),
    ("https://daily.example/新聞/橋", "daily.example/%E6%96%B0%E8%81%9E/%E6%A9%8B"),
    ("https://daily.example/100%-sure", "daily.example/100%25-sure"),
    ("https://daily.example/a%2Fb", "daily.example/a%2Fb"),
    ("https://daily.example/Bridge/%215928990/", "daily.example/Bridge/!5928990"),
    ("https://daily.example/Bridge/!5928990/", "daily.example/Bridge/!5928990"),
    ("https://daily.example/bridge,a-12.html;s=1", "daily.example/bridge,a-12.html;s=1"),
    # fragment
    ("https://daily.example/2024/may/bridge#comments", KEY),
    ("https://daily.example/2024/may/bridge#!/page/2", KEY),
    ("https://daily.example/2024/may/bridge#:~:text=the%20bridge", KEY),
    ("https://daily.example#x", "daily.example/"),
    # tracking
    ("https://daily.example/2024/may/bridge?", KEY),
    ("https://daily.example/2024/may/bridge?&&", KEY),
    ("https://daily.example/2024/may/bridge?utm_source=x&utm_medium=y&utm_whatever=z", KEY),
    ("https://daily.example/2024/may/bridge?UTM_Source=x", KEY),
    ("https://daily.example/2024/may/bridge?utm%5Fsource=x", KEY),
    ("https://daily.example/2024/may/bridge?fbclid=a&gclid=b&gclsrc=c&dclid=d&msclkid=e", KEY),
    ("https://daily.example/2024/may/bridge?mc_cid=a&mc_eid=b&igshid=c&cmpid=d&ICID=e", KEY),
    ("https://daily.example/2024/may/bridge?ref=a&ref_src=b&referrer=c&smid=d&ito=e&xtor=f&maca=g", KEY),
    ("https://daily.example/2024/may/bridge?ns_mchannel=a&__twitter_impression=true&share=x", KEY),
    ("https://daily.example/2024/may/bridge?at_medium=a&at_custom1=b&wt_mc=c&srsltid=d&_ga=e", KEY),
    # parameters that name the article
    ("https://daily.example/a?id=7&utm_source=x", "daily.example/a?id=7"),
    ("https://daily.example/?p=123", "daily.example/?p=123"),
    (
        "https://daily.example/a?page_id=1&article=2&articleid=3",
        "daily.example/a?article=2&articleid=3&page_id=1",
    ),
    (
        "https://daily.example/a?storyid=1&story=2&aid=3&nid=4",
        "daily.example/a?aid=3&nid=4&story=2&storyid=1",
    ),
    ("https://daily.example/watch?v=abC&slug=x&q=y", "daily.example/watch?q=y&slug=x&v=abC"),
    ("https://daily.example/a?b=2&a=1", "daily.example/a?a=1&b=2"),
    ("https://daily.example/a?x=2&a=0&x=1", "daily.example/a?a=0&x=2&x=1"),
    ("https://daily.example/a?id=", "daily.example/a?id="),
    ("https://daily.example/a?5928990", "daily.example/a?5928990"),
    ("https://daily.example/a?q=new+bridge", "daily.example/a?q=new%20bridge"),
    ("https://daily.example/a?q=new%20bridge", "daily.example/a?q=new%20bridge"),
    ("https://daily.example/a?q=a%26b%3Dc", "daily.example/a?q=a%26b%3Dc"),
    ("https://daily.example/a?q=a%2Bb", "daily.example/a?q=a%2Bb"),
    ("https://daily.example/a?u=http://x.example/?y", "daily.example/a?u=http://x.example/?y"),
    ("https://daily.example?id=7", "daily.example/?id=7"),
]

REFUSED = [
    "",
    "   ",
    "bridge",
    "the new bridge",
    "/2024/may/bridge",
    "?id=7",
    "#top",
    "https://",
    "https:///2024/may/bridge",
    "https:daily.example/x",
    "https://intranet/x",
    "http://http://daily.example/x",
    "ftp://daily.example/x",
    "mailto:desk@daily.example",
    "javascript:alert(1)",
    "javascript://daily.example/%0aalert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "https://reader@daily.example/x",
    "https://reader:word@daily.example/x",
    "https://daily.example@other.example/x",
    "https://192.0.2.7/x",
    "https://3221225991/x",
    "https://0xc0.0x00.0x02.0x07/x",
    "https://[2001:db8::1]/x",
    "https://daily..example/x",
    "https://.example/x",
    "https://da%69ly.example/x",
    "https://da/ily",
    "https://daily!.example/x",
    "https://" + "a" * 64 + ".example/x",
    "https://daily.example:0/x",
    "https://daily.example:65536/x",
    "https://daily.example:８０/x",
    "https://daily.example:http/x",
    "https://daily.example/a b",
    "https://daily.example/a\tb",
    "https://daily.example/a\nb",
    "https://daily.example/a\u00a0b",
    "https://daily.example/a\x00b",
    "https://daily.example/a\x7fb",
    "https://daily.example/a\ud800b",
    "https://daily.example\\@other.example/x",
    "https://daily.example/" + "a" * 2000,
    "https://daily.example/" + "橋" * 300,
    "https://x.cdn.ampproject.org/c/s/x.cdn.ampproject.org/c/s/x.cdn.ampproject.org/c/s/daily.example/x",
]


@pytest.mark.parametrize(("url", "key"), KEYS)
def test_an_address_has_this_key(url, key):
    assert canonical_key(url) == key


@pytest.mark.parametrize("url", REFUSED)
def test_what_cannot_be_an_article_is_refused_with_a_sentence(url):
    with pytest.raises(BadAddress) as refusal:
        canonical_key(url)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(("url", "key"), KEYS)
def test_the_clean_address_and_the_key_itself_lead_to_the_same_key(url, key):
    assert canonical_key(clean_url(url)) == key
    assert canonical_key("https://" + key) == key


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        (
            "HTTP://WWW.Daily.example:80/Brücke/?utm_source=x&id=7#c",
            "http://www.daily.example/Br%C3%BCcke/?id=7",
        ),
        ("daily.example/x", "https://daily.example/x"),
        ("https://m.daily.example/b?z=1&a=2", "https://m.daily.example/b?z=1&a=2"),
        ("https://d-example.cdn.ampproject.org/c/s/www.d.example/x/", "https://www.d.example/x/"),
        ("https://daily.example", "https://daily.example/"),
    ],
)
def test_the_clean_address_still_leads_where_the_reader_was(url, clean):
    assert clean_url(url) == clean


def test_the_host_is_that_of_the_key_without_a_port():
    assert host_of("https://WWW.Daily.example:8443/x") == "daily.example"
    assert host_of("https://www-daily-example.cdn.ampproject.org/c/s/amp.daily.example/x") == "daily.example"


def test_the_longest_address_is_taken():
    path = "a" * (MAX_LENGTH - len("https://daily.example/"))
    assert canonical_key(f"https://daily.example/{path}") == f"daily.example/{path}"


ADDRESS_PIECES = st.lists(
    st.sampled_from(
        [
            "https://",
            "http://",
            "//",
            "/",
            ".",
            "..",
            ":",
            "@",
            "#",
            "?",
            "&",
            "=",
            "+",
            "%",
            "%2f",
            "%2e",
            "%41",
            "%c3",
            "amp",
            ".amp",
            ".amp.html",
            "index.html",
            "www.",
            "m.",
            "amp.",
            "google.",
            "daily.example",
            "x.cdn.ampproject.org",
            "cdn.ampproject.org",
            "c",
            "s",
            "v",
            ":80",
            ":8080",
            "utm_a=",
            "id=",
            "ü",
            "橋",
            "ß",
            "。",
            "7",
            "a",
            "B",
            ";",
            "!",
        ]
    ),
    max_size=14,
).map("".join)


@given(st.one_of(st.text(), ADDRESS_PIECES, ADDRESS_PIECES.map("https://daily.example/".__add__)))
@example("https://x.cdn.ampproject.org/amp/c/s/daily.example/x")
@example("https://daily.example/index.html/amp")
@example("https://daily.example/%%34%31")
def test_any_text_is_refused_or_has_one_stable_key(text):
    try:
        key = canonical_key(text)
    except BadAddress:
        with pytest.raises(BadAddress):
            clean_url(text)
        return
    assert key.isascii()
    assert canonical_key("https://" + key) == key
    assert canonical_key("http://" + key) == key
    assert canonical_key(clean_url(text)) == key
    assert clean_url(clean_url(text)) == clean_url(text)
    assert key.startswith(host_of(text))
