"""One article, one key: which addresses mean the same article.

Percent-escapes, dot segments and case follow RFC 3986, section 6.2.2; addresses of cached AMP copies follow
the AMP cache URL format. Nothing here reads the network or a table, and nothing takes more than linear time.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from newsroom.articles.tracking import is_tracking

MAX_LENGTH = 2000
"""Characters of an address, before and after escaping: what every browser and proxy lets through."""

UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Browsers never escape these, some libraries always do: both spellings are one article.
PATH_LITERAL = UNRESERVED | frozenset("!$'()*,:@")
QUERY_LITERAL = UNRESERVED | frozenset("!$'()*,:@/?")
PATH_KEPT = PATH_LITERAL | frozenset("&+;=")
QUERY_KEPT = QUERY_LITERAL | frozenset(";")
HEX = frozenset("0123456789abcdefABCDEF")
HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
JOINERS = frozenset("·\u200c\u200d")

ALIAS_LABELS = frozenset({"www", "m", "mobile", "touch", "amp"})
INDEX_PAGES = frozenset({"index.html", "index.htm", "index.shtml", "index.php"})
CACHE_HOSTS = (".cdn.ampproject.org", ".ampproject.net", ".bing-amp.com")
DEFAULT_PORTS = frozenset({80, 443})
POST_ID = re.compile(r"[^\s<>\"'`#]{0,200}")
"""The id of a post of a live blog, as an address may end with it; empty for none."""


class BadAddress(ValueError):
    """This text cannot be the address of an article. The message is a sentence for who typed it."""


@dataclass(frozen=True)
class Parts:
    """An address taken apart: ASCII host as given, escaped path segments, escaped query pairs in order."""

    scheme: str
    host: str
    port: str
    segments: tuple[str, ...]
    trailing_slash: bool
    pairs: tuple[str, ...]


def canonical_key(url: str) -> str:
    """The one key under which an article's address is stored and looked up: `host[:port]/path[?query]`.

    ASCII only, no scheme, no `www.`, mobile or AMP form, no tracking, no fragment, query sorted by name. The
    key of the front page ends in `/`, every other one does not (unless a query follows the front page).
    Prefixed with `https://` it is itself an address with the same key. Raises BadAddress.
    """
    parts = _parts(url)
    host = _without_aliases(parts.host)
    path = "/".join(_plain_segments(parts.segments))
    pairs = sorted(parts.pairs, key=lambda pair: pair.partition("=")[0])
    return f"{host}{parts.port}/{path}" + (f"?{'&'.join(pairs)}" if pairs else "")


def clean_url(url: str) -> str:
    """The same article's address as one would show or fetch it, in ASCII.

    Scheme as given (`https` when none was), host in lower case with its `www.` or `m.`, path as given;
    tracking and fragment are gone, and a cached AMP copy has become the address it was copied from. Raises
    BadAddress.
    """
    parts = _parts(url)
    path = "/".join(parts.segments) + ("/" if parts.segments and parts.trailing_slash else "")
    query = f"?{'&'.join(parts.pairs)}" if parts.pairs else ""
    return f"{parts.scheme}://{parts.host}{parts.port}/{path}{query}"


def post_of(url: str) -> str:
    """The id of the post of a live blog that the address points at, unescaped; empty when its fragment is none.

    `https://daily.example/live#post-1` → `post-1`. What readers' tools write there is no post: `#:~:text=`, `#ref=rss`.
    """
    fragment = unquote(url.partition("#")[2].partition(":~:")[0].strip())
    unseen = any(_is_forbidden(character) or unicodedata.category(character) == "Cf" for character in fragment)
    return "" if unseen or not POST_ID.fullmatch(fragment) or set(fragment) & {"=", "\ufffd"} else fragment


def host_of(url: str) -> str:
    """The host of the canonical key, without a port: `https://www.daily.example:8443/x` → `daily.example`.

    Raises BadAddress.
    """
    return _without_aliases(_parts(url).host)


def _parts(url: str) -> Parts:
    parts = _split(url)
    # A cache may hold the copy of a copy; each step is shorter than the last, and three are plenty.
    for _ in range(3):
        origin = _cached_origin(parts)
        if not origin:
            return parts
        parts = _split(origin)
    raise BadAddress("This address points into a cache. Please give the newspaper's own address.")


def _split(url: str) -> Parts:
    text = url.strip()
    if not text:
        raise BadAddress("Please give the address of the article.")
    if len(text) > MAX_LENGTH:
        raise BadAddress(f"This address is longer than {MAX_LENGTH} characters.")
    if any(_is_forbidden(character) for character in text):
        raise BadAddress("An address cannot contain spaces, backslashes or control characters.")
    scheme, rest = _scheme(text.partition("#")[0])
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    host, port = _authority(authority)
    segments = _resolved(_escaped(path, PATH_LITERAL, PATH_KEPT).split("/"))
    pairs = tuple(_pairs(query))
    trailing_slash = not segments or path.endswith("/")
    length = len(f"https://{host}{port}") + trailing_slash + sum(len(part) + 1 for part in (*segments, *pairs))
    if length > MAX_LENGTH:
        raise BadAddress(f"This address is longer than {MAX_LENGTH} characters once it is escaped.")
    return Parts(scheme, host, port, segments, trailing_slash, pairs)


def _is_forbidden(character: str) -> bool:
    return character == "\\" or character.isspace() or unicodedata.category(character) in {"Cc", "Cs"}


def _scheme(text: str) -> tuple[str, str]:
    """Scheme and what follows its slashes. `daily.example:8080/x` has a port, `mailto:x` has a scheme."""
    if text.startswith("//"):
        return "https", text[2:]
    before, colon, after = text.partition(":")
    if not colon or any(mark in before for mark in "/?@"):
        return "https", text
    if after.startswith("//") and before.lower() in {"http", "https"}:
        return before.lower(), after[2:]
    port = after.partition("/")[0].partition("?")[0]
    if "." in before and (not port or port.isdecimal()) and not after.startswith("//"):
        return "https", text
    raise BadAddress("The address of an article starts with https:// or http://.")


def _authority(authority: str) -> tuple[str, str]:
    """ASCII host, and `:port` or nothing."""
    if "@" in authority:
        raise BadAddress("The address of an article has no user name or password in it.")
    if "[" in authority:
        raise BadAddress("Please give the name of the site, not the number of a machine.")
    name, _, digits = authority.partition(":")
    if digits and not (digits.isascii() and digits.isdecimal() and len(digits) <= 5 and 0 < int(digits) < 65536):
        raise BadAddress("This address has a port that does not exist.")
    port = int(digits) if digits else 443
    return _host(name), "" if port in DEFAULT_PORTS else f":{port}"


def _host(name: str) -> str:
    # The ideographic full stops are dots to IDNA.
    dotted = name.replace("\u3002", ".").replace("\uff0e", ".").replace("\uff61", ".")
    labels = [_ascii_label(label) for label in dotted.removesuffix(".").split(".")]
    host = ".".join(labels)
    if len(host) > 253 or (len(labels) < 2 and host != "localhost"):
        raise BadAddress("This address has no valid site name in it.")
    last = labels[-1]
    if last.isdecimal() or (last.startswith("0x") and set(last[2:]) <= HEX):
        raise BadAddress("Please give the name of the site, not the number of a machine.")
    return host


def _ascii_label(label: str) -> str:
    """One label as IDNA 2008 writes it after UTS 46 mapping: `ß` and the joiners stay themselves."""
    mapped = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).lower())
    if mapped.isascii():
        valid = set(mapped) <= HOST_CHARACTERS
    else:
        valid = all(
            character in HOST_CHARACTERS or character in JOINERS or unicodedata.category(character)[0] in "LMN"
            for character in mapped
        )
        mapped = "xn--" + mapped.encode("punycode").decode("ascii") if valid else ""
    if not (valid and 0 < len(mapped) <= 63):
        raise BadAddress("This address has no valid site name in it.")
    return mapped


def _escaped(text: str, literal: frozenset[str], kept: frozenset[str]) -> str:
    """`text` with one spelling for each byte. Escapes of `literal` are undone; `/` and `kept` need none."""
    out: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        code = text[position + 1 : position + 3]
        if character == "%" and len(code) == 2 and set(code) <= HEX:
            decoded = chr(int(code, 16))
            out.append(decoded if decoded in literal else f"%{code.upper()}")
            position += 3
            continue
        if character in kept or character == "/":
            out.append(character)
        else:
            out.extend(f"%{byte:02X}" for byte in character.encode())
        position += 1
    return "".join(out)


def _resolved(segments: Iterable[str]) -> tuple[str, ...]:
    """Segments without empty ones and without `.` and `..`."""
    out: list[str] = []
    for segment in segments:
        if segment == "..":
            del out[-1:]
        elif segment not in {"", "."}:
            out.append(segment)
    return tuple(out)


def _pairs(query: str) -> Iterable[str]:
    """The pairs that can name an article, escaped, in the order given. `a` and `a=` stay different."""
    for piece in query.split("&"):
        name, equals, value = (
            part if part == "=" else _escaped(part.replace("+", "%20"), QUERY_LITERAL, QUERY_KEPT)
            for part in _halves(piece)
        )
        if (name or value) and not is_tracking(unquote(name), unquote(value)):
            yield f"{name}{equals}{value}"


def _halves(piece: str) -> tuple[str, str, str]:
    name, equals, value = piece.partition("=")
    return name, equals, value.replace("=", "%3D")


def _without_aliases(host: str) -> str:
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in ALIAS_LABELS:
        del labels[0]
    return ".".join(labels)


def _plain_segments(segments: tuple[str, ...]) -> list[str]:
    """Segments without AMP marks and index pages. A lone `amp` is a page of its own."""
    out = list(segments)
    start = 0
    while len(out) - start > 1 and out[start].lower() == "amp":
        start += 1
    out = out[start:]
    while out:
        last = out[-1].lower()
        if last in INDEX_PAGES or (last == "amp" and len(out) > 1):
            out.pop()
        elif last.endswith(".amp.html") and len(last) > len(".amp.html"):
            out[-1] = out[-1][: -len(".amp.html")] + ".html"
        elif last.endswith(".amp") and last[: -len(".amp")].strip("."):  # what stays is no dot segment
            out[-1] = out[-1][: -len(".amp")]
        else:
            break
    return out


def _cached_origin(parts: Parts) -> str:
    """The address of which `parts` is a cached AMP copy, or nothing: `/c/s/daily.example/x` in a cache."""
    segments = parts.segments
    google = "google" in parts.host.split(".")[:2] and segments[:2] == ("amp", "s")
    cache = parts.host.endswith(CACHE_HOSTS) or f".{parts.host}" in CACHE_HOSTS
    if cache:
        # The key drops these too: it must not look like a copy when the address did not.
        segments = tuple(itertools.dropwhile(lambda segment: segment.lower() == "amp", segments))
    if not google and not (cache and segments[:1] in {("c",), ("v",)}):
        return ""
    rest = segments[2:] if google or segments[1:2] == ("s",) else segments[1:]
    if not rest:
        return ""
    tail = "/".join(rest[1:]) + ("/" if parts.trailing_slash else "")
    query = f"?{'&'.join(parts.pairs)}" if parts.pairs else ""
    return f"https://{unquote(rest[0])}/{tail}{query}"
