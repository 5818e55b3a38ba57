"""RFC 8785 canonical JSON, for the subset the log uses.

Strings, booleans, null, whole numbers up to 2^53 − 1 in size, lists and objects. Fractions are refused,
because their text differs between languages and nothing in the log needs them: amounts are strings.
"""

import json

MAX_INTEGER = 2**53 - 1


class CanonicalError(ValueError):
    """The value has no canonical form in the subset of RFC 8785 that the log accepts."""


def canonical(value: object) -> bytes:
    """Return the UTF-8 bytes of `value` as RFC 8785 writes them.

    Object members are sorted by the UTF-16 code units of their names (§3.2.3), strings are escaped as in
    §3.2.2.2, there is no white space. Tuples are written as lists.

    Raises CanonicalError for floats, whole numbers beyond ±(2^53 − 1), names that are not strings, lone
    surrogates and any other type.
    """
    return _write(value).encode("utf-8")


def _write(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(_write(item) for item in value) + "]"
    if isinstance(value, dict):
        return _object(value)
    raise CanonicalError(f"a {type(value).__name__} has no canonical form")


def _string(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CanonicalError("a string holds a lone surrogate") from error
    # The standard encoder escapes exactly what RFC 8785 §3.2.2.2 lists, in the same spelling.
    return json.dumps(value, ensure_ascii=False)


def _integer(value: int) -> str:
    if abs(value) > MAX_INTEGER:
        raise CanonicalError("a whole number is beyond 2^53 - 1")
    return int.__repr__(value)


def _object(value: dict[object, object]) -> str:
    members: list[tuple[bytes, str]] = []
    for name, member in value.items():
        if not isinstance(name, str):
            raise CanonicalError("the name of a member is not a string")
        written = _string(name)
        # Big-endian UTF-16 bytes compare like code units.
        members.append((name.encode("utf-16-be"), f"{written}:{_write(member)}"))
    return "{" + ",".join(text for _, text in sorted(members)) + "}"
