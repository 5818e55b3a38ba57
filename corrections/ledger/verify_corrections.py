#!/usr/bin/env python3
"""Check the public log of corrections of a newsroom, without network and without trusting the newsroom.

    python verify_corrections.py --key VKEY --checkpoint cp.txt --entries entries.json
        [--entries more.json ...] [--old older.txt[@2026-11-20T08:00:00Z] ...] [--notice notice.json]
    python verify_corrections.py --key VKEY --proof C-….tlog-proof [--notice notice.json]

--key         the newsroom's public key, as printed on its site: name+id+base64; repeat it after a change of key
--checkpoint  the newest signed checkpoint
--entries     the entries of the log as served, all of them from 0; repeat it for each page
--proof       instead of both: the proof of one entry, as the page of its notice offers it
--old         a checkpoint you, or somebody you trust, kept from earlier; with @time, when it was fetched:
              what came into the log later cannot be dated before it
--notice      one correction as served: does the log hold what it says?

It needs Python 3.10 and nothing else. Exit status 0: all that was given fits together. 1: something does not.
What no check can show: entries taken away before anybody kept a checkpoint over them. So keep checkpoints.
Standards: RFC 8032 (Ed25519), RFC 6962 §2.1 (tree), RFC 8785 (JSON), C2SP signed-note, tlog-checkpoint, tlog-proof.
"""
# ruff: noqa: T201, UP017 -- a program for a terminal; readers' Python may be older than the project's

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

LEAF_MEMBERS = {"type", "reference", "publication", "kind", "at", "commitment"}
SHOWN_AND_COMMITTED = ("reference", "kind", "text", "original_text", "corrected_text")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
HASH = re.compile(r"[0-9a-f]{64}")
CLOCK_SLACK = timedelta(minutes=5)


class Wrong(Exception):
    """Something does not fit; the message is for the reader."""


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...]
    body: str


# Ed25519, RFC 8032 §5.1: verification only, in extended homogeneous coordinates.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z
IDENTITY = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    return ((f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P)


def _decode_point(data: bytes) -> Point | None:
    """The point, or None when y is not below p, no point has this y, or x is 0 with its sign set."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x + u) % P == 0:
        x = x * SQRT_M1 % P
    if y >= P or (v * x * x - u) % P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return (x, y, 1, x * y % P)


def _sum_of_products(a: int, first: Point, b: int, second: Point) -> Point:
    choices = (IDENTITY, first, second, _add(first, second))
    result = IDENTITY
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        result = _add(result, result)
        choice = (a >> bit & 1) | (b >> bit & 1) << 1
        if choice:
            result = _add(result, choices[choice])
    return result


BASE = _decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


@lru_cache(maxsize=256)
def ed25519_verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is a signature of the message, by the strict reading of RFC 8032 §5.1.7.

    The equation is checked without the cofactor and R is compared as bytes, so a signature has one spelling
    only; S from L upwards, keys that are no point and keys of small order are refused.
    """
    if len(public_key) != 32 or len(signature) != 64 or BASE is None:
        return False
    key, scalar = _decode_point(public_key), int.from_bytes(signature[32:], "little")
    if key is None or scalar >= L or _sum_of_products(8, key, 0, key)[0] == 0:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little")
    x, y, z, _ = _sum_of_products(scalar, BASE, digest % L, (P - key[0], key[1], 1, P - key[3]))
    inverse = pow(z, -1, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little") == signature[:32]


def canonical(value: Any) -> str:
    """RFC 8785 JSON, without fractions."""
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) < 2**53:
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(item)}" for name, item in members) + "}"
    raise Wrong("A number in the data is not a whole number below 2^53.")


def _sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Wrong("The data names a member of an object twice.")
    return members


def load(text: str, what: str) -> Any:
    try:
        data = json.loads(text, object_pairs_hook=_members)
        canonical(data).encode()
    except (ValueError, RecursionError) as error:
        raise Wrong(f"The {what} cannot be read as JSON ({error}).") from error
    return data


def _base64(text: str, what: str, length: int | None = None) -> bytes:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raw = b""
    if not raw or len(raw) != (length or len(raw)) or base64.b64encode(raw).decode() != text:
        raise Wrong(f"The {what} is damaged.")
    return raw


