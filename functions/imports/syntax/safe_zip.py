"""Archives from outside: measured while they are unpacked, whatever they say of themselves."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from functions.imports.syntax.limits import MEBIBYTE, MOST_ENTRIES, MOST_RATIO, MOST_UNPACKED_BYTES, Unreadable

_CHUNK_BYTES = 1 << 16
_ENCRYPTED = 0x1
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    UnicodeError,
)


class Archive:
    """The entries of a zip, read in pieces; every read is counted against what the whole archive may unpack to."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        self._left = MOST_UNPACKED_BYTES
        self.names = list(dict.fromkeys(entry.filename for entry in opened.infolist() if not entry.is_dir()))

    def pieces(self, name: str) -> Iterator[bytes]:
        """Unpack an entry piece by piece; raises Unreadable when it is broken, encrypted or grows too large."""
        entry = self._zip.getinfo(name)
        if entry.flag_bits & _ENCRYPTED:
            raise Unreadable("The archive is protected by a password.")
        unpacked = 0
        try:
            with self._zip.open(entry) as file:
                while piece := file.read(_CHUNK_BYTES):
                    unpacked += len(piece)
                    self._left -= len(piece)
                    if self._left < 0 or unpacked > max(MEBIBYTE, MOST_RATIO * entry.compress_size):
                        raise Unreadable("The archive unpacks to far more than it is.")
                    yield piece
        except _BROKEN:
            raise Unreadable(f"The archive is broken at {name[:100]!r}.") from None

    def read(self, name: str, most_bytes: int) -> bytes:
        """Unpack a whole entry of at most so many bytes."""
        body = bytearray()
        for piece in self.pieces(name):
            body += piece
            if len(body) > most_bytes:
                raise Unreadable(f"{name[:100]!r} in the archive has more than {most_bytes} bytes.")
        return bytes(body)

    def find(self, name: str, most_bytes: int) -> bytes | None:
        """Unpack a whole entry as `read` does; None for one that is not there or can not be read."""
        if name not in self.names:
            return None
        try:
            return self.read(name, most_bytes)
        except Unreadable:
            return None


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a zip; raises Unreadable for no zip, for too many entries and for entries that name places outside of it."""
    try:
        file = zipfile.ZipFile(path)
    except _BROKEN:
        raise Unreadable("The file is no zip archive.") from None
    with file:
        if len(file.infolist()) > MOST_ENTRIES:
            raise Unreadable(f"The archive has more than {MOST_ENTRIES} entries.")
        for entry in file.infolist():
            place = PurePosixPath(entry.filename.replace("\\", "/"))
            if place.is_absolute() or ".." in place.parts or ":" in entry.filename:
                raise Unreadable("The archive names places outside of itself.")
        yield Archive(file)


def repack(path: Path, target: Path, changed: Callable[[str, Iterator[bytes]], Iterator[bytes]]) -> None:
    """Write an archive anew, uncompressed, measured and changed by name, for a reader that does not measure."""
    with opened(path) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as out:
        for name in archive.names:
            with out.open(name, "w") as entry:
                for piece in changed(name, archive.pieces(name)):
                    entry.write(piece)
