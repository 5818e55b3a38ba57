"""Strings that nobody should send, made anew from a seed: every class of trouble that a text field can cause."""

from __future__ import annotations

import random

MARK = "<script>alert('XSSMARK')</script>"
KINDS = {
    "markup": MARK,
    "no text": "a\x00b",
    "half a character": "\ud800",
    "template": "{{ 7|add:7 }}{% load x %}",
    "read backwards": "\u202egnp.exe\u202c",
    "header": "a@b.example\r\nBcc: victim@evil.example",
    "nothing to see": "\u200b\u200c\u200d\ufeff",
    "formula": "=cmd|' /C calc'!A1",
    "very long": "A" * 10_000,
    "path": "../../../../etc/passwd",
    "format": "%s%n%x%(name)s{0}{claim}",
    "query": "' OR 1=1; DROP TABLE corrections_report;--",
    "no character": "a\ufffe\uffff\U0010ffff",
    "number": "9223372036854775808",
    "address": "http://[::1",
    "attribute": "\"><svg/onload=alert('XSSMARK')>",
    "day": "0001-01-01T00:00:00Z",
    "lines": "line\u2028separator\u2029paragraph\x85next\x0bvt\x0cff",
    "marks": "Z" + "\u0300\u0301\u0302\u0310" * 300,
    "escapes": "%00%0d%0a",
    "command": "; ls -la | `id` $(id)",
    "link": "javascript:XSSMARK",
    "control": "\x1b[31mred\x1b[0m\x07\x08",
}
"""One of each kind of trouble."""

SEEDS = [
    *KINDS.values(),
    "'\"--></style></script><script>XSSMARK</script>",
    "<img src=x onerror=XSSMARK>",
    "${7*7}#{7*7}<%= 7*7 %>",
    "\\'; SELECT pg_sleep(9);--",
    "../../../../etc/passwd\x00.txt",
    "..\\..\\windows\\win.ini",
    "Subject\nX-Injected: yes\n\nbody",
    "+SUM(1+1)*cmd|' /C calc'!A0",
    "@SUM(1,1)",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "\x00",
    "\udfff\ud800",
    "\u2066\u2067\u2068abc",
    "שלום مرحبا \u200f\u200e",
    "\ufdfd" * 50,
    "👩‍👩‍👧‍👦" * 40,
    "ﬁ①②⑦ＡＢ",
    "İIıi\u0131ß",
    "9" * 5000,
    "-1",
    "1e999",
    "NaN",
    "0x7fffffffffffffff",
    "null",
    "true",
    "[]",
    "{}",
    "%c0%ae%c0%ae/",
    "https://daily.example:99999999/",
    "https://user:pass@daily.example/",
    "http://a\x00b/",
    "//evil.example",
    "https://xn--\u00fc.example/\ud83d",
    "<" * 4000,
    "\n" * 6000,
    " " * 3000,
    "&#x202e;&lt;script&gt;",
    "<!--#exec cmd='ls'-->",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
    "]]><![CDATA[",
    "2026-99-99",
    "9999-12-31T23:59:59+23:59",
    "+999999-01-01",
    "*)(uid=*))(|(uid=*",
    "\\u0000\\ud800",
    '","admin":true,"x":"',
    "(a+)+$" + "a" * 3000 + "!",
]
ALPHABETS = (
    "<>\"'&{}%$#=+-@;:/\\|`",
    "\r\n\t\x00\x0b\x1b\x85\u2028",
    "\u202a\u202e\u2066\u200b\ufeff\u061c",
    "aZ9ß漢ع\U0001f600",
)


def strings(count: int, seed: int) -> list[str]:
    """The known troubles first, then random mixtures of them, up to `count`."""
    rng = random.Random(seed)
    found = list(SEEDS[:count])
    while len(found) < count:
        parts = []
        for _ in range(rng.randint(1, 4)):
            if rng.random() < 0.5:
                parts.append(rng.choice(SEEDS)[: rng.choice((5, 40, 400))])
            else:
                alphabet = rng.choice(ALPHABETS)
                parts.append("".join(rng.choice(alphabet) for _ in range(rng.randint(1, 60))))
        found.append("".join(parts))
    return found


def storable_in_utf8(text: str) -> str:
    """The text as a browser can send it in a form: lone surrogates cannot leave a browser."""
    return text.encode("utf-8", "replace").decode()