def parse_key(text: str) -> tuple[str, bytes, bytes]:
    """(name, key id, public key) of a vkey."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _base64(encoded, "key", 33)
    expected = _sha256(name.encode(), b"\n", raw)[:4]
    if not name or raw[0] != 1 or key_id != expected.hex():
        raise Wrong("The key is not an Ed25519 key, or its id does not fit.")
    return name, expected, raw[1:]


def open_checkpoint(text: str, keys: list[tuple[str, bytes, bytes]], what: str) -> Checkpoint:
    """The checkpoint, after its signature has been checked."""
    head, separator, tail = text.rpartition("\n\n")
    lines, body = tail.split("\n"), head + "\n"
    if not separator or lines.pop() != "" or not lines or re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise Wrong(f"The {what} is not a signed note.")
    origin, size, root, *extensions = [*head.split("\n"), *[""] * (2 - head.count("\n"))]
    if not origin or not re.fullmatch(r"0|[1-9][0-9]{0,18}", size) or "" in extensions:
        raise Wrong(f"The {what} does not name an origin, a size and a root.")
    signed = False
    for line in lines:
        match = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        if not match:
            raise Wrong(f"The {what} has a damaged signature line.")
        signature = _base64(match[2], f"signature of the {what}")
        for name, key_id, public_key in keys:
            if name == match[1] == origin and signature[:4] == key_id:
                if not ed25519_verify(public_key, body.encode(), signature[4:]):
                    raise Wrong(f"The signature of the {what} is false.")
                signed = True
    if not signed:
        raise Wrong(f"The {what} (of {origin}) is not signed by the key you gave.")
    return Checkpoint(origin, int(size), _base64(root, f"root in the {what}", 32), tuple(extensions), body)


def prefix_roots(hashes: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The RFC 6962 root of the first n hashes, for each n of `sizes`."""
    roots: dict[int, bytes] = {}
    peaks: list[bytes] = []
    for size in range(len(hashes) + 1):
        if size in sizes:
            root = peaks[-1] if peaks else _sha256()
            for peak in reversed(peaks[:-1]):
                root = _sha256(b"\x01", peak, root)
            roots[size] = root
        if size < len(hashes):
            node, merges = hashes[size], size
            while merges & 1:
                node, merges = _sha256(b"\x01", peaks.pop(), node), merges >> 1
            peaks.append(node)
    return roots


def read_entries(pages: list[Any]) -> list[dict[str, Any]]:
    """The entries of all pages in order, each checked by itself."""
    found: dict[int, dict[str, Any]] = {}
    for page in pages:
        entries = page.get("entries") if isinstance(page, dict) else None
        for entry in entries if isinstance(entries, list) else [None]:
            if not isinstance(entry, dict) or type(entry.get("index")) is not int:
                raise Wrong("The entries are not in the form the newsroom serves.")
            index, leaf = entry["index"], entry.get("leaf")
            if found.setdefault(index, entry) != entry:
                raise Wrong(f"Entry {index} is given twice and differs.")
            if not isinstance(leaf, dict) or not all(isinstance(leaf.get(name), str) for name in LEAF_MEMBERS):
                raise Wrong(f"Entry {index} lacks a part of its leaf.")
            if _sha256(b"\x00", canonical(leaf).encode()).hex() != entry.get("leaf_hash"):
                raise Wrong(f"Entry {index} does not have the hash it claims.")
    if sorted(found) != list(range(len(found))):
        raise Wrong("The entries have gaps, or do not start at 0.")
    return [found[index] for index in range(len(found))]


def parse_time(text: Any, what: str) -> datetime:
    if isinstance(text, str) and TIME.fullmatch(text):
        with suppress(ValueError):
            return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    raise Wrong(f"The time of {what} is not of the form 2026-11-20T08:00:00Z.")


def check_times(entries: list[dict[str, Any]], seen: list[tuple[int, datetime]]) -> None:
    """No entry is dated before one ahead of it, nor before a checkpoint that did not hold it yet."""
    latest = datetime.min.replace(tzinfo=timezone.utc) + CLOCK_SLACK
    floors = sorted(seen)
    for entry in entries:
        while floors and floors[0][0] <= entry["index"]:
            latest = max(latest, floors.pop(0)[1])
        at = parse_time(entry["leaf"]["at"], f"entry {entry['index']}")
        if at < latest - CLOCK_SLACK:
            raise Wrong(f"Entry {entry['index']} is back-dated: {at} comes after {latest} in the log.")
        latest = max(latest, at)


