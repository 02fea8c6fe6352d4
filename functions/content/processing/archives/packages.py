"""Interactive packages: a ZIP of a small website, of cmi5 or of SCORM, checked member by member and packed anew.

Nothing of the archive's own structure survives: members are checked, read and written to a fresh archive. Sound and
film are stored as they are in it, so that a player can be sent any part of one.
"""

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from functions.content.processing.archives import course_structures, zip_members
from functions.content.processing.archives.course_structures import Structure
from functions.content.processing.archives.zip_members import Limits, shown
from functions.content.processing.file_type import hidden_kind
from functions.content.processing.rejection import Rejected
from functions.content.processing.scanner import scan_member

_LIMITS = Limits("package", most_members=2000, most_bytes=200 << 20, most_member_bytes=20 << 20)
_EXTENSIONS = frozenset(
    [
        "html",
        "htm",
        "css",
        "js",
        "mjs",
        "json",
        "map",
        "xml",
        "xsd",
        "dtd",
        "txt",
        "md",
        "csv",
        "vtt",
        "srt",
        "svg",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "webp",
        "avif",
        "ico",
        "woff",
        "woff2",
        "ttf",
        "otf",
        "mp3",
        "m4a",
        "ogg",
        "wav",
        "mp4",
        "webm",
    ]
)
PLAYED = frozenset({".mp3", ".m4a", ".ogg", ".wav", ".mp4", ".webm"})
_MOST_ANSWERED = 4 << 20
"""Bytes of a packed file that one answer of the API can hold; sound and film are sent in parts."""
_TEXTS = frozenset({".txt", ".md", ".csv", ".vtt", ".srt"})
_LEFT_OUT = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def repack(path: Path, folder: Path) -> dict[str, Any]:
    """Check a package and write it anew as `original`, and its parts as `structure`; returns facts.

    Raises Rejected with what is wrong first.
    """
    try:
        with zipfile.ZipFile(path) as package, zipfile.ZipFile(folder / "original", "w", zipfile.ZIP_DEFLATED) as clean:
            named = zip_members.members_of(package, path.stat().st_size, _LIMITS, _LEFT_OUT)
            _check_kinds(named.values())
            structure = _structure(package, named)
            for member in named.values():
                data = zip_members.read(package, member, _LIMITS)
                _scan(member.filename, data)
                name = str(PurePosixPath(member.filename))
                packing = zipfile.ZIP_STORED if PurePosixPath(name).suffix.lower() in PLAYED else zipfile.ZIP_DEFLATED
                clean.writestr(zipfile.ZipInfo(name), data, packing)
            _check_sizes(clean, structure)
    except zip_members.BROKEN:
        raise Rejected("The package is broken and can not be read.") from None
    (folder / "structure").write_text(json.dumps(structure.as_json()))
    unpacked = sum(member.file_size for member in named.values())
    facts = {"fileCount": len(named), "unpackedBytes": unpacked, "format": structure.format}
    return facts if structure.format == "web" else facts | {"title": structure.title, "unitCount": len(structure.units)}


def _structure(package: zipfile.ZipFile, named: dict[str, zipfile.ZipInfo]) -> Structure:
    """Read what the package says of its parts; one that says nothing is a website."""

    def find(path: str) -> str | None:
        member = named.get(zip_members.folded(path)) if path else None
        return str(PurePosixPath(member.filename)) if member else None

    for name in ("cmi5.xml", "imsmanifest.xml"):
        if name in named:
            return course_structures.read(zip_members.read(package, named[name], _LIMITS), name, find)
    if "index.html" not in named:
        raise Rejected("The package has no index.html at its root.")
    return course_structures.of_website("Website")


def _check_sizes(clean: zipfile.ZipFile, structure: Structure) -> None:
    """Refuse a package for learning with a file that no answer could hold when it is played."""
    for member in clean.infolist() if structure.format != "web" else ():
        if member.compress_size > _MOST_ANSWERED and PurePosixPath(member.filename).suffix.lower() not in PLAYED:
            raise Rejected(f"The package has a file too large to be played from here: {shown(member.filename)}.")


def _check_kinds(members: Iterable[zipfile.ZipInfo]) -> None:
    for member in members:
        suffix = PurePosixPath(member.filename).suffix
        if suffix.lower().removeprefix(".") not in _EXTENSIONS:
            kind = suffix[:12] or "without extension"
            raise Rejected(f"The package has a file of a kind that is not taken: {kind}, {shown(member.filename)}.")


def _scan(name: str, data: bytes) -> None:
    """Refuse a program or an archive under whatever name, and what the scanner knows."""
    if what := hidden_kind(data):
        raise Rejected(f"The package's file {shown(name)} is {what}.")
    try:
        scan_member(data, is_text=PurePosixPath(name).suffix.lower() in _TEXTS)
    except Rejected as rejection:
        raise Rejected(f"{str(rejection).removesuffix('.')}: {shown(name)}.") from None
