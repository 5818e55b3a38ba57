"""Several uses in one request: what was filled in for one waits, packed in a hidden field, while the next is chosen."""

from __future__ import annotations

from collections.abc import Container

from django.http import QueryDict

MORE = "more"
"""The hidden field, one for each use that waits."""
ANOTHER = "another"
"""Says that the first step is about a further use."""
SHOW = "show"
"""What is done when a use was taken away or up again."""
MOST_USES = 10
OF_ONE_USE = (
    *("article_urls", "use", "quantity", "portion", "excerpt_text", "scope", "countries", "languages", "starts_on"),
    *("ends_on", "perpetual", "exclusivity", "modifications", "placement_urls", "ai_purposes"),
)
"""What is typed for one use. Everything else is about the request."""
LIKE_BEFORE = frozenset({"article_urls", "scope", "countries", "starts_on", "ends_on", "perpetual"})
"""What a further use begins with: most ask for the same article, place and time."""


def pressed(typed: QueryDict) -> tuple[str, QueryDict]:
    """What the button does, and what was typed. A button that takes a use away, or up again, has then done so, and what
    is left is to show the rest, of which nobody has said yet that it is complete.
    """
    doing = typed.get("do", "details")
    if "leave_out" in typed:
        return SHOW, left_out(typed, typed.get("leave_out", ""))
    if doing == "without":
        return SHOW, without_another(typed)
    return doing, typed


def offered(typed: QueryDict, uses: Container[str]) -> QueryDict | None:
    """What is left without the uses that wait and are none of `uses`, or are too many; None when that is all."""
    waiting = typed.getlist(MORE)
    kept = [text for text in waiting if unpacked(text).get("use", "") in uses][: MOST_USES - 1]
    if kept == waiting:
        return None
    left = typed.copy()
    left.setlist(MORE, kept)
    return left


def another(typed: QueryDict) -> QueryDict:
    """The use that was filled in waits, and the next is to be chosen."""
    asked = QueryDict(mutable=True)
    following = typed.copy()
    for name in OF_ONE_USE:
        if name in typed:
            asked.setlist(name, typed.getlist(name))
            if name not in LIKE_BEFORE:
                del following[name]
    following.appendlist(MORE, asked.urlencode())
    following[ANOTHER] = "1"
    return following


def without_another(typed: QueryDict) -> QueryDict:
    """The use that was added last is filled in again; as it was when none waits."""
    *rest, last = typed.getlist(MORE) or [""]
    back = typed.copy()
    back.pop(ANOTHER, None)
    if not last:
        return back
    for name in OF_ONE_USE:
        back.pop(name, None)
    back.setlist(MORE, rest)
    for name, values in unpacked(last).lists():
        back.setlist(name, values)
    return back


def left_out(typed: QueryDict, place: str) -> QueryDict:
    """Without the use that waits at this place; as it was where none does."""
    waiting = typed.getlist(MORE)
    rest = typed.copy()
    del rest["leave_out"]
    if place.isascii() and place.isdecimal() and len(place) < 3 and int(place) < len(waiting):
        rest.setlist(MORE, [text for index, text in enumerate(waiting) if index != int(place)])
    return rest


def unpacked(text: str) -> QueryDict:
    """What was typed for one use, and nothing else that the text may hold."""
    found = QueryDict(text)
    asked = QueryDict(mutable=True)
    for name in OF_ONE_USE:
        if name in found:
            asked.setlist(name, found.getlist(name))
    return asked
