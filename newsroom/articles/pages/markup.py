"""Bytes to a tree and a tree to words: charset, broken markup, white space. Never reads the network."""

import codecs
import html as entities
import re
import unicodedata
from urllib.parse import urljoin, urlsplit

import lxml.html
from lxml.html import HtmlElement

MAX_BYTES = 5_000_000
"""Bytes of a page. Article pages of large publishers stay under a tenth of it."""

DECLARED_CHARSET = re.compile(rb"charset\s{0,8}=\s{0,8}[\"']?\s{0,8}([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ONE_BYTE = re.compile(r"cp(125\d|874)|iso8859-\d{1,2}|koi8-[ru]|tis-620|mac-roman")
MANY_BYTES = frozenset(
    {
        "utf-8",
        "shift_jis",
        "cp932",
        "euc_jp",
        "iso2022_jp",
        "euc_kr",
        "cp949",
        "gb2312",
        "gbk",
        "gb18030",
        "big5",
    }
)
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
TAG = re.compile(r"<[^<>]{1,300}>")


class BadPage(ValueError):
    """This cannot be read as an article's page. The message is a sentence for an editor."""


def parsed(html: bytes) -> HtmlElement:
    """The page's tree. Raises BadPage for more than `MAX_BYTES`; broken or empty markup gives what it can."""
    if len(html) > MAX_BYTES:
        raise BadPage(f"This page is larger than {MAX_BYTES // 1_000_000} MB.")
    text = _decoded(html).replace("\x00", "")
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    data = text.encode("utf-8", "ignore")
    # An empty document is an error to lxml and a page without an article to us.
    return lxml.html.document_fromstring(data if data.strip() else b"<html></html>", parser=parser)


def words(text: str | None) -> str:
    """`text` on one line: runs of white space are one space; invisible and control characters are gone."""
    if not text:
        return ""
    visible = text.translate(INVISIBLE).encode("utf-8", "ignore").decode()
    return "".join(character for character in " ".join(visible.split()) if unicodedata.category(character) != "Cc")


def plain(text: str) -> str:
    """`words` of a string that may hold entities and tags although it should not, as JSON-LD often does."""
    unescaped = entities.unescape(text) if "&" in text else text
    return words(TAG.sub("", unescaped) if "<" in unescaped else unescaped)


def text_of(element: HtmlElement) -> str:
    """The words a person sees in `element`."""
    return words("".join(str(piece) for piece in element.itertext()))


def absolute(address: str | None, base: str) -> str:
    """`address` resolved against `base`, or an empty string when it is not an http address in the end."""
    try:
        joined = urljoin(base, (address or "").strip())
        parts = urlsplit(joined)
    except ValueError:
        return ""
    return joined if parts.scheme in {"http", "https"} and parts.netloc else ""


def _decoded(html: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if html.startswith(mark):
            return html[len(mark) :].decode(encoding, "replace")
    declared = _declared(html)
    # Bytes outside ASCII that happen to be valid UTF-8 are UTF-8, whatever a template claims.
    for encoding in ("utf-8", declared) if ONE_BYTE.fullmatch(declared) else (declared, "utf-8"):
        try:
            return html.decode(encoding)
        except UnicodeDecodeError:
            continue
    mostly = html.decode(declared, "replace")
    broken = mostly.count("\ufffd")
    well_formed = sum(1 for character in mostly if character > "\x7f") - broken
    return mostly if broken <= well_formed else html.decode("cp1252", "replace")


def _declared(html: bytes) -> str:
    found = DECLARED_CHARSET.search(html[:8192])
    if not found:
        return "utf-8"
    try:
        name = codecs.lookup(found.group(1).decode("ascii")).name
    except LookupError:
        return "utf-8"
    if name in {"iso8859-1", "ascii"}:  # browsers read both as windows-1252
        return "cp1252"
    return name if name in MANY_BYTES or ONE_BYTE.fullmatch(name) else "utf-8"