def check_link(newest: Checkpoint, others: list[Checkpoint], old: Checkpoint) -> None:
    """A checkpoint of another origin counts only if this log says in a signed line that it follows that
    log."""
    for checkpoint in [newest, *others]:
        for line in checkpoint.extensions if checkpoint.origin == newest.origin else ():
            match = re.fullmatch(r"previous-log (\S+) ([0-9]{1,19}) \S+ (\S+)", line)
            if match and match[1] == old.origin:
                digest = base64.b64encode(_sha256(old.body.encode())).decode()
                if old.size > int(match[2]) or (old.size == int(match[2]) and match[3] != digest):
                    raise Wrong(f"The log hides a checkpoint of {old.size} entries of the log it follows.")
                return
    raise Wrong(f"An older checkpoint is of another log ({old.origin}), which this one does not follow.")


def check_notice(notice: Any, entries: Mapping[int, dict[str, Any]]) -> str:
    """The sentence on one correction: its entry, and that salt and content open the commitment there.

    `entries` are those that a checkpoint covers, by index.
    """
    notice = notice if isinstance(notice, dict) else {}
    ledger = notice["ledger"] if isinstance(notice.get("ledger"), dict) else notice
    index = ledger.get("index")
    if type(index) is not int or index not in entries:
        raise Wrong("The notice is not in the part of the log that was proven.")
    entry, opening = entries[index], ledger.get("opening")
    if ledger.get("leaf_hash") != entry["leaf_hash"]:
        raise Wrong(f"The notice claims another hash than entry {index} has.")
    if notice.get("reference", entry["leaf"]["reference"]) != entry["leaf"]["reference"]:
        raise Wrong(f"Entry {index} is about another notice.")
    if opening is None and not notice.get("text"):
        return f"The notice is entry {index}. Its text and salt were removed: its words cannot be checked."
    content = opening.get("content") if isinstance(opening, dict) else None
    salt = opening.get("salt") if isinstance(opening, dict) else None
    if not isinstance(content, dict) or not isinstance(salt, str) or not HASH.fullmatch(salt):
        raise Wrong("The notice shows a text but not the salt and content that open its commitment.")
    if _sha256(bytes.fromhex(salt), canonical(content).encode()).hex() != entry["leaf"]["commitment"]:
        raise Wrong(f"The words of the notice are not those that entry {index} is committed to.")
    for name in SHOWN_AND_COMMITTED:
        if name in content and name in notice and content[name] != notice[name]:
            raise Wrong(f"The notice shows another {name} than the one in the log.")
    return f"The notice is entry {index}, dated {entry['leaf']['at']}, and says what was committed to then."


def verify(
    keys: list[str], checkpoint: str, pages: list[str], old: list[tuple[str, str]], notice: str | None = None
) -> list[str]:
    """The sentences that hold; raises Wrong. `old` pairs checkpoints with when they were fetched, or ""."""
    known = [parse_key(key) for key in keys]
    newest = open_checkpoint(checkpoint, known, "checkpoint")
    older = [open_checkpoint(text, known, "older checkpoint") for text, _ in old]
    entries = read_entries([load(page, "file of entries") for page in pages])
    if len(entries) < newest.size:
        raise Wrong(f"The checkpoint covers {newest.size} entries, but only {len(entries)} are there.")
    hashes = [bytes.fromhex(entry["leaf_hash"]) for entry in entries]
    roots = prefix_roots(hashes, {one.size for one in [newest, *older]})
    if roots[newest.size] != newest.root:
        raise Wrong("The entries are not those that the checkpoint was signed for.")
    for one in older:
        if one.origin != newest.origin:
            check_link(newest, older, one)
        if one.size > newest.size:
            raise Wrong(f"The log was cut: it had {one.size} entries and is now said to have {newest.size}.")
        if roots[one.size] != one.root:
            raise Wrong(f"The first {one.size} entries differ from an older checkpoint: a rewritten log.")
    fetched = [(one.size, at) for one, (_, at) in zip(older, old, strict=True) if at]
    check_times(entries, [(size, parse_time(at, "--old")) for size, at in fetched])
    sentences = [f"The checkpoint of {newest.origin} is signed and fits its {newest.size} entries."]
    sentences += [f"Nothing was changed since the checkpoint of {one.size} entries." for one in older]
    if len(entries) > newest.size:
        sentences.append(f"{len(entries) - newest.size} newer entries are not covered by the checkpoint yet.")
    if notice is not None:
        sentences.append(check_notice(load(notice, "notice"), dict(enumerate(entries[: newest.size]))))
    return sentences


