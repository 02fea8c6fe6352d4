"""What `User.profile` and `User.preferences` hold: the fields of each role, and what a user chose."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from lyceum.kit import clock
from lyceum.kit.errors import Detail
from lyceum.kit.http.schemas import Id
from lyceum.kit.tenancy import directory
from lyceum.kit.values.countries import Country
from lyceum.kit.values.text import Line, sanitise
from lyceum.model.users.account import User

ADULT_YEARS = 18
_EARLIEST_BIRTH = date(1900, 1, 1)


def _born(day: date) -> date:
    if not _EARLIEST_BIRTH <= day < clock.now().date():
        raise ValueError("a birth date lies between 1900 and today")
    return day


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, a path out of the database, a folder of it
        raise ValueError("this is no IANA time zone, such as Africa/Lagos") from None
    return name


_LINK = re.compile(r"://|/|@|\\|\bwww\b|\w\.\w{2,}", re.IGNORECASE)
"""What mail programs make a link of: an address of any kind, or two words with a dot and no space between."""


def _no_link(name: str) -> str:
    if _LINK.search(name):
        raise ValueError("a name holds no web or e-mail address; write a space after a dot")
    return name


PersonName = Annotated[Line, AfterValidator(_no_link)]
"""A first or last name, which stands in mails to others and so must not become a link there."""
BirthDate = Annotated[date, AfterValidator(_born)]
TimeZone = Annotated[
    str,
    StringConstraints(min_length=1, max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$"),
    AfterValidator(_known_zone),
]
"""A time zone by its name in the IANA database."""
Lines = Annotated[list[Line], Field(max_length=20)]
Prose = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True), AfterValidator(sanitise)]


class _Stored(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, defer_build=True)


class _Member(_Stored):
    """Where somebody belongs, if they like to say so: by ids of the catalogue, and in which country."""

    university_id: Id | None = None
    department_id: Id | None = None
    country: Country | None = None


class StudentFields(_Member):
    """What a student tells of themself."""

    grade_level: Line | None = None
    school: Line | None = None
    district: Line | None = None
    birth_date: BirthDate | None = None


class InstructorFields(_Member):
    """What an instructor tells of themself."""

    qualification: Line | None = None
    subjects: Lines | None = None
    experience_years: Annotated[int, Field(ge=0, le=80)] | None = None
    institution: Line | None = None


class MentorFields(_Member):
    """What a mentor tells of themself."""

    expertise: Lines | None = None
    availability: Line | None = None
    background: Prose | None = None


class AnyFields(StudentFields, InstructorFields, MentorFields):
    """Fields as somebody sends them; which of them are a role's own is asked by `fields_of_other_roles`."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


FIELDS: dict[str, type[_Stored]] = {"student": StudentFields, "instructor": InstructorFields, "mentor": MentorFields}
"""The fields of each role that has any."""


def fields_of_other_roles(role: str, fields: AnyFields) -> list[Detail]:
    """Name the fields that were sent and belong to another role, for a refusal."""
    own = FIELDS[role].model_fields if role in FIELDS else {}
    return [
        Detail(f"profile.{declared.alias}", f"This is a field of the role {owner}.")
        for owner, other in FIELDS.items()
        for name, declared in other.model_fields.items()
        if name in fields.model_fields_set and name not in own
    ]


def is_minor(user: User) -> bool:
    """Say whether a user counts as a minor: a student under 18 today.

    Whose birth date is not known counts as their tenant says: in a school as a minor, in a university as an adult.
    """
    if user.role != "student":
        return False
    born = StudentFields.model_validate(user.profile).birth_date
    if born is None:
        return directory.counts_as_minor_when_unknown()
    return _is_under_age(born)


def is_known_minor(user: User) -> bool:
    """Say whether a user gave a birth date by which they are under 18 today."""
    born = StudentFields.model_validate(user.profile).birth_date
    return born is not None and _is_under_age(born)


