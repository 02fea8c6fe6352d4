"""From a file to drafts, whatever its format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from functions.imports.formats import aiken, gift, moodle_xml, tables
from functions.imports.formats.qti import package as qti
from functions.imports.syntax import encodings, rich_text
from functions.imports.syntax.drafts import Draft
from functions.imports.syntax.encodings import Encoding
from functions.imports.syntax.limits import Unreadable

_TEXTS = {"gift": gift.read, "aiken": aiken.read}
_TABLES = frozenset({"csv", "xlsx"})
_ENCODED = frozenset({"csv", *_TEXTS})


@dataclass
class Reading:
    """The drafts of a file, and what is known of it before they are read.

    Attributes:
        header: The first row of a table.
        columns: The columns of a table that were recognised, by field.
        encoding: What a text or table is written in.
    """

    drafts: Iterator[Draft]
    header: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    encoding: Encoding | None = None


def read(path: Path, kind: str, named: Mapping[str, str], chosen: str | None = None) -> Reading:
    """Open a file of a format, in a chosen encoding or the one it is in; raises Unreadable at once or on the way."""
    reading = _opened(path, kind, named, encodings.encoding_of(path, chosen) if kind in _ENCODED else None)
    reading.drafts = map(rich_text.keep, reading.drafts)
    return reading


def _opened(path: Path, kind: str, named: Mapping[str, str], encoding: Encoding | None) -> Reading:
    if kind in _TABLES:
        table = tables.read_csv(path, named, encoding.name) if encoding else tables.read_xlsx(path, named)
        return Reading(
            table.drafts(),
            table.header,
            {name: table.header[position] for position, name in table.fields.items()},
            encoding,
        )
    if encoding:
        return Reading(_texts(path, kind, encoding.name), encoding=encoding)
    return Reading(qti.read(path) if kind == "qti" else _xml(path))


def _texts(path: Path, kind: str, encoding: str) -> Iterator[Draft]:
    with path.open(encoding=encoding, errors="strict") as file:
        try:
            yield from _TEXTS[kind](_checked(file))
        except UnicodeError:
            raise Unreadable("The text is in no encoding that is known here; save it as UTF-8.") from None


def _checked(file: TextIO) -> TextIO:
    if "\0" in file.read(1024):
        raise Unreadable("This is no text file.")
    file.seek(0)
    return file


def _xml(path: Path) -> Iterator[Draft]:
    with path.open("rb") as file:
        yield from moodle_xml.read(file)
