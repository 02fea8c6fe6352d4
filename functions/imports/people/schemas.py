"""What callers of the import of accounts send, and what a row of a file may say."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints, model_validator

from lyceum.kit.http import Request
from lyceum.kit.values.text import Line
from lyceum.messages.catalogue import Language
from lyceum.rules.profiles import PersonName
from lyceum.rules.sign_in_names import Phone, Username

from functions.imports.schemas import ChosenEncoding
from functions.imports.syntax.limits import INLINE_BYTES

_BASE64_CHARACTERS = -(-INLINE_BYTES // 3) * 4
PeopleFormat = Literal["csv", "xlsx", "oneroster"]
GivenRole = Literal["student", "mentor", "instructor"]
SchoolId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$")]


class AskPeopleImport(Request):
    """A file of accounts.

    - `format`: a table with a header (CSV, workbook), or a zip of CSV files (OneRoster 1.1 or 1.2).
    - `text`, `base64`: the file, up to 1 MiB.
    - `dryRun`: false writes; by default it is only told what would happen.
    - `suspendLeavers`: whether students that an earlier file brought and this one lacks are suspended.
    - `language`: of accounts whose row names none.
    - `encoding`: what a CSV is written in, such as `cp1250`; one that is guessed is told by a dry run, not written.
    """

    format: PeopleFormat
    text: Annotated[str, Field(min_length=1, max_length=INLINE_BYTES)] | None = None
    base64: Annotated[str, Field(min_length=4, max_length=_BASE64_CHARACTERS)] | None = None
    dry_run: bool = True
    suspend_leavers: bool = False
    language: Language = "en"
    encoding: ChosenEncoding | None = None

    @model_validator(mode="after")
    def check_one_source(self) -> "AskPeopleImport":
        """Refuse a file that is given twice or not at all, and text of what is none."""
        if (self.text is None) == (self.base64 is None):
            raise ValueError("give exactly one of text and base64")
        if self.text is not None and self.format != "csv":
            raise ValueError("this format is not text: give base64")
        return self


class Person(BaseModel, defer_build=True):
    """A row of a file, valid.

    - `school_id`: the id by which the next file knows the person again (`sourcedId` of OneRoster).
    - `is_leaving`: the file says that the person is not there any more.
    """

    model_config = ConfigDict(str_strip_whitespace=True)

    first_name: PersonName
    last_name: PersonName
    role: Annotated[GivenRole, Field(default="student")]
    username: Username | None = None
    email: EmailStr | None = None
    phone: Phone | None = None
    school_id: SchoolId | None = None
    language: Language | None = None
    grade_level: Line | None = None
    school: Line | None = None
    is_leaving: bool = False

    @model_validator(mode="after")
    def check_name(self) -> "Person":
        """Refuse somebody whom no sign-in name tells from others."""
        if not (self.username or self.email or self.phone or self.school_id):
            raise ValueError("a row names a username, an email, a phone or a school_id")
        return self
