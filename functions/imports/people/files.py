"""Files of accounts as rows by field: tables with a header, and OneRoster's zip of CSV files.

OneRoster: 1EdTech OneRoster 1.1 and 1.2, CSV binding. People are taken with the name of their organisation and their
role (1.1: in `users.csv`; 1.2: the primary one of `roles.csv`), and classes with their terms and who is in them.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lyceum.kit.values.spreadsheet import restored

from functions.imports.formats.tables import SpoiltCell, read_cells_of_xlsx
from functions.imports.people.schemas import Person
from functions.imports.rosters import tables
from functions.imports.rosters.tables import Roster
from functions.imports.syntax import safe_zip
from functions.imports.syntax.encodings import encoding_of
from functions.imports.syntax.limits import MEBIBYTE, Unreadable

MOST_PEOPLE = 5_000
_SYNONYMS = {
    "given_name": "first_name", "firstname": "first_name", "forename": "first_name", "family_name": "last_name",
    "lastname": "last_name", "surname": "last_name", "e_mail": "email", "mail": "email", "email_address": "email",
    "user_name": "username", "login": "username", "mobile": "phone", "phone_number": "phone", "sms": "phone",
    "sourced_id": "school_id", "student_id": "school_id", "id": "school_id", "identifier": "school_id",
    "grade": "grade_level", "grades": "grade_level", "class": "grade_level", "lang": "language",
}  # fmt: skip
_ROLES = {
    "teacher": "instructor", "aide": "instructor", "proctor": "instructor", "educator": "instructor",
    "pupil": "student", "learner": "student",
}  # fmt: skip
_FIELDS = frozenset(Person.model_fields)
_GONE = "tobedeleted"
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,29}")
_MOST_FILE_BYTES = 50 * MEBIBYTE
_TABLES = ("orgs", "users", "roles", "academicSessions", "courses", "classes", "enrollments")
Row = dict[str, Any]


@dataclass
class Wrong:
    """What is wrong in a row, by the field."""

    row: int
    field: str
    message: str


@dataclass
class People:
    """What a file says: who is right, what is wrong, the classes with those who are in them, and notes on what."""

    rows: list[tuple[int, Person]] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    roster: Roster = field(default_factory=Roster)
    notes: list[tuple[str, str]] = field(default_factory=list)


def read(path: Path, form: str, encoding: str | None = None, *, is_tried: bool = True) -> People:
    """Read a file, in a chosen encoding or the one it is in.

    Raises Unreadable for one that is none of its format, and, unless it is only tried, for one whose encoding would be
    guessed: names that are read wrong look right to nobody but those who bear them.
    """
    people = People()
    if form == "oneroster":
        rows = _oneroster(path, people)
    elif form == "rest":
        told = json.loads(path.read_bytes())
        people.roster = tables.read(told, is_whole=told["isWhole"])
        rows = _of_tables(told)
    else:
        cells = _text_table(path, people, encoding, is_tried) if form == "csv" else read_cells_of_xlsx(path)
        rows = _table(cells, people)
    known: dict[str, int] = {}
    for number, row in rows:
        if len(people.rows) + len(people.wrong) >= MOST_PEOPLE:
            raise Unreadable(f"A file may have {MOST_PEOPLE} people at most.")
        _take(people, number, row, known)
    if not people.rows and not people.wrong and form != "rest":
        raise Unreadable("The file names nobody.")
    return people


def _take(people: People, number: int, row: Row, known: dict[str, int]) -> None:
    spoilt = [Wrong(number, name, cell.told()) for name, cell in row.items() if isinstance(cell, SpoiltCell)]
    if spoilt:
        people.wrong += spoilt
        return
    try:
        person = Person.model_validate({name: value for name, value in row.items() if value not in ("", None)})
    except ValidationError as error:
        for each in error.errors()[:5]:
            message = each["msg"].removeprefix("Value error, ")
            people.wrong.append(Wrong(number, str(each["loc"][0]) if each["loc"] else "row", message))
        return
    names = [(name, getattr(person, name)) for name in ("school_id", "username", "email", "phone")]
    for name, value in names:
        if value and f"{name}:{value.casefold()}" in known:
            people.wrong.append(Wrong(number, name, f"Row {known[f'{name}:{value.casefold()}']} names it too."))
            return
    known |= {f"{name}:{value.casefold()}": number for name, value in names if value}
    people.rows.append((number, person))


def _text_table(path: Path, people: People, chosen: str | None, is_tried: bool) -> Iterator[list[str]]:
    found = encoding_of(path, chosen)
    if found.confidence < 1:
        told = f"{found.name} (sure by {found.confidence} of 1): {found.sample}"
        if not is_tried:
            raise Unreadable(f"Name the table's `encoding` to have it written; it is not UTF-8, and may be {told}")
        people.notes.append(("encoding", f"The table is not UTF-8 and was read as {told}"))
    return _csv(path.read_bytes().decode(found.name).removeprefix("\ufeff"))


def _csv(text: str) -> Iterator[list[str]]:
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    try:
        yield from (
            [restored(cell.strip()) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=separator)
        )
    except csv.Error as error:
        raise Unreadable(f"The table can not be read: {error}.") from None


def _table(rows: Iterable[list[str]], people: People) -> Iterator[tuple[int, Row]]:
    header: list[str] | None = None
    for number, cells in enumerate(rows, 1):
        if not any(cells):
            continue
        if header is None:
            header = _header(cells, people)
            continue
        if any(cells[len(header) :]):
            people.wrong.append(Wrong(number, "row", "The row has more cells than the header."))
            continue
        row = {name: cell for name, cell in zip(header, cells, strict=False) if name in _FIELDS}
        yield number, _plain(row)


def _header(cells: list[str], people: People) -> list[str]:
    """Read the names of the columns, and note those that say nothing here."""
    header = [_field(title) for title in cells]
    if not {"first_name", "last_name"} <= set(header):
        raise Unreadable("The header has to name first_name and last_name.")
    twice = [name for name, count in Counter(header).items() if count > 1 and name in _FIELDS]
    if twice:
        raise Unreadable(f"Several columns name the {twice[0]}.")
    unread = [title.strip()[:60] for title, name in zip(cells, header, strict=True) if name not in _FIELDS | {""}]
    if unread:
        people.notes.append(("columns", f"Not read: {', '.join(unread[:20])}."))
    return header


def _field(title: str) -> str:
    name = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", title.strip())
    name = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return _SYNONYMS.get(name, name)


def _plain(row: Row) -> Row:
    if row.get("role"):
        given = str(row["role"]).strip().lower()
        row["role"] = _ROLES.get(given, given)
    if isinstance(row.get("is_leaving"), str):
        row["is_leaving"] = row["is_leaving"].strip().lower() in {"true", "yes", "y", "1"}
    return row


def _oneroster(path: Path, people: People) -> Iterator[tuple[int, Row]]:
    with safe_zip.opened(path) as archive:
        files = {Path(name).name.lower(): name for name in archive.names}
        if "users.csv" not in files:
            raise Unreadable("The package holds no users.csv.")

        def rows_of(name: str) -> list[dict[str, str]]:
            if name not in files:
                return []
            return _records(name, archive.read(files[name], _MOST_FILE_BYTES))

        version = {row.get("propertyName", ""): row.get("value", "") for row in rows_of("manifest.csv")}
        told = version.get("oneroster.version", "1.1")
        if told not in {"1.1", "1.2"}:
            raise Unreadable(f"This is OneRoster {told[:10]}; 1.1 and 1.2 can be read.")
        told_of = {name: rows_of(f"{name.lower()}.csv") for name in _TABLES}
        is_whole = "delta" not in {version.get("file.classes"), version.get("file.enrollments")}
        people.roster = tables.read(told_of, is_whole=is_whole)
    yield from _of_tables(told_of)


def _of_tables(told: Mapping[str, Any]) -> Iterator[tuple[int, Row]]:
    orgs = {row.get("sourcedId", ""): row for row in told["orgs"]}
    roles = _primary_roles(told["roles"])
    for number, row in enumerate(told["users"], 2):
        yield number, _of_oneroster(row, roles, orgs)


def _records(name: str, body: bytes) -> list[dict[str, str]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"Line {line} of {name} is not written in UTF-8, as OneRoster has it.") from None
    rows = [cells for cells in _csv(text) if any(cells)]
    return [dict(zip(rows[0], cells, strict=False)) for cells in rows[1:]] if rows else []


def _primary_roles(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        user = row.get("userSourcedId", "")
        if row.get("status", "").lower() != _GONE and (user not in found or row.get("roleType") == "primary"):
            found[user] = row
    return found


def _of_oneroster(row: Mapping[str, str], roles: Mapping[str, Any], orgs: Mapping[str, Any]) -> Row:
    own = roles.get(row.get("sourcedId", ""), {})
    org = own.get("orgSourcedId") or row.get("primaryOrgSourcedId") or row.get("orgSourcedIds", "").partition(",")[0]
    is_active = row.get("status", "").lower() != _GONE and row.get("enabledUser", "true").strip().lower() != "false"
    username = row.get("username", "")
    phone = row.get("sms") or row.get("phone") or ""
    return _plain(
        {
            "first_name": row.get("givenName", ""),
            "last_name": row.get("familyName", ""),
            "role": own.get("role") or row.get("role") or "student",
            "username": username if _USERNAME.fullmatch(username) else "",
            "email": row.get("email", ""),
            "phone": phone if phone.startswith("+") else "",
            "school_id": row.get("sourcedId", ""),
            "grade_level": row.get("grades", "").partition(",")[0],
            "school": str(orgs.get(org.strip(), {}).get("name", "")),
            "is_leaving": not is_active,
        }
    )
