"""Profiles as their owners see them, and the small acts on an account that two domains share."""

from typing import Any, Literal

from lyceum.kit import clock
from lyceum.kit.aws import links
from lyceum.kit.errors import NotFound
from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.model.users.account import User
from lyceum.rules.profiles import InstructorFields, MentorFields, Preferences, StudentFields

Status = Literal["active", "suspended", "deleted"]


class Picture(Schema):
    """One size of an avatar, a square WebP that may be fetched from `url` for an hour."""

    name: str
    width: int
    height: int
    url: str


class StudentProfile(StudentFields, Schema):
    """A student's own fields."""


class StudentCard(Schema):
    """A student's fields as others see them."""

    grade_level: str | None = None
    school: str | None = None
    district: str | None = None


class InstructorProfile(InstructorFields, Schema):
    """An instructor's fields; the rating (0 to 5) is there once somebody gave one."""

    rating: float | None = None


class MentorProfile(MentorFields, Schema):
    """A mentor's fields and, once they answered, what came of it: answers in all, helpful votes, accepted answers.

    The helpfulness (0 to 5) is there once somebody gave one.
    """

    helpfulness: float | None = None
    total_answers: int | None = None
    helpful_count: int | None = None
    accepted_answers: int | None = None


class NoProfile(Schema):
    """Roles without fields of their own."""


class Person(Schema):
    """What every view of a profile has."""

    user_id: str
    username: str
    first_name: str | None = None
    last_name: str | None = None
    role: str
    is_verified: bool
    verified_at: Timestamp | None = None
    avatar: list[Picture]
    created_at: Timestamp


class OwnProfile(Person):
    """The whole of a profile, as the person sees it.

    - `wantedEmail`, `wantedPhone`: become `email` and `phone` once they are proven.
    - `version`: to be sent in If-Match with an edit.
    """

    profile: StudentProfile | InstructorProfile | MentorProfile | NoProfile
    email: str | None = None
    phone: str | None = None
    wanted_email: str | None = None
    wanted_phone: str | None = None
    tier: str
    status: Status
    language: str
    time_zone: str
    preferences: Preferences
    version: int
    last_login_at: Timestamp | None = None
    updated_at: Timestamp


_LINK_SECONDS = 3600
_OF_ROLE: dict[str, type[StudentProfile | InstructorProfile | MentorProfile]] = {
    "student": StudentProfile,
    "instructor": InstructorProfile,
    "mentor": MentorProfile,
}


def present(user_id: str) -> User:
    """Read a user who is not deleted; raises NotFound."""
    user = User.require(user_id=user_id)
    if user.status == "deleted":
        raise NotFound("There is no such user.")
    return user


def rename(user: User, first_name: str | None, last_name: str | None) -> bool:
    """Give a user the names that are not None, and say whether one is another than before."""
    before = (user.first_name, user.last_name)
    user.first_name, user.last_name = first_name or user.first_name, last_name or user.last_name
    return (user.first_name, user.last_name) != before


def own_view(user: User) -> OwnProfile:
    """Show the whole of a profile to its owner."""
    return OwnProfile(**whole(user))


def facts(user: User) -> dict[str, Any]:
    """Return what every view of a profile has, by field; pictures have links that are good for an hour."""
    names = ("user_id", "username", "first_name", "last_name", "role", "is_verified", "verified_at", "created_at")
    kind = _OF_ROLE.get(user.role)
    profile = kind.model_validate(user.profile) if kind else NoProfile()
    pictures = [Picture.model_validate(size | {"url": links.link(size["key"], _LINK_SECONDS)}) for size in user.avatar]
    return {name: getattr(user, name) for name in names} | {"profile": profile, "avatar": pictures}


def whole(user: User) -> dict[str, Any]:
    """Return what the owner sees of a profile, by field."""
    more = (
        "email",
        "wanted_email",
        "phone",
        "wanted_phone",
        "tier",
        "language",
        "time_zone",
        "version",
        "last_login_at",
        "updated_at",
    )
    own = {name: getattr(user, name) for name in more}
    return facts(user) | own | {"preferences": Preferences.of(user), "status": user.status_at(clock.now())}
