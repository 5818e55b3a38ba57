#!/usr/bin/env python3
"""Check the public log of corrections of a newsroom, without network and without trusting the newsroom.

    python verify_corrections.py --key VKEY --entries log.json [--entries more.json ...] [--checkpoint cp.txt]
        [--old older.txt[@2026-11-20T08:00:00Z] ...] [--notice notice.json] [--notices notices.json ...] [--gone C-…]
    python verify_corrections.py --key VKEY --proof C-….tlog-proof [--notice notice.json]
    python verify_corrections.py --key VKEY --checkpoint cp.txt --old older.txt --consistency proof.json

--key         the newsroom's public key, as printed on its site: name+id+base64; repeat it after a change of key
--entries     the entries of the log as served, all of them from 0; repeat it for each page
--checkpoint  the newest signed checkpoint, unless the file of entries brings it along
--proof       instead of both: the proof of one entry, as the page of its notice offers it
--old         a checkpoint you, or somebody you trust, kept from earlier; with @time, when it was fetched:
              what came into the log later cannot be dated before it
--consistency instead of the entries: the proof that the log of --old is the beginning of that of --checkpoint
--notice      one correction as served: does the log hold what it says?
--notices     all corrections as served: is each in the log, and is each of the log there? Repeat it for each page
--gone        a correction that is missing there, as you know, under an order that must not be named

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
SHOWN_AND_COMMITTED = ("reference", "kind", "severity", "text", "original_text", "corrected_text")
COMMITTED = {*SHOWN_AND_COMMITTED, "articles", "supersedes"}
STATUS_AFTER = {
    "published": "published",
    "superseded": "superseded",
    "withdrawn": "withdrawn",
    "reinstated": "published",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
MOMENT = re.compile(rf"({TIME.pattern[:-1]})(?:\.[0-9]{{1,6}})?Z", re.ASCII)
HASH = re.compile(r"[0-9a-f]{64}")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
CLOCK_SLACK = timedelta(minutes=5)


class Wrong(Exception):
    """Something does not fit; the message is for the reader."""


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...]
    body: str


class Link(NamedTuple):
    """That a log follows another: the last checkpoint of that, and how many of its first entries were kept."""

    origin: str
    size: int
    digest: str
    kept: int


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
    if not origin or not SIZE.fullmatch(size) or "" in extensions:
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


def succession(newest: Checkpoint, others: list[Checkpoint]) -> dict[str, Link]:
    """Name of each log that the newest follows, at whatever distance → what is said of it in signed lines.

    `kept` is how many of the first entries of today's log are those of that one.
    """
    links: dict[str, Link] = {}
    for checkpoint in [newest, *others]:
        origin, lines = checkpoint.origin, [line.split(" ") for line in checkpoint.extensions]
        for line, after in zip(lines, [*lines[1:], [""]], strict=False):
            if line[0] == "previous-log":
                kept = after[1:] if after[0] == "previous-log-kept" else line[2:3]
                if len(line) != 5 or len(kept) != 1 or not all(map(SIZE.fullmatch, [line[2], *kept])):
                    raise Wrong(f"A checkpoint of {checkpoint.origin} has a damaged line about the log it follows.")
                link = Link(line[1], int(line[2]), line[4], int(kept[0]))
                if links.setdefault(origin, link) != link:
                    raise Wrong(f"The log {origin} says two things about the log it follows.")
                origin = link.origin
    followed: dict[str, Link] = {}
    name, kept_of_all = newest.origin, newest.size
    while name in links and links[name].origin not in {newest.origin, *followed}:
        kept_of_all = min(kept_of_all, links[name].kept)
        name = followed.setdefault(links[name].origin, links[name]._replace(kept=kept_of_all)).origin
    return followed


def check_older(newest: Checkpoint, older: list[Checkpoint]) -> tuple[list[str], list[Checkpoint]]:
    """Sentences on what the log itself declares to be lost, and the checkpoints that it must still fit."""
    followed = succession(newest, older)
    lost, binding = [], []
    for one in older:
        link = followed.get(one.origin)
        if link is None and one.origin != newest.origin:
            raise Wrong(f"An older checkpoint is of another log ({one.origin}), which this one does not follow.")
        if link is not None:
            digest = base64.b64encode(_sha256(one.body.encode())).decode()
            if one.size > link.size or (one.size == link.size and link.digest != digest):
                raise Wrong(f"The log hides a checkpoint of {one.size} entries of the log it follows.")
            if one.size > link.kept:
                lost.append(
                    f"LOST: the log says itself that it kept {link.kept} entries of {one.origin}; "
                    f"the others, up to the checkpoint of {one.size}, are gone."
                )
                continue
        elif one.size > newest.size:
            raise Wrong(f"The log was cut: it had {one.size} entries and is now said to have {newest.size}.")
        binding.append(one)
    return lost, binding


def statuses(entries: list[dict[str, Any]]) -> dict[str, str]:
    """Reference → what the log made of that notice."""
    found = {}
    for entry in entries:
        _, _, event = entry["leaf"]["type"].partition("correction.")
        if event in STATUS_AFTER:
            found[entry["leaf"]["reference"]] = STATUS_AFTER[event]
    return found


def check_notice(notice: Any, entries: Mapping[int, dict[str, Any]], status: Mapping[str, str] | None = None) -> str:
    """The sentence on one correction: its entry, and that salt and content open the commitment there.

    `entries` are those that a checkpoint covers, by index. `status` is what the whole log says of each notice.
    """
    notice = notice if isinstance(notice, dict) else {}
    ledger = notice["ledger"] if isinstance(notice.get("ledger"), dict) else {}
    index, opening = ledger.get("index"), ledger.get("opening")
    if type(index) is not int or index not in entries:
        raise Wrong("The notice is not in the part of the log that was proven.")
    entry, leaf = entries[index], entries[index]["leaf"]
    if ledger.get("leaf_hash") != entry["leaf_hash"]:
        raise Wrong(f"The notice claims another hash than entry {index} has.")
    if leaf["type"] != "correction.published":
        raise Wrong(f"Entry {index} does not publish a notice.")
    if notice.get("reference") != leaf["reference"]:
        raise Wrong(f"Entry {index} is about another notice.")
    if opening is None and not any(notice.get(name) for name in ("text", "original_text", "corrected_text")):
        return f"The notice is entry {index}. Its text and salt were removed: its words cannot be checked."
    content = opening.get("content") if isinstance(opening, dict) else None
    salt = opening.get("salt") if isinstance(opening, dict) else None
    if not isinstance(content, dict) or not isinstance(salt, str) or not HASH.fullmatch(salt):
        raise Wrong("The notice shows a text but not the salt and content that open its commitment.")
    if _sha256(bytes.fromhex(salt), canonical(content).encode()).hex() != leaf["commitment"]:
        raise Wrong(f"The words of the notice are not those that entry {index} is committed to.")
    if not set(content) >= COMMITTED or leaf["kind"] != content["kind"]:
        raise Wrong(f"Entry {index} is not committed to all that a notice says.")
    for name in SHOWN_AND_COMMITTED:
        if name not in notice or notice[name] != content[name]:
            raise Wrong(f"The notice shows another {name} than the one in the log.")
    if _articles(notice.get("articles")) != _articles(content["articles"]):
        raise Wrong("The notice names other articles, or other revisions of them, than the log.")
    # What it replaces may have been removed under an order since, and is then not named any more.
    if notice.get("supersedes") not in (None, content["supersedes"]):
        raise Wrong("The notice says that it replaces another one than the log says.")
    published = MOMENT.fullmatch(str(notice.get("published_at")))
    if not published or f"{published[1]}Z" != leaf["at"]:
        raise Wrong(f"The notice is dated otherwise than entry {index}, {leaf['at']}.")
    if status is not None and notice.get("status") != status[leaf["reference"]]:
        raise Wrong(f"The notice is shown as {notice.get('status')}, and the log says {status[leaf['reference']]}.")
    sentence = f"The notice is entry {index}, dated {leaf['at']}, and says what was committed to then."
    return (
        sentence
        if status is not None
        else f"{sentence} Whether it was replaced or withdrawn, only the whole log shows."
    )


def _articles(rows: Any) -> list[str]:
    rows = [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []
    return sorted(canonical([row.get("reference"), row.get("revision_before")]) for row in rows)


def read_notices(pages: list[Any]) -> list[dict[str, Any]]:
    """The corrections of all pages, each one once."""
    found: dict[str, dict[str, Any]] = {}
    for page in pages:
        rows = page.get("results") if isinstance(page, dict) else None
        for notice in rows if isinstance(rows, list) else [None]:
            if not isinstance(notice, dict) or not isinstance(notice.get("reference"), str):
                raise Wrong("The notices are not in the form the newsroom serves.")
            if found.setdefault(notice["reference"], notice) != notice:
                raise Wrong(f"The notice {notice['reference']} is given twice and differs.")
    return list(found.values())


def check_notices(notices: list[dict[str, Any]], entries: list[dict[str, Any]], covered: int, gone: set[str]) -> str:
    """The sentence on all corrections: each is in the log as it says, and each that the log published is there."""
    status, proven = statuses(entries), dict(enumerate(entries[:covered]))
    claimed, removed, replaces = set(), [], {}
    for notice in notices:
        name = notice["reference"]
        try:
            check_notice(notice, proven, status)
        except Wrong as error:
            raise Wrong(f"{name}: {error}") from error
        claimed.add(notice["ledger"]["index"])
        if notice["ledger"].get("opening") is None:
            removed.append(name)
        else:
            replaces[name] = notice["ledger"]["opening"]["content"]["supersedes"]
    for notice in notices:
        name, by = notice["reference"], notice.get("superseded_by")
        if replaces.get(name) in replaces and notice.get("supersedes") is None:
            raise Wrong(f"{name} does not say that it replaces {replaces[name]}.")
        if by is not None and replaces.get(by) != name:
            raise Wrong(f"{name} is said to be replaced by {by}, and the log knows nothing of it.")
    for index, entry in proven.items():
        reference = entry["leaf"]["reference"]
        if entry["leaf"]["type"] == "correction.published" and index not in claimed and reference not in gone:
            raise Wrong(
                f"Entry {index} published {reference}, which is not among the notices given. If you know that an order "
                f"forbids to name it, leave it out with --gone {reference}."
            )
    sentence = f"The {len(notices)} notices are those of the log, and each says what was committed to."
    if removed:
        sentence += f" The words of {len(removed)} were removed and cannot be checked: {', '.join(sorted(removed))}."
    return sentence


def verify(
    keys: list[str],
    checkpoint: str,
    pages: list[str],
    old: list[tuple[str, str]],
    notice: str | None = None,
    *,
    notices: list[str] | None = None,
    gone: list[str] | None = None,
) -> list[str]:
    """The sentences that hold; raises Wrong. `old` pairs checkpoints with when they were fetched, or "".

    Without a checkpoint, one of the pages of entries brings it along.
    """
    known, served = [parse_key(key) for key in keys], [load(page, "file of entries") for page in pages]
    brought = [page["checkpoint"] for page in served if isinstance(page, dict) and "checkpoint" in page]
    text = checkpoint or next((one for one in brought if isinstance(one, str)), "")
    newest = open_checkpoint(text, known, "checkpoint")
    older = [open_checkpoint(text, known, "older checkpoint") for text, _ in old]
    entries = read_entries(served)
    if len(entries) < newest.size:
        raise Wrong(f"The checkpoint covers {newest.size} entries, but only {len(entries)} are there.")
    lost, binding = check_older(newest, older)
    hashes = [bytes.fromhex(entry["leaf_hash"]) for entry in entries]
    roots = prefix_roots(hashes, {one.size for one in [newest, *binding]})
    if roots[newest.size] != newest.root:
        raise Wrong("The entries are not those that the checkpoint was signed for.")
    for one in binding:
        if roots[one.size] != one.root:
            raise Wrong(f"The first {one.size} entries differ from an older checkpoint: a rewritten log.")
    fetched = [(one.size, at) for one, (_, at) in zip(older, old, strict=True) if at and one in binding]
    check_times(entries, [(size, parse_time(at, "--old")) for size, at in fetched])
    sentences = [f"The checkpoint of {newest.origin} is signed and fits its {newest.size} entries."]
    sentences += [f"Nothing was changed since the checkpoint of {one.size} entries." for one in binding]
    sentences += lost
    if len(entries) > newest.size:
        sentences.append(f"{len(entries) - newest.size} newer entries are not covered by the checkpoint yet.")
    if notice is not None:
        proven = dict(enumerate(entries[: newest.size]))
        sentences.append(check_notice(load(notice, "notice"), proven, statuses(entries)))
    if notices:
        given = read_notices([load(page, "file of notices") for page in notices])
        sentences.append(check_notices(given, entries, newest.size, set(gone or ())))
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


def check_consistency(old: Checkpoint, new: Checkpoint, path: list[bytes]) -> None:
    """RFC 9162 §2.1.4.2: the tree of `old` is the beginning of that of `new`. Raises Wrong."""
    same = old.size == new.size and old.root == new.root
    if old.size in (0, new.size):
        if path or not (same or (old.size == 0 < new.size and old.root == _sha256())):
            raise Wrong("The two checkpoints do not fit together.")
        return
    # A whole subtree is its own first step.
    path = [old.root, *path] if old.size & (old.size - 1) == 0 else path
    left, last = old.size - 1, new.size - 1
    while left & 1:
        left, last = left >> 1, last >> 1
    before = after = path[0] if path else b""
    for step in path[1:]:
        if last == 0:
            raise Wrong("The proof has too many hashes.")
        if left & 1 or left == last:
            before, after = _sha256(b"\x01", step, before), _sha256(b"\x01", step, after)
            while left and not left & 1:
                left, last = left >> 1, last >> 1
        else:
            after = _sha256(b"\x01", after, step)
        left, last = left >> 1, last >> 1
    if last or (before, after) != (old.root, new.root):
        raise Wrong("The proof does not show that the older log is the beginning of the newer: a rewritten log.")


def verify_consistency(keys: list[str], checkpoint: str, old: str, proof: str) -> list[str]:
    """The sentences on two checkpoints and the proof between them, {"from", "to", "hashes"}; raises Wrong."""
    known, served = [parse_key(key) for key in keys], load(proof, "proof")
    newest = open_checkpoint(checkpoint, known, "checkpoint")
    older = open_checkpoint(old, known, "older checkpoint")
    lost, binding = check_older(newest, [older])
    sizes, hashes = ({}, None) if not isinstance(served, dict) else (served, served.get("hashes"))
    if not isinstance(hashes, list) or not all(isinstance(one, str) and HASH.fullmatch(one) for one in hashes):
        raise Wrong("The proof is not in the form the newsroom serves.")
    if binding:
        if (sizes.get("from"), sizes.get("to")) != (older.size, newest.size):
            raise Wrong(f"The proof is not the one from {older.size} to {newest.size} entries.")
        check_consistency(older, newest, [bytes.fromhex(one) for one in hashes])
        lost = [f"The {older.size} entries of the older checkpoint are the first of the {newest.size} of the newer."]
    return [f"Both checkpoints of {newest.origin} are signed.", *lost]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check the public log of corrections, offline.")
    parser.add_argument("--key", action="append", required=True)
    for name in ("entries", "old", "notices", "gone"):
        parser.add_argument(f"--{name}", action="append", default=[])
    for name in ("checkpoint", "proof", "consistency", "notice"):
        parser.add_argument(f"--{name}")
    given = parser.parse_args(arguments)
    if sum(map(bool, (given.entries, given.proof, given.consistency))) != 1:
        parser.error("give --entries, or --proof, or --consistency")
    if given.proof and (given.checkpoint or given.old or given.notices or given.gone):
        parser.error("--proof goes with --notice alone")
    if given.consistency and not (given.checkpoint and len(given.old) == 1 and not given.notice and not given.notices):
        parser.error("--consistency goes with --checkpoint and one --old")
    try:
        sentences = _verified(given)
    except (Wrong, OSError, UnicodeDecodeError) as error:
        print(f"WRONG: {error}")
        return 1
    but = ", apart from what the log itself declares to be lost" if any("LOST:" in one for one in sentences) else ""
    print("\n".join([*sentences, f"OK: everything fits together{but}."]))
    return 0


def _verified(given: argparse.Namespace) -> list[str]:
    matches = [re.fullmatch(rf"(.+?)(?:@({TIME.pattern}))?", name, re.DOTALL) for name in given.old]
    old = [(_read(match[1]), match[2] or "") for match in matches if match]
    notice = _read(given.notice) if given.notice else None
    if given.proof:
        return verify_proof(given.key, _read(given.proof), notice)
    checkpoint = _read(given.checkpoint) if given.checkpoint else ""
    if given.consistency:
        return verify_consistency(given.key, checkpoint, old[0][0], _read(given.consistency))
    notices = [_read(name) for name in given.notices]
    pages = [_read(name) for name in given.entries]
    return verify(given.key, checkpoint, pages, old, notice, notices=notices, gone=given.gone)


def _read(name: str) -> str:
    return Path(name).read_text("utf-8")


if __name__ == "__main__":
    sys.exit(main())
