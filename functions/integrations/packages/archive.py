"""Single files of a packed package, each read from storage by its range of bytes."""

import io
import struct
import zipfile
import zlib
from collections import OrderedDict
from typing import Any

from lyceum.kit.aws import clients
from lyceum.kit.errors import NotFound
from lyceum.kit.frozen import frozen
from lyceum.kit.settings import settings

_TAIL_BYTES = 64 * 1024
_HEADER_BYTES = 30
_MOST_KNOWN = 16
_GZIP_START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@frozen
class Member:
    """A file of a package: where its packed bytes begin at the earliest, how many there are, and of what sum."""

    name: str
    header_at: int
    packed_bytes: int
    size_bytes: int
    crc: int
    is_deflated: bool


Members = dict[str, Member]
_known: OrderedDict[str, Members] = OrderedDict()
"""What is in archives; an archive of a key never changes."""


def forget() -> None:
    """Forget what is known, as a new process does."""
    _known.clear()


def members(key: str) -> Members:
    """Return the files of an archive by their names (1 or 2 requests to storage, none while it is known)."""
    if key not in _known:
        _known[key] = _listed(key)
        if len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    _known.move_to_end(key)
    return _known[key]


def data(key: str, member: Member, start: int = 0, most: int | None = None) -> bytes:
    """Return bytes of a file: of one that is packed all of them, else from `start` on, `most` of them."""
    raw = _packed(key, member, start, most)
    return zlib.decompress(raw, -zlib.MAX_WBITS) if member.is_deflated else raw


def as_gzip(key: str, member: Member) -> bytes:
    """Return a packed file as browsers unpack it (RFC 1952), without unpacking it here."""
    ending = struct.pack("<II", member.crc, member.size_bytes & 0xFFFFFFFF)
    return _GZIP_START + _packed(key, member, 0, None) + ending


def _packed(key: str, member: Member, start: int, most: int | None) -> bytes:
    """Return packed bytes. Archives are written here, so headers are followed by the name and nothing else."""
    first = member.header_at + _HEADER_BYTES + len(member.name.encode()) + start
    count = member.packed_bytes - start if most is None else min(most, member.packed_bytes - start)
    return _range(key, f"bytes={first}-{first + count - 1}") if count > 0 else b""


def _range(key: str, which: str) -> bytes:
    with _asked("get_object", key, Range=which)["Body"] as body:
        return bytes(body.read())


def _asked(operation: str, key: str, **more: str) -> dict[str, Any]:
    """Ask storage for an archive; raises NotFound for one that was removed, which may look like one that is closed."""
    try:
        answer: dict[str, Any] = getattr(clients.client("s3"), operation)(Bucket=settings().bucket, Key=key, **more)
    except Exception as error:
        if clients.error_code(error) in {"NoSuchKey", "404", "403", "AccessDenied"}:
            _known.pop(key, None)
            raise NotFound("This package was removed.") from None
        raise
    return answer


def _listed(key: str) -> Members:
    """Read the directory at an archive's end."""
    size = int(_asked("head_object", key)["ContentLength"])
    tail_bytes = min(size, _TAIL_BYTES)
    tail = _range(key, f"bytes=-{tail_bytes}")
    begins = _directory_at(tail)
    if begins < size - tail_bytes:
        tail = _range(key, f"bytes={begins}-")
    padded = _Tail(tail, size)
    with zipfile.ZipFile(padded) as archive:
        return {
            each.filename: Member(
                each.filename,
                each.header_offset,
                each.compress_size,
                each.file_size,
                each.CRC,
                each.compress_type == zipfile.ZIP_DEFLATED,
            )
            for each in archive.infolist()
        }


def _directory_at(tail: bytes) -> int:
    """Return where the central directory begins, as the record at the end says (APPNOTE 4.3.16)."""
    end = tail.rfind(b"PK\x05\x06")
    return int(struct.unpack_from("<I", tail, end + 16)[0])


class _Tail(io.RawIOBase):
    """An archive of which only the end is at hand; nothing before it is ever read."""

    def __init__(self, tail: bytes, size: int) -> None:
        super().__init__()
        self._tail, self._size, self._at = tail, size, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        start = self._at - (self._size - len(self._tail))
        if start < 0:
            raise zipfile.BadZipFile("outside of what is at hand")
        found = self._tail[start:] if size is None or size < 0 else self._tail[start : start + size]
        self._at += len(found)
        return found
