"""Text from people: names, sanitised rich text, normalised forms and fingerprints."""

import hashlib
import html as entities
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from lyceum.kit.values.markup import only_markup

_TAGS = frozenset({
    "a", "b", "blockquote", "br", "code", "em", "figcaption", "figure", "h2", "h3", "h4", "hr", "i", "img", "li",
    "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr",
    "u", "ul",
})  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan"},
               "th": {"colspan", "rowspan", "scope"}}  # fmt: skip
_SCHEMES = {"https", "mailto", "upload"}
_LATEX = re.compile(r"\\\(.{1,2000}?\\\)|\\\[.{1,2000}?\\\]|\$\$.{1,2000}?\$\$", re.DOTALL)
_PICTURE = re.compile(r'<img((?:\s+[\w-]+="[^"]*")*)\s*/?>')
_PAIR = re.compile(r'([\w-]+)="([^"]*)"')
_UPLOADED = re.compile(r"upload:[0-9A-Z]{26}")
_UNSEEN = re.compile("[\u00ad\u200b\u2060-\u2064\ufeff]")
"""Without width or meaning in a name: soft hyphen, zero-width space, word joiner and its kin, byte order mark."""
_FORBIDDEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that turn the direction of writing (UAX 9, 2), break lines, or control a terminal."""
_PLAIN_LETTERS = str.maketrans({
    "\u0253": "b", "\u0257": "d", "\u0111": "d", "\u0256": "d", "\xf0": "d", "\u025b": "e", "\u01dd": "e",
    "\u0259": "e", "\u0127": "h", "\u0131": "i", "\u0199": "k", "\u0142": "l", "\u014b": "ng", "\u0254": "o",
    "\xf8": "o", "\u0167": "t", "\u01b4": "y", "\xe6": "ae", "\u0153": "oe", "\xfe": "th", "\u02bc": "'",
    "\u2019": "'",
})  # fmt: skip
"""Letters that Unicode does not take apart (hooked, barred and joined ones), as a plain keyboard types them."""
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""What counts as a letter or symbol and shows nothing: fillers of Hangul, and the empty Braille pattern."""


def sanitise(html: str) -> str:
    r"""Keep the harmless part of rich text, in NFC; scripts, styles, events and foreign URL schemes go.

    A "<" that begins no tag is text and stays, as `&lt;`. LaTeX between `\(` and `\)`, `\[` and `\]` or `$$` is text,
    whatever stands in it. An uploaded image is named by its id, as `upload:{id}`; clients ask for its address when they
    show it.
    """
    html = unicodedata.normalize("NFC", html)
    if "<" not in html and "&" not in html:
        return html
    import nh3

    as_text = _LATEX.sub(lambda found: entities.escape(entities.unescape(found.group()), quote=False), html)
    kept = only_markup(as_text, _TAGS)
    return nh3.clean(kept, tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener nofollow")


def with_own_pictures(html: str) -> str:
    """Leave the description in the place of each picture of sanitised text that is no upload.

    A picture from elsewhere could change, and would tell its host who reads it, and where.
    """

    def shown(image: re.Match[str]) -> str:
        attributes = dict(_PAIR.findall(image.group(1)))
        if _UPLOADED.fullmatch(attributes.get("src", "")):
            return image.group()
        return entities.escape(entities.unescape(attributes.get("alt", "")), quote=False)

    return _PICTURE.sub(shown, html)


def plain(html: str) -> str:
    """Drop every tag and return the text in it, escaped as HTML."""
    import nh3

    return nh3.clean(only_markup(html, frozenset()), tags=set())


def normalise(text: str) -> str:
    """Fold case, accents' encoding and white space, so that equal texts to people are equal texts."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def without_accents(text: str) -> str:
    """Write a text as people type it who have no accents at hand, in folded case.

    Marks over and under letters go (Unicode NFKD); letters that are one with their hook or stroke are written plain.
    """
    decomposed = unicodedata.normalize("NFKD", normalise(text))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.translate(_PLAIN_LETTERS)


def fingerprint(text: str) -> str:
    """Name a text by 32 hexadecimal digits that do not change with case, spacing or markup."""
    return hashlib.blake2b(normalise(plain(text)).encode(), digest_size=16).hexdigest()


def one_line(text: str) -> str:
    """Return a name in NFC, without what nobody sees in it.

    Raises ValueError for control characters, those that turn the direction of writing, and a text that shows nothing.
    Joiners stay: scripts of Persia and India, and emoji, are written with them.
    """
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).strip()
    if _FORBIDDEN.search(seen):
        raise ValueError("control characters and those that turn the direction of writing can not stand here")
    if not any(_shows(character) for character in seen):
        raise ValueError("there is nothing to see in this text")
    return seen


def _shows(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK_LETTERS


RichText = Annotated[str, StringConstraints(max_length=20_000, strip_whitespace=True), AfterValidator(sanitise)]
"""Rich text as it may be stored: at most 20 000 characters, sanitised."""

SharedText = Annotated[RichText, AfterValidator(with_own_pictures)]
"""Rich text that people write for each other: of pictures it shows uploads alone."""

Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$"),
    AfterValidator(one_line),
]
"""One line of plain text, such as a name: 1 to 200 characters in NFC, see `one_line`."""

Tag = Annotated[
    str,
    StringConstraints(min_length=1, max_length=60, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$"),
    AfterValidator(one_line),
]
"""A word or two by which things are found: 1 to 60 characters in NFC, see `one_line`."""