def _is_under_age(born: date) -> bool:
    today = clock.now().date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < ADULT_YEARS


class Privacy(_Stored):
    """What others in the tenant see of a user; nobody but the user and admins sees e-mail address and birth date."""

    profile: Literal["members", "private"] = "members"
    show_last_name: bool = True
    show_school: bool = True
    show_statistics: bool = True


ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
DayPart = Literal["morning", "afternoon", "evening", "night"]
STUDY_TIMES: dict[DayPart, str] = {"morning": "08:00", "afternoon": "14:00", "evening": "19:00", "night": "21:00"}
"""The study time that goes with a part of the day, where none was chosen by the clock."""
Ways = Literal["email", "push", "sms"]
_WAYS: tuple[Ways, ...] = ("email", "push", "sms")


class Preferences(_Stored):
    """What a user chose; `study_time` is by the clock of the user's time zone.

    - `preferred_study_time`: the part of the day that it stands for, where it was chosen so.
    - `email_notifications`, `push_notifications`, `sms_notifications`: whether messages come this way at all.
    """

    notifications: bool = True
    email_notifications: bool = True
    push_notifications: bool = True
    sms_notifications: bool = True
    study_time: ClockTime | None = None
    preferred_study_time: DayPart | None = None
    weekly_goal_hours: Annotated[int, Field(ge=1, le=100)] | None = None
    low_bandwidth: bool = False
    privacy: Privacy = Privacy()

    @classmethod
    def of(cls, user: User) -> Self:
        """Read a user's choices; what was never chosen has its default."""
        return cls.model_validate(user.preferences)

    @classmethod
    def stored(cls, chosen: dict[str, Any]) -> dict[str, Any]:
        """Return choices as an account keeps them: those that were made, and nothing else."""
        return cls(**chosen).model_dump(mode="json", by_alias=True, exclude_none=True, include=set(chosen))

    def takes(self, way: Ways) -> bool:
        """Say whether messages may come this way."""
        return self.notifications and bool(getattr(self, f"{way}_notifications"))


class OtherWords(BaseModel):
    """Choices in the words of other products; the account keeps them as `Preferences`.

    - `preferredStudyTime`: a part of the day, or HH:MM.
    - `weeklyLearningGoal`: minutes a week; kept in hours, rounded up.
    - `notificationPreference`: the only way that messages may come, `all` or `none`.
    """

    preferred_study_time: DayPart | ClockTime | None = None
    weekly_learning_goal: Annotated[int, Field(ge=1, le=6000)] | None = None
    notification_preference: Literal["all", "email", "push", "sms", "none"] | None = None
    email_notifications: bool | None = None
    push_notifications: bool | None = None
    sms_notifications: bool | None = None

    def in_own_words(self) -> dict[str, Any]:
        """Return what was chosen by the names of `Preferences`."""
        chosen: dict[str, Any] = {}
        if self.preferred_study_time in STUDY_TIMES:
            chosen["preferred_study_time"] = self.preferred_study_time
            chosen["study_time"] = STUDY_TIMES[self.preferred_study_time]
        elif self.preferred_study_time:
            chosen |= {"study_time": self.preferred_study_time, "preferred_study_time": None}
        if self.weekly_learning_goal:
            chosen["weekly_goal_hours"] = -(-self.weekly_learning_goal // 60)
        if self.notification_preference:
            only = self.notification_preference
            chosen["notifications"] = only != "none"
            chosen |= {f"{way}_notifications": only in {"all", way} for way in _WAYS} if only != "none" else {}
        given = {f"{way}_notifications": getattr(self, f"{way}_notifications") for way in _WAYS}
        return chosen | {name: value for name, value in given.items() if value is not None}


def shown_name(user: User) -> str:
    """Return the name by which others know somebody who shows who they are, as their privacy says."""
    return (
        f"{user.first_name} {user.last_name}" if Preferences.of(user).privacy.show_last_name else str(user.first_name)
    )
