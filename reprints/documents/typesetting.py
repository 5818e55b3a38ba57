"""Pages by Typst: a template of ours, data of theirs.

Data reaches a template as one JSON text in `sys.inputs` and is shown as strings, which Typst never reads as
markup or code. The template folder is the root: a template can read nothing outside it, and none of them
names a package.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "reprints" / "documents"
FONTS = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)

# Control characters have no shape; bidirectional overrides could make a name read as another one.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNBROKEN = re.compile(r"\S{41,}")
_STEP = 40
# Whoever copies a fingerprint or an address from the page must get exactly that.
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"https?://\S{1,82}")
_EXACT = {"url"}


class TypesettingError(Exception):
    """The template does not compile with this data: a defect of ours, whatever the data was."""


def typeset(template: str, data: Mapping[str, Any], *, at: int, address: str) -> bytes:
    """A PDF of the template (a file of the folder) filled with the data. Equal arguments give equal bytes.

    `at`: seconds since the epoch, the creation date that the file states. `address`: what its QR code says;
    the template reads it as SVG in `sys.inputs.qr`. Tagged for assistive technology, and PDF/UA-1 when the
    fonts inside the `typst` package have a shape for every character; otherwise the data gains `"boxes":
    true`, so that the page can say so.
    """
    inputs = {"qr": qr_svg(address)}
    try:
        return _compile(template, {**data, "boxes": False}, inputs, at, ["ua-1"])
    except typst.TypstError as error:
        # PDF/UA is strict about text: a license is printed all the same, and says what the reader cannot see.
        without_shape = "could not be displayed" in error.message
        return _compile(template, {**data, "boxes": without_shape}, inputs, at, [])


def qr_svg(address: str) -> str:
    """The address as a QR code, one filled path per picture, quiet zone included."""
    return segno.make(address, error="m", micro=False, boost_error=False).svg_inline(
        border=4, dark="#1c1a17", light=None
    )


def printable(value: Any) -> Any:
    """The value with every text made safe to print: no control characters, no overrides of direction, and
    room to break inside a word longer than a line.
    """
    if isinstance(value, str):
        return _UNBROKEN.sub(_with_breaks, _clean(value))
    if isinstance(value, Mapping):
        return {key: _clean(item) if key in _EXACT else printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", _OVERRIDES.sub("", text))


def _with_breaks(match: re.Match[str]) -> str:
    word = match.group()
    if _FINGERPRINT.fullmatch(word) or _ADDRESS.fullmatch(word):
        return word
    return "\u200b".join(word[start : start + _STEP] for start in range(0, len(word), _STEP))


def _compile(template: str, data: Mapping[str, Any], inputs: Mapping[str, str], at: int, standards: list[Any]) -> bytes:
    text = json.dumps(printable(data), ensure_ascii=True)
    compiler = typst.Compiler(
        FOLDER / template,
        root=FOLDER,
        font_paths=FONTS,
        sys_inputs={**inputs, "data": text},
    )
    try:
        pages = compiler.compile(format="pdf", timestamp=at, pdf_standards=standards)
    except typst.TypstError as error:
        if standards:
            raise
        raise TypesettingError(error.diagnostic) from error
    if not isinstance(pages, bytes):
        raise TypesettingError("the compiler gave no PDF")
    return pages
