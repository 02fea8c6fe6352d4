"""What a text file is written in: said by its mark, proved by clean UTF-8, chosen by its owner, or guessed and told."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from functions.imports.syntax.limits import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHOICES = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1256",
    "iso8859-1", "iso8859-2", "iso8859-15", "mac-roman", "cp437", "cp850", "shift_jis", "gb18030", "big5", "euc-kr",
)  # fmt: skip
NAMES = frozenset(_CHOICES)
"""The encodings that an owner may choose."""
_LIKELY = [
    "cp1252", "cp1250", "cp1251", "cp1254", "iso8859-15", "mac_roman", "cp437", "cp850", "shift_jis", "gb18030", "big5",
    "euc_kr",
]  # fmt: skip
_HEAD_BYTES = 4096
_GUESSED_BYTES = 1 << 18
_ZEROS_SHARE = 0.3
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_STRAY_PER_SEQUENCE = 3
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_SAMPLE_MARGIN, _MOST_SAMPLE = 30, 200


@dataclass(frozen=True)
class Encoding:
    """An encoding, how sure it is (0 to 1), and a piece of the text with characters that tell."""

    name: str
    confidence: float
    sample: str = ""


def encoding_of(path: Path, chosen: str | None = None) -> Encoding:
    """Find what a file is written in.

    Raises Unreadable, with the line, for a file that is UTF-8 but for a few bytes, and for one that is not in the
    chosen encoding.
    """
    data = path.read_bytes()
    if chosen:
        return Encoding(chosen, 1, _sample(_decoded(data, chosen)))
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Encoding(name, 1, _sample(_decoded(data, name)))
    if wide := _wide(data[:_HEAD_BYTES]):
        return Encoding(wide, 1, _sample(_decoded(data, wide)))
    try:
        return Encoding("utf-8", 1, _sample(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        if len(_SEQUENCE.findall(data)) >= _STRAY_PER_SEQUENCE * _strays(data):
            raise _stray(data, "UTF-8", error) from None
    return _guessed(data)


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise _stray(data, name.upper(), error) from None


def _stray(data: bytes, name: str, error: UnicodeDecodeError) -> Unreadable:
    line = data.count(b"\n", 0, error.start) + 1
    return Unreadable(
        f"Line {line} holds a byte that is not {name} (0x{data[error.start]:02X}); mend it or choose the encoding."
    )


def _strays(data: bytes) -> int:
    return sum(1 for byte in _SEQUENCE.sub(b"", data) if byte > 0x7F)


def _wide(head: bytes) -> str | None:
    """Name UTF-16 without a mark, by the zeros of its Latin letters."""
    pairs = len(head) // 2
    if not pairs:
        return None
    first, second = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if second > _ZEROS_SHARE * pairs and first == 0:
        return "utf-16-le"
    return "utf-16-be" if first > _ZEROS_SHARE * pairs and second == 0 else None


def _guessed(data: bytes) -> Encoding:
    from charset_normalizer import from_bytes

    found = from_bytes(data[:_GUESSED_BYTES], cp_isolation=_LIKELY)
    best = min(found, key=lambda match: (round(match.chaos, 1), -round(match.coherence, 1), _rank(match)), default=None)
    name = _LIKELY[_rank(best)] if best is not None and _rank(best) < len(_LIKELY) else "cp1252"
    confidence = round(max(0.0, min(0.99, best.coherence * (1 - best.chaos))), 2) if best is not None else 0.0
    return Encoding(name, confidence, _sample(_decoded(data, name)))


def _rank(match: Any) -> int:
    """Prefer what is more common where texts of few letters leave several open."""
    return next((rank for rank, name in enumerate(_LIKELY) if name in match.could_be_from_charset), len(_LIKELY))


def _sample(text: str) -> str:
    """Cut out the pieces around the first characters beyond ASCII."""
    pieces: list[str] = []
    end = 0
    for found in _FOREIGN.finditer(text):
        if found.start() < end:
            continue
        end = found.end() + _SAMPLE_MARGIN
        pieces.append(" ".join(text[max(0, found.start() - _SAMPLE_MARGIN) : end].split()))
        if sum(map(len, pieces)) > _MOST_SAMPLE:
            break
    return " … ".join(pieces)[:_MOST_SAMPLE]
