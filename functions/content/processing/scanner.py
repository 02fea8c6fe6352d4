"""Looking for what does not belong in a file: virus signatures, files inside it, data behind an image's end."""

import mmap
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from lyceum.rules.uploads.purposes import KINDS

from functions.content.processing.image_end import behind_padding, end_of_image
from functions.content.processing.rejection import Rejected

# Each pattern fixes at least seven bytes, so that chance does not meet it in ten megabytes of compressed pixels.
_HIDDEN = (
    (re.compile(rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"), "The file holds a virus signature."),
    (
        re.compile(rb"PK\x03\x04[\x0a-\x3f]\x00..[\x00\x06\x08\x09\x0c\x0e\x5d\x5f\x62\x63]\x00", re.DOTALL),
        "The file hides an archive.",
    ),
    (re.compile(rb"Rar!\x1a\x07[\x00\x01]|7z\xbc\xaf\x27\x1c"), "The file hides an archive."),
    (re.compile(rb"%PDF-[12]\.\d"), "The file hides a PDF document."),
    (re.compile(rb"<script[\s/>]|<\?php\s", re.IGNORECASE), "The file hides a script."),
)
_BEHIND = (
    (re.compile(rb"PK\x03\x04|PK\x05\x06|Rar!|7z\xbc\xaf"), "The file hides an archive."),
    (re.compile(rb"%PDF-"), "The file hides a PDF document."),
    (re.compile(rb"<html|<svg|<script|<\?php", re.IGNORECASE), "The file hides a script."),
)
_TOLERATED_BYTES = 1024
_RULES = Path(__file__).parent / "rules" / "hostile.yar"
_SECONDS = 60


def scan(path: Path, content_type: str) -> None:
    """Raise Rejected for test viruses and for files that are two things at once.

    The rules of `rules/hostile.yar` hold for every kind. An image may have 1024 bytes behind its end; zeros are not
    counted. The file is mapped, not read.
    """
    kind = KINDS[content_type]
    if kind == "image":
        _scan_image(path, content_type)
    _raise_for(lambda: _scanner(kind).scan_file(str(path)))


def scan_member(data: bytes, *, is_text: bool) -> None:
    """Raise Rejected for a file of a package that the rules know; one that is only shown is held to a text's."""
    _raise_for(lambda: _scanner("text" if is_text else "member").scan(data))


def _scanner(kind: str) -> Any:
    import yara_x

    scanner = yara_x.Scanner(_rules())
    scanner.set_global("kind", kind)
    scanner.set_timeout(_SECONDS)
    return scanner


@cache
def _rules() -> Any:
    import yara_x

    compiler = yara_x.Compiler()
    compiler.define_global("kind", "")
    compiler.add_source(_RULES.read_text())
    return compiler.build()


def _raise_for(look: Callable[[], Any]) -> None:
    import yara_x

    try:
        found = look()
    except yara_x.TimeoutError:
        raise Rejected("The file takes too long to scan.") from None
    for rule in found.matching_rules:
        raise Rejected(dict(rule.metadata)["reason"])


def _scan_image(path: Path, content_type: str) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for pattern, reason in _HIDDEN:
            if pattern.search(data):
                raise Rejected(reason)
        end = end_of_image(data, content_type)
        for pattern, reason in _BEHIND:
            if pattern.search(data, end):
                raise Rejected(reason)
        if len(data) - behind_padding(data, end) > _TOLERATED_BYTES:
            raise Rejected(
                "The file goes on behind the end of the image; a moving photo has to be sent as a still picture."
            )
