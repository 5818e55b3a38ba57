"""The article's own paragraphs: the element in which the most running text stands, and nothing around it."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from newsroom.articles.pages.markup import text_of

NEVER_TEXT = (
    *(
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "aside",
        "footer",
        "figure",
        "figcaption",
        "button",
        "svg",
    ),
    *("button", "svg", "iframe", "select", "textarea", "dialog", "amp-sidebar", "amp-carousel"),
)
FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:related|newsletter|promo|teaser|share|sharing|social|comments?|recommend\w*|sidebar|caption|"
    r"breadcrumbs?|advert\w*|subscribe|subscription|signup|cookies?|consent|byline|author[_-]?(?:bio|box|info|details|card|name|role)|signature|"
    r"most-?read|read-?more|trending|paywall|pull-?quote|credits?|copyright|disclaimer|correction-?link|toolbar|"
    r"infobox|zoom|gallery)(?:$|[\s_-])",
    re.IGNORECASE,
)
FURNITURE_ROLES = frozenset({"navigation", "complementary", "contentinfo", "search", "dialog", "banner", "form"})
MAX_FURNITURE_SHARE = 0.4
"""An element with more of the page's text than this is not furniture, whatever its class is called."""

BOILERPLATE = re.compile(
    r"(?:sign up|subscribe|read more|read also|also read|related:|follow us|click here|share this|"
    r"advertisement$|copyright|©|all rights reserved|this article (?:was|is) |lesen sie (?:auch|mehr)|"
    r"mehr zum thema|lire aussi|à lire|leggi anche|lea también|lee también|lees ook|les også|læs også|"
    r"see also|watch:|listen:|newsletter|have you got a tip|got a tip|download (?:our|the) )",
    re.IGNORECASE,
)
BOILERPLATE_LENGTH = 200
RUNNING_TEXT = 25
"""Characters from which a paragraph counts as running text; half of that in scripts without spaces."""
EDGE_SHARE = 0.2
"""Trailing paragraphs whose surroundings hold less of the text than this are no part of the story."""
BULK_SHARE = 0.6
"""Below this share no kind of surroundings is the story's own, and nothing is trailing."""
CLIMB = 0.2
"""An outer element is taken when it adds at least this share of running text to the inner one's."""


def paragraphs(tree: HtmlElement) -> list[str]:
    """The body's paragraphs in order, each once. Changes `tree`: what is not text is cut out of it."""
    for line_break in tree.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    _cut(tree)
    blocks = list(tree.iter("p"))
    weights = _weights(blocks)
    if sum(weights.values()) < 4 * RUNNING_TEXT:
        blocks = [element for element in tree.iter("div", "section", "li", "p", "td") if _is_leaf(element)]
        weights = _weights(blocks)
    container = _container(tree, weights)
    if container is None:
        return []
    story = [block for block in blocks if _inside(block, container)]
    found: dict[str, None] = {}
    for block in story[: _end(story, weights)]:
        found.update(dict.fromkeys(_lines(block)))
    return list(found)


def _cut(tree: HtmlElement) -> None:
    whole = sum(len(text_of(block)) for block in tree.iter("p")) or 1
    doomed = list(tree.iter(*NEVER_TEXT))
    for element in tree.iter():
        marks = f"{element.get('class', '')} {element.get('id', '')}"
        hidden = "hidden" in element.attrib or element.get("role") in FURNITURE_ROLES
        if element.tag in {"html", "body", "head", "main", "article"} or not (hidden or FURNITURE.search(marks)):
            continue
        doomed.append(element)
    for element in doomed:
        parent = element.getparent()
        if parent is None:
            continue
        share = sum(len(text_of(block)) for block in element.iter("p")) / whole
        if element.tag in NEVER_TEXT or share < MAX_FURNITURE_SHARE:
            element.drop_tree()


def _weights(blocks: list[HtmlElement]) -> dict[HtmlElement, int]:
    """Running text of each block, in characters. A block that is mostly links weighs nothing."""
    weights = {}
    for block in blocks:
        text = text_of(block)
        wide = not text.isascii() and " " not in text[:40]
        if len(text) >= (RUNNING_TEXT // 2 if wide else RUNNING_TEXT) and not _is_mostly_links(block, text):
            weights[block] = len(text)
    return weights


def _container(tree: HtmlElement, weights: dict[HtmlElement, int]) -> HtmlElement | None:
    """The innermost element with most of the running text, grown while growing adds much."""
    near: dict[HtmlElement, float] = {}
    inside: dict[HtmlElement, int] = {}
    for block, weight in weights.items():
        for distance, ancestor in enumerate(block.iterancestors()):
            inside[ancestor] = inside.get(ancestor, 0) + weight
            if distance < 3:
                near[ancestor] = near.get(ancestor, 0) + weight / (1 << distance)
    if not near:
        return None
    best = max(near, key=lambda element: near[element])
    for ancestor in best.iterancestors():
        if ancestor.tag in {"body", "html"}:
            break
        if inside[ancestor] > inside[best] * (1 + CLIMB) and _is_one_story(ancestor, best):
            best = ancestor
    return best


def _end(story: list[HtmlElement], weights: dict[HtmlElement, int]) -> int:
    """Index after the last block that stands among the same kind of surroundings as the bulk of the text."""
    shares: dict[tuple[str, str], int] = {}
    for block in story:
        kind = _surroundings(block)
        shares[kind] = shares.get(kind, 0) + weights.get(block, 0)
    whole = sum(shares.values())
    enough = EDGE_SHARE * whole if max(shares.values(), default=0) > BULK_SHARE * whole else 0
    end = len(story)
    while end and shares[_surroundings(story[end - 1])] < enough:
        end -= 1
    return end


def _surroundings(block: HtmlElement) -> tuple[str, str]:
    parent = block.getparent()
    return ("", "") if parent is None else (str(parent.tag), parent.get("class") or "")


def _is_one_story(outer: HtmlElement, inner: HtmlElement) -> bool:
    """Whether growing stays within one article: it leaves no `article` that has a headline of its own."""
    for ancestor in (inner, *inner.iterancestors()):
        if ancestor is outer:
            return True
        if ancestor.tag == "article" and next(ancestor.iter("h1"), None) is not None:
            return False
    return True


def _inside(block: HtmlElement, container: HtmlElement) -> bool:
    return any(ancestor is container for ancestor in block.iterancestors())


def _is_leaf(element: HtmlElement) -> bool:
    return not any(
        child.tag in {"div", "section", "p", "ul", "ol", "table", "li", "td"}
        for child in element.iter()
        if child is not element
    )


def _is_mostly_links(block: HtmlElement, text: str) -> bool:
    if next(block.iterancestors("a"), None) is not None:
        return True
    linked = sum(len(text_of(link)) for link in block.iter("a"))
    return linked > 0.7 * len(text)


def _lines(block: HtmlElement) -> Iterator[str]:
    """The paragraph, or several when empty lines divide it; not links to other stories, nor invitations."""
    text = text_of(block)
    if not text or (_is_mostly_links(block, text) and len(text) < BOILERPLATE_LENGTH):
        return
    raw = "".join(str(piece) for piece in block.itertext())
    for part in re.split(r"\n[ \t\r]*\n", raw) if block.find(".//br") is not None else [raw]:
        line = " ".join(part.split())
        if any(character.isalnum() for character in line) and not (
            len(line) < BOILERPLATE_LENGTH and BOILERPLATE.match(line)
        ):
            yield line
