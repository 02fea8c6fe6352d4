"""Interactive packages: a ZIP of a small website, checked member by member and packed anew.

Nothing of the archive's own structure survives: members are read by its central directory, checked and written to a
fresh archive.
"""

import stat
import unicodedata
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

from functions.content.processing.file_type import hidden_kind
from functions.content.processing.rejection import Rejected
from functions.content.processing.scanner import scan_member

_MOST_MEMBERS = 2000
_MOST_BYTES = 200 << 20
_MOST_MEMBER_BYTES = 20 << 20
_MOST_RATIO = 100
_RATIO_FROM_BYTES = 1 << 20
_MOST_DEPTH = 12
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
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
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError, ValueError, OSError)
_LEFT_OUT = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def repack(path: Path, folder: Path) -> dict[str, Any]:
    """Check a package and write it anew as `original`; returns facts. Raises Rejected with what is wrong first."""
    try:
        with zipfile.ZipFile(path) as package, zipfile.ZipFile(folder / "original", "w", zipfile.ZIP_DEFLATED) as clean:
            members = _members(package, path.stat().st_size)
            for member in members:
                data = _read(package, member)
                _scan(member.filename, data)
                clean.writestr(zipfile.ZipInfo(str(PurePosixPath(member.filename))), data, zipfile.ZIP_DEFLATED)
    except _BROKEN:
        raise Rejected("The package is broken and can not be read.") from None
    return {"fileCount": len(members), "unpackedBytes": sum(member.file_size for member in members)}


def _members(package: zipfile.ZipFile, size_bytes: int) -> list[zipfile.ZipInfo]:
    listed = package.infolist()
    if len(listed) > _MOST_MEMBERS:
        raise Rejected(f"The package has more than {_MOST_MEMBERS} files.")
    members = [
        member for member in listed if not member.is_dir() and not any(part in member.filename for part in _LEFT_OUT)
    ]
    for member in members:
        _check(member)
    names: dict[str, str] = {}
    for member in members:
        first = names.setdefault(_folded(member.filename), member.filename)
        if first is not member.filename:
            raise Rejected(f"The package has two files of one name: {_shown(first)} and {_shown(member.filename)}.")
    if "index.html" not in names:
        raise Rejected("The package has no index.html at its root.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > _MOST_BYTES:
        raise Rejected(f"The package unpacks to more than {_MOST_BYTES >> 20} MiB.")
    if unpacked > max(_RATIO_FROM_BYTES, _MOST_RATIO * size_bytes):
        raise Rejected(f"The package unpacks to more than {_MOST_RATIO} times its size.")
    if sum(member.compress_size for member in members) > size_bytes:
        raise Rejected("The package's files overlap.")
    _check_offsets(members)
    return members


def _folded(name: str) -> str:
    """Return the name under which a file system that folds case, accents and `./` keeps a file."""
    return str(PurePosixPath(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())))


def _shown(name: str) -> str:
    return repr("".join(character for character in name if character.isprintable())[-80:])


def _scan(name: str, data: bytes) -> None:
    """Refuse a program or an archive under whatever name, and what the scanner knows."""
    if what := hidden_kind(data):
        raise Rejected(f"The package's file {_shown(name)} is {what}.")
    try:
        scan_member(data, is_text=PurePosixPath(name).suffix.lower() in _TEXTS)
    except Rejected as rejection:
        raise Rejected(f"{str(rejection).removesuffix('.')}: {_shown(name)}.") from None


def _check(member: zipfile.ZipInfo) -> None:
    path, shown = PurePosixPath(member.filename), _shown(member.filename)
    if (
        member.filename.startswith("/")
        or "\\" in member.filename
        or ":" in member.filename
        or ".." in path.parts
        or len(path.parts) > _MOST_DEPTH
    ):
        raise Rejected(f"The package has a file with a forbidden path: {shown}.")
    if any(ord(character) < 32 for character in member.filename):
        raise Rejected(f"The package has a file with a forbidden name: {shown}.")
    mode = member.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        raise Rejected(f"The package has a link or a special file: {shown}.")
    if path.suffix.lower().removeprefix(".") not in _EXTENSIONS:
        raise Rejected(
            f"The package has a file of a kind that is not taken: {path.suffix[:12] or 'without extension'}, {shown}."
        )
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
        raise Rejected(f"The package has a file that is encrypted or packed in an unusual way: {shown}.")
    if member.file_size > _MOST_MEMBER_BYTES:
        raise Rejected(f"The package has a file of more than {_MOST_MEMBER_BYTES >> 20} MiB: {shown}.")
    if member.file_size > max(_RATIO_FROM_BYTES, member.compress_size * _MOST_RATIO):
        raise Rejected(f"The package has a file that unpacks to far more than it is: {shown}.")


def _check_offsets(members: list[zipfile.ZipInfo]) -> None:
    """Reject members that share bytes, as in bombs that unpack one kernel often (Fifield 2019, "A better zip bomb")."""
    ordered = sorted(members, key=lambda member: member.header_offset)
    for first, second in pairwise(ordered):
        if first.header_offset + 30 + first.compress_size > second.header_offset:
            raise Rejected(f"The package's files overlap: {_shown(second.filename)}.")


def _read(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Unpack a member no further than it says it is."""
    try:
        with package.open(member) as file:
            data = file.read(member.file_size + 1)
    except _BROKEN:
        data = None
    if data is None or len(data) != member.file_size:
        raise Rejected(f"The package is broken at {_shown(member.filename)}.")
    return data