def root_from(index: int, size: int, leaf_hash: bytes, path: list[bytes]) -> bytes:
    """The root of a tree of `size` leaves that holds this one at `index` (RFC 9162 §2.1.3.2)."""
    node, left, last = leaf_hash, index, size - 1
    for step in path:
        if last == 0:
            raise Wrong("The proof has too many hashes.")
        if left & 1 or left == last:
            node = _sha256(b"\x01", step, node)
            while left and not left & 1:
                left, last = left >> 1, last >> 1
        else:
            node = _sha256(b"\x01", node, step)
        left, last = left >> 1, last >> 1
    if last:
        raise Wrong("The proof has too few hashes.")
    return node


def verify_proof(keys: list[str], proof: str, notice: str | None = None) -> list[str]:
    """The sentences that hold about one entry; raises Wrong. The proof carries its leaf and its checkpoint."""
    head, _, checkpoint = proof.partition("\n\n")
    lines = head.split("\n")
    match = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines[2]) if len(lines) > 2 else None
    if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("extra ") or not match:
        raise Wrong("The proof is not one of this log's.")
    newest = open_checkpoint(checkpoint, [parse_key(key) for key in keys], "checkpoint in the proof")
    index, path = int(match[1]), [_base64(line, "proof", 32) for line in lines[3:]]
    if index >= newest.size:
        raise Wrong("The checkpoint in the proof does not cover the entry.")
    try:
        leaf = load(_base64(lines[1][6:], "leaf in the proof").decode("utf-8"), "leaf in the proof")
    except UnicodeDecodeError as error:
        raise Wrong("The leaf in the proof is damaged.") from error
    if not isinstance(leaf, dict) or not all(isinstance(leaf.get(name), str) for name in LEAF_MEMBERS):
        raise Wrong("The leaf in the proof lacks a part.")
    leaf_hash = _sha256(b"\x00", canonical(leaf).encode())
    if root_from(index, newest.size, leaf_hash, path) != newest.root:
        raise Wrong("The entry is not in the log that the checkpoint was signed for.")
    sentences = [f"Entry {index} is in the log of {newest.size} entries that {newest.origin} signed."]
    if notice is not None:
        entry = {"index": index, "leaf": leaf, "leaf_hash": leaf_hash.hex()}
        sentences.append(check_notice(load(notice, "notice"), {index: entry}))
    return sentences


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check the public log of corrections, offline.")
    parser.add_argument("--key", action="append", required=True)
    parser.add_argument("--checkpoint")
    parser.add_argument("--entries", action="append", default=[])
    parser.add_argument("--old", action="append", default=[])
    parser.add_argument("--proof")
    parser.add_argument("--notice")
    given = parser.parse_args(arguments)
    if bool(given.proof) == bool(given.checkpoint and given.entries) or (given.proof and (given.entries or given.old)):
        parser.error("give either --checkpoint and --entries, or --proof")
    try:
        matches = [re.fullmatch(rf"(.+?)(?:@({TIME.pattern}))?", name, re.DOTALL) for name in given.old]
        old = [(Path(match[1]).read_text("utf-8"), match[2] or "") for match in matches if match]
        pages = [Path(name).read_text("utf-8") for name in given.entries]
        notice = Path(given.notice).read_text("utf-8") if given.notice else None
        if given.proof:
            sentences = verify_proof(given.key, Path(given.proof).read_text("utf-8"), notice)
        else:
            sentences = verify(given.key, Path(given.checkpoint).read_text("utf-8"), pages, old, notice)
    except (Wrong, OSError, UnicodeDecodeError) as error:
        print(f"WRONG: {error}")
        return 1
    print("\n".join([*sentences, "OK: everything fits together."]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
