"""Texts: kept in UTF-8, markup as HTML without anything active in it.

It runs in a process of its own (`isolation`): deeply nested markup takes a sanitiser time that grows with its square.
"""

import re
from pathlib import Path
from typing import Any

from lyceum.kit.values.text import plain, sanitise

_EXCERPT_CHARACTERS = 1000
_MOST_NESTING = 20
_HEADING = re.compile(r"<h1[^>]{0,500}>(.{1,200}?)</h1>", re.IGNORECASE | re.DOTALL)


def sanitise_file(path: Path, folder: Path, content_type: str) -> dict[str, Any]:
    """Write `original` as it may be shown, and return facts: Markdown (CommonMark) and HTML become sanitised HTML."""
    text = path.read_text("utf-8-sig").replace("\r\n", "\n")
    heading, words = None, text
    if content_type != "text/plain":
        markup = _rendered(text) if content_type == "text/markdown" else text
        heading, text = _HEADING.search(markup), sanitise(markup)
        words = plain(text)
    (folder / "original").write_text(text, "utf-8")
    facts = {
        "excerpt": " ".join(words[: 4 * _EXCERPT_CHARACTERS].split())[:_EXCERPT_CHARACTERS],
        "wordCount": len(words.split()),
    }
    return {**facts, "title": plain(heading.group(1)).strip()} if heading else facts


def _rendered(markdown: str) -> str:
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": False, "maxNesting": _MOST_NESTING}).enable("table").render(markdown))
