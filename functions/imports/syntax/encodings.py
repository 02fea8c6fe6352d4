"""What a text file is written in: said by its mark, proved by clean UTF-8, chosen by its owner, or guessed and told."""

import codecs
import re
import unicodedata
from pathlib import Path

from lyceum.kit.frozen import frozen

from functions.imports.syntax.guessing import LIKELY, guess
from functions.imports.syntax.limits import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PROVED = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_NEVER_GUESSED = ("iso8859-1", "iso8859-3", "iso8859-4", "iso8859-9", "iso8859-10", "iso8859-14", "cp862", "cp864")
NAMES = frozenset({*_PROVED, *LIKELY, *_NEVER_GUESSED})
"""The encodings that an owner may choose."""
_HEAD_BYTES = 4096
_LEAST_ZEROS = 0.01
_MOST_OF = 0.9
_TIMES = 4
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_SAMPLE_MARGIN, _MOST_SAMPLE = 30, 200


@frozen
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
    if b"\0" in data:
        raise Unreadable("This is no text file.")
    try:
        return Encoding("utf-8", 1, _sample(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        if len(_SEQUENCE.findall(data)) >= _strays(data):
            raise _stray(data, "UTF-8", error) from None
    name, confidence = guess(data)
    return Encoding(name, confidence, _sample(_decoded(data, name)))


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
    """Name UTF-16 or UTF-32 without a mark, by the places of the zeros that every space and line break has in it."""
    zeros = [head[place::4].count(0) for place in range(4)]
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if even + odd < _LEAST_ZEROS * len(head):
        return None
    if min(zeros[2], zeros[3]) > _MOST_OF * (len(head) // 4):
        name = "utf-32-le"
    elif min(zeros[0], zeros[1]) > _MOST_OF * (len(head) // 4):
        name = "utf-32-be"
    elif max(even, odd) < _TIMES * min(even, odd):
        return None
    else:
        name = "utf-16-le" if odd > even else "utf-16-be"
    return name if _is_text(head, name) else None


def _is_text(head: bytes, name: str) -> bool:
    try:
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return False
    return not any(unicodedata.category(each) in _NO_TEXT for each in text if each not in "\t\r\n\f\v")


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
