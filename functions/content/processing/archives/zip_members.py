"""Members of ZIP archives: listed within limits, checked for what a bomb or a way out of the folder would need, read.

Nothing of an archive's own structure is trusted: members are those of its central directory, and none is unpacked
further than it says it is.
"""

import stat
import unicodedata
import zipfile
import zlib
from itertools import pairwise
from pathlib import PurePosixPath

from lyceum.kit.frozen import frozen

from functions.content.processing.rejection import Rejected

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError, ValueError, OSError)
"""What the standard library raises for archives that are broken or made to break readers."""
_MOST_RATIO = 100
_RATIO_FROM_BYTES = 1 << 20
_MOST_DEPTH = 12
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1


@frozen
class Limits:
    """How much an archive may hold; `noun` is what its owner calls it."""

    noun: str
    most_members: int
    most_bytes: int
    most_member_bytes: int


def members_of(
    archive: zipfile.ZipFile, size_bytes: int, limits: Limits, left_out: tuple[str, ...] = ()
) -> dict[str, zipfile.ZipInfo]:
    """Return the files of an archive by their folded names; raises Rejected, which names the file at fault."""
    listed = archive.infolist()
    if len(listed) > limits.most_members:
        raise Rejected(f"The {limits.noun} has more than {limits.most_members} files.")
    found: dict[str, zipfile.ZipInfo] = {}
    for member in listed:
        if member.is_dir() or any(part in member.filename for part in left_out):
            continue
        _check(member, limits)
        first = found.setdefault(folded(member.filename), member)
        if first is not member:
            names = f"{shown(first.filename)} and {shown(member.filename)}"
            raise Rejected(f"The {limits.noun} has two files of one name: {names}.")
    for name, member in found.items():
        if any(str(parent) in found for parent in PurePosixPath(name).parents):
            raise Rejected(f"The {limits.noun} has a file inside another file: {shown(member.filename)}.")
    unpacked = sum(member.file_size for member in found.values())
    if unpacked > limits.most_bytes:
        raise Rejected(f"The {limits.noun} unpacks to more than {limits.most_bytes >> 20} MiB.")
    if unpacked > max(_RATIO_FROM_BYTES, _MOST_RATIO * size_bytes):
        raise Rejected(f"The {limits.noun} unpacks to more than {_MOST_RATIO} times its size.")
    if sum(member.compress_size for member in found.values()) > size_bytes:
        raise Rejected(f"The {limits.noun}'s files overlap.")
    _check_offsets(list(found.values()), limits)
    return found


def folded(name: str) -> str:
    """Return the name under which a file system that folds case, accents and `./` keeps a file."""
    return str(PurePosixPath(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())))


def shown(name: str) -> str:
    """Return a member's name as it may stand in a reason."""
    return repr("".join(character for character in name if character.isprintable())[-80:])


def _check(member: zipfile.ZipInfo, limits: Limits) -> None:
    path, name, noun = PurePosixPath(member.filename), shown(member.filename), limits.noun
    if (
        member.filename.startswith("/")
        or "\\" in member.filename
        or ":" in member.filename
        or ".." in path.parts
        or len(path.parts) > _MOST_DEPTH
    ):
        raise Rejected(f"The {noun} has a file with a forbidden path: {name}.")
    if any(ord(character) < 32 for character in member.filename):
        raise Rejected(f"The {noun} has a file with a forbidden name: {name}.")
    mode = member.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        raise Rejected(f"The {noun} has a link or a special file: {name}.")
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
        raise Rejected(f"The {noun} has a file that is encrypted or packed in an unusual way: {name}.")
    if member.file_size > limits.most_member_bytes:
        raise Rejected(f"The {noun} has a file of more than {limits.most_member_bytes >> 20} MiB: {name}.")
    if member.file_size > max(_RATIO_FROM_BYTES, member.compress_size * _MOST_RATIO):
        raise Rejected(f"The {noun} has a file that unpacks to far more than it is: {name}.")


def _check_offsets(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Reject members that share bytes, as in bombs that unpack one kernel often (Fifield 2019, "A better zip bomb")."""
    ordered = sorted(members, key=lambda member: member.header_offset)
    for first, second in pairwise(ordered):
        if first.header_offset + 30 + first.compress_size > second.header_offset:
            raise Rejected(f"The {limits.noun}'s files overlap: {shown(second.filename)}.")


def read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> bytes:
    """Unpack a member no further than it says it is; raises Rejected for one that is broken."""
    try:
        with archive.open(member) as file:
            data = file.read(member.file_size + 1)
    except BROKEN:
        data = None
    if data is None or len(data) != member.file_size:
        raise Rejected(f"The {limits.noun} is broken at {shown(member.filename)}.")
    return data
