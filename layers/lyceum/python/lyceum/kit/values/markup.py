"""What in a text is markup: complete tags of HTML's elements and comments. Every other "<" is a sign that people wrote.

A sanitiser reads as browsers do, for whom `a<b and b<c` begins a tag that swallows the rest; so what it gets is told
apart before. Nothing here makes a text safe: that is the sanitiser's work, which comes after.
"""

import re
from bisect import bisect_right

_CLOSERS = {
    "script": re.compile(r"</script(?:[ \t\n\f\r/][^<>]*+)?>", re.IGNORECASE | re.ASCII),
    "style": re.compile(r"</style(?:[ \t\n\f\r/][^<>]*+)?>", re.IGNORECASE | re.ASCII),
    "comment": re.compile("-->"),
}
"""What ends that which goes with all that is in it."""
ELEMENTS = frozenset({
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base", "basefont",
    "bdi", "bdo", "bgsound", "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center",
    "cite", "code", "col", "colgroup", "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div",
    "dl", "dt", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame", "frameset",
    "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe", "img", "input",
    "ins", "isindex", "kbd", "keygen", "label", "legend", "li", "link", "main", "map", "mark", "marquee", "menu",
    "meta", "meter", "nav", "nobr", "noembed", "noframes", "noscript", "object", "ol", "optgroup", "option",
    "output", "p", "param", "picture", "pre", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp",
    "script", "search", "section", "select", "slot", "small", "source", "span", "strike", "strong", "style", "sub",
    "summary", "sup", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track",
    "tt", "u", "ul", "var", "video", "wbr",
})  # fmt: skip
"""Elements of HTML, today's and yesterday's, less those whose text a sanitiser drops with them: math, svg, template."""

_SPACE = r"[ \t\n\f\r]"
_BARE = (
    r"(?:allowfullscreen|alt|async|autofocus|autoplay|checked|class|compact|controls|data-[\w-]+|default|defer|disabled"
    r"|download|hidden|href|id|inert|ismap|itemscope|loop|multiple|muted|name|nohref|nomodule|noshade|novalidate|nowrap"
    r"|open|playsinline|readonly|required|reversed|selected|src|style|title|value)"
)
"""Attributes that are written without a value. Others are words of a sentence, as in `a<b and c>d`."""
_VALUED = rf"[^ \t\n\f\r\"'<>/=]++{_SPACE}*+={_SPACE}*+(?:\"[^\"]*+\"|'[^']*+'|[^ \t\n\f\r\"'=<>`]++)"
_ATTRIBUTE = rf"(?:[ \t\n\f\r/]++|(?<=[\"']))(?:{_VALUED}|{_BARE}(?=[ \t\n\f\r/>]))"
_TAG = re.compile(
    rf"<(/?)([a-z][a-z0-9]*+)(?:{_ATTRIBUTE})*[ \t\n\f\r/]*+>",
    re.IGNORECASE | re.ASCII,
)
_PROLOGUE = re.compile(r"<!doctype[^<>]*+>|<\?xml[^<>]*+>", re.IGNORECASE | re.ASCII)


def only_markup(html: str, tags: frozenset[str]) -> str:
    """Keep the tags named and all text, escaping its "<"; other tags of HTML, comments, scripts and styles go."""
    ends = {name: [found.end() for found in closer.finditer(html)] for name, closer in _CLOSERS.items()}
    kept: list[str] = []
    at = 0
    while (begin := html.find("<", at)) >= 0:
        kept.append(html[at:begin])
        tag = _TAG.match(html, begin)
        at = _end_of(html, begin, tag, ends)
        if at == begin:
            kept.append("&lt;")
            at = begin + 1
        elif tag and tag.group(2).lower() in tags:
            kept.append(tag.group())
    kept.append(html[at:])
    return "".join(kept)


def _end_of(html: str, begin: int, tag: re.Match[str] | None, ends: dict[str, list[int]]) -> int:
    """Return where the markup ends that begins here; `begin` itself when it is none."""
    if html.startswith("<!--", begin):
        return _next(ends["comment"], begin + 4) or begin
    if tag is None:
        prologue = _PROLOGUE.match(html, begin)
        return prologue.end() if prologue else begin
    name = tag.group(2).lower()
    if name in ends and not tag.group(1):
        return _next(ends[name], tag.end()) or begin
    return tag.end() if name in ELEMENTS else begin


def _next(ends: list[int], after: int) -> int | None:
    place = bisect_right(ends, after)
    return ends[place] if place < len(ends) else None
