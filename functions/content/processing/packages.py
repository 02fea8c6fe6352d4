"""Interactive packages: a ZIP of a small website, checked member by member and packed anew.

Nothing of the archive's own structure survives: members are checked, read and written to a fresh archive.
"""

import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from functions.content.processing import zip_members
from functions.content.processing.file_type import hidden_kind
from functions.content.processing.rejection import Rejected
from functions.content.processing.scanner import scan_member
from functions.content.processing.zip_members import Limits, shown

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
_TEXTS = frozenset({".txt", ".md", ".csv", ".vtt", ".srt"})
_LEFT_OUT = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def repack(path: Path, folder: Path) -> dict[str, Any]:
    """Check a package and write it anew as `original`; returns facts. Raises Rejected with what is wrong first."""
    try:
        with zipfile.ZipFile(path) as package, zipfile.ZipFile(folder / "original", "w", zipfile.ZIP_DEFLATED) as clean:
            named = zip_members.members_of(package, path.stat().st_size, _LIMITS, _LEFT_OUT)
            _check_kinds(named.values())
            if "index.html" not in named:
                raise Rejected("The package has no index.html at its root.")
            for member in named.values():
                data = zip_members.read(package, member, _LIMITS)
                _scan(member.filename, data)
                clean.writestr(zipfile.ZipInfo(str(PurePosixPath(member.filename))), data, zipfile.ZIP_DEFLATED)
    except zip_members.BROKEN:
        raise Rejected("The package is broken and can not be read.") from None
    return {"fileCount": len(named), "unpackedBytes": sum(member.file_size for member in named.values())}


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
