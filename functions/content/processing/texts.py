"""Texts: kept in UTF-8, markup as HTML without anything active in it.

It runs in a process of its own (`isolation`): deeply nested markup takes a sanitiser time that grows with its square.
"""

import re
from html import escape
from pathlib import Path
from typing import Any

from lyceum.kit.values.text import sanitise

from functions.content.uploads.plain_text import count_words, without_controls, words_of

_EXCERPT_CHARACTERS = 1000
_MOST_NESTING = 20
_MATHEMATICS = re.compile(
    r"\\\(.{1,2000}?\\\)|\\\[.{1,2000}?\\\]|\$\$.{1,2000}?\$\$|\\begin\{([a-z]{1,20}\*?)\}.{1,2000}?\\end\{\1\}",
    re.DOTALL,
)
_ASIDE = "\ue000\ue001"
_PLACE = re.compile(f"{_ASIDE[0]}(\\d{{1,6}}){_ASIDE[1]}")
_LEVEL = re.compile(r"<(/?)h([1-6])\b", re.IGNORECASE)
_HEADING = re.compile(r"<h1[^>]{0,500}>(.{1,200}?)</h1>", re.IGNORECASE | re.DOTALL)


def sanitise_file(path: Path, folder: Path, content_type: str) -> dict[str, Any]:
    """Write `original` as it may be shown, and return facts: Markdown (CommonMark) and HTML become sanitised HTML."""
    text = without_controls(path.read_text("utf-8-sig").replace("\r\n", "\n"))
    heading, words = None, text
    if content_type != "text/plain":
        markup = _rendered(text) if content_type == "text/markdown" else text
        heading, text = _HEADING.search(markup), sanitise(_with_known_headings(markup))
        words = words_of(text)
    (folder / "original").write_text(text, "utf-8")
    facts = {
        "excerpt": " ".join(words[: 4 * _EXCERPT_CHARACTERS].split())[:_EXCERPT_CHARACTERS],
        "wordCount": count_words(words),
    }
    return {**facts, "title": " ".join(words_of(heading.group(1)).split())} if heading else facts


def _with_known_headings(markup: str) -> str:
    """Bring headings to the three levels that rich text has; with a first level there, all go one level down."""
    lower = 1 if _HEADING.search(markup) else 0
    return _LEVEL.sub(lambda tag: f"<{tag[1]}h{min(4, max(2, int(tag[2]) + lower))}", markup)


def _rendered(markdown: str) -> str:
    """Render Markdown; mathematics is put aside meanwhile, since its backslashes are Markdown's own marks."""
    from markdown_it import MarkdownIt

    kept: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        kept.append(found.group())
        return f"{_ASIDE[0]}{len(kept) - 1}{_ASIDE[1]}"

    renderer = MarkdownIt("commonmark", {"html": False, "maxNesting": _MOST_NESTING}).enable("table")
    source = _MATHEMATICS.sub(put_aside, re.sub(f"[{_ASIDE}]", "", markdown))
    return _PLACE.sub(lambda place: escape(kept[int(place[1])], quote=False), str(renderer.render(source)))
