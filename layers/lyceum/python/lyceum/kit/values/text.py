"""Text from people: sanitised rich text, normalised forms and fingerprints."""

import hashlib
import html as entities
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_TAGS = {"a", "b", "blockquote", "br", "code", "em", "figcaption", "figure", "h2", "h3", "h4", "hr", "i", "img", "li",
         "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr",
         "u", "ul"}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan"},
               "th": {"colspan", "rowspan", "scope"}}  # fmt: skip
_SCHEMES = {"https", "mailto", "upload"}
_LATEX = re.compile(r"\\\(.{1,2000}?\\\)|\\\[.{1,2000}?\\\]|\$\$.{1,2000}?\$\$", re.DOTALL)


def sanitise(html: str) -> str:
    r"""Keep the harmless part of rich text; scripts, styles, events and foreign URL schemes go.

    LaTeX between `\(` and `\)`, `\[` and `\]` or `$$` is text, so `a<b` in it stays. An uploaded image is named by its
    id, as `upload:{id}`; clients ask for its address when they show it.
    """
    if "<" not in html and "&" not in html:
        return html
    import nh3

    as_text = _LATEX.sub(lambda found: entities.escape(entities.unescape(found.group()), quote=False), html)
    return nh3.clean(as_text, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener nofollow")


def plain(html: str) -> str:
    """Drop every tag and return the text in it."""
    import nh3

    return nh3.clean(html, tags=set())


def normalise(text: str) -> str:
    """Fold case, accents' encoding and white space, so that equal texts to people are equal texts."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def fingerprint(text: str) -> str:
    """Name a text by 32 hexadecimal digits that do not change with case, spacing or markup."""
    return hashlib.blake2b(normalise(plain(text)).encode(), digest_size=16).hexdigest()


RichText = Annotated[str, StringConstraints(max_length=20_000, strip_whitespace=True), AfterValidator(sanitise)]
"""Rich text as it may be stored: at most 20 000 characters, sanitised."""

Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""One line of plain text: 1 to 200 characters, none of them a control character."""
