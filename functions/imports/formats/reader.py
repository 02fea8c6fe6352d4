"""From a file to drafts, whatever its format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from functions.imports.formats import aiken, gift, moodle_xml, qti, tables
from functions.imports.formats.drafts import Draft
from functions.imports.formats.limits import Unreadable

_TEXTS = {"gift": gift.read, "aiken": aiken.read}
_TABLES = {"csv": tables.read_csv, "xlsx": tables.read_xlsx}


@dataclass
class Reading:
    """The drafts of a file, and of a table its header and the columns that were recognised, by field."""

    drafts: Iterator[Draft]
    header: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)


def read(path: Path, kind: str, named: Mapping[str, str]) -> Reading:
    """Open a file of a format; raises Unreadable at once or on the way."""
    if kind in _TABLES:
        table = _TABLES[kind](path, named)
        return Reading(
            table.drafts(), table.header, {name: table.header[position] for position, name in table.fields.items()}
        )
    if kind in _TEXTS:
        return Reading(_texts(path, kind))
    return Reading(qti.read(path) if kind == "qti" else _xml(path))


def _texts(path: Path, kind: str) -> Iterator[Draft]:
    with path.open(encoding=tables.encoding_of(path), errors="strict") as file:
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
