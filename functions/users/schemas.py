"""What callers of the user endpoints send and get. What others, oneself and admins see are schemas of their own."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, EmailStr, Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.identity import Role
from lyceum.kit.identity.permissions import GuardianRight
from lyceum.kit.values.text import Line
from lyceum.messages.catalogue import Language
from lyceum.rules.profiles import (
    AnyFields,
    InstructorFields,
    MentorFields,
    OtherWords,
    PersonName,
    Preferences,
    Privacy,
    StudentFields,
    TimeZone,
)
from lyceum.rules.sign_in_names import Phone, Username

Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]
Status = Literal["active", "suspended", "deleted"]
_MOST_PUPILS = 20


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


class _Person(Schema):
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


class PublicProfile(_Person):
    """What everybody who is signed in may see of somebody, as far as that person lets them."""

    profile: StudentCard | InstructorProfile | MentorProfile | NoProfile


class OwnProfile(_Person):
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


class AdminProfile(OwnProfile):
    """A profile as admins see it: with what was decided about the account."""

    suspended_until: Timestamp | None = None
    suspension_reason: str | None = None
    deleted_at: Timestamp | None = None
    purge_at: Timestamp | None = None


class UserRow(Schema):
    """An account in a list."""

    user_id: str
    username: str
    first_name: str
    last_name: str
    email: str | None = None
    role: str
    tier: str
    status: Status
    is_verified: bool
    suspended_until: Timestamp | None = None
    last_login_at: Timestamp | None = None
    created_at: Timestamp


class UserFilter(Listing):
    """Which accounts to list; `query` is the beginning of a name, a last name, a username or an e-mail address.

    - `role`: only accounts of this role.
    - `tier`: only accounts on this plan.
    - `query`: the beginning of a name, a username or an e-mail address.
    """

    role: Role | None = None
    status: Status | None = Field(default=None, description="Left out: all but the deleted ones.")
    tier: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")] | None = None
    query: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)] | None = None


class EditProfile(Request):
    """Changes of a profile; what is not named stays as it is."""

    first_name: PersonName | None = None
    last_name: PersonName | None = None
    profile: Annotated[AnyFields | None, Field(description="Those of another role are refused, null removes one.")] = (
        None
    )


def _elsewhere(_value: object) -> None:
    raise ValueError("a password is changed by POST /api/auth/update-password")


class UpdateAccount(Request):
    """Changes of one's own account; what is not named stays as it is.

    An e-mail address or phone number counts once it is proven.
    """

    first_name: PersonName | None = None
    last_name: PersonName | None = None
    username: Username | None = None
    email: EmailStr | None = None
    phone: Phone | None = None
    weekly_goal_hours: Annotated[int, Field(ge=1, le=100)] | None = None
    password: Annotated[
        None, BeforeValidator(_elsewhere), Field(description="Refused: see POST /api/auth/update-password.")
    ] = None
    new_password: Annotated[
        None, BeforeValidator(_elsewhere), Field(description="Refused: see POST /api/auth/update-password.")
    ] = None


class PrivacyChoices(Privacy, Request):
    """What others may see; what is not named stays as it is."""


class ChoosePreferences(OtherWords, Request):
    """Choices; what is not named stays as it is, null removes a study time or a weekly goal.

    - `preferredStudyTime`: morning, afternoon, evening, night or HH:MM, in place of `studyTime`.
    - `weeklyLearningGoal`: minutes a week, in place of `weeklyGoalHours`.
    - `notificationPreference`: the only way that messages may come, `all` or `none`.
    """

    notifications: bool | None = None
    study_time: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    weekly_goal_hours: Annotated[int, Field(ge=1, le=100)] | None = None
    low_bandwidth: bool | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None
    privacy: PrivacyChoices | None = None


class Chosen(Preferences, Schema):
    """All choices of a user."""

    language: str
    time_zone: str


class AskUsername(Request):
    """A username that somebody would like."""

    username: Username


class UsernameAnswer(Schema):
    """Whether a username can be had; one's own can."""

    username: str
    is_free: bool


class ChangeRole(Request):
    """Another role, and why."""

    role: Role
    reason: Reason | None = None


class Suspend(Request):
    """Why, and until when; without an end until an admin ends it."""

    reason: Reason
    until: AwareDatetime | None = None


class Invite(Request):
    """A role for somebody who has no account yet; the invitation is mailed to the address and good for it alone."""

    role: Role
    email: EmailStr
    language: Language = "en"
    days: Annotated[int, Field(ge=1, le=30, description="How long the invitation is good.")] = 7


class InvitationView(Schema):
    """An invitation; the token that accepts it is in the mail."""

    invitation_id: str
    role: str
    email: str
    inviter_id: str
    expires_at: Timestamp


class Withdrawn(Schema):
    """An invitation that was taken back."""

    id: str


Relation = Literal["mother", "father", "parent", "grandparent", "guardian", "other"]


class InviteGuardian(Request):
    """Somebody to be a child's guardian; the invitation is mailed to the address."""

    email: EmailStr
    relation: Relation
    language: Language = "en"


class GuardianView(Schema):
    """A guardian of a child, or an invitation that is open.

    - `guardianId`: names the link; `userId` is the guardian's account.
    - `maySee`: the rights over the child, which end when it is of age.
    """

    guardian_id: str
    relation: Relation
    state: Literal["invited", "linked"]
    email: str | None = None
    user_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    may_see: list[GuardianRight]
    expires_at: Timestamp | None = None
    linked_at: Timestamp | None = None


class ChildView(Schema):
    """A child whose guardian the caller is, and what the caller may see of it."""

    guardian_id: str
    child_id: str
    first_name: str
    last_name: str
    relation: Relation
    may_see: list[GuardianRight]
    linked_at: Timestamp


class Guardians(Schema):
    """The guardians of a child."""

    guardians: list[GuardianView]


class Children(Schema):
    """The children of a guardian."""

    children: list[ChildView]


class Unlinked(Schema):
    """A link that is over."""

    id: str


class NewPupil(Request):
    """A pupil who gets an account; without a username one is made from the name."""

    first_name: PersonName
    last_name: PersonName
    username: Username | None = None


class IssueCards(Request):
    """Cards for a class: new pupils, and pupils whose PIN is lost.

    A class is made by naming it and later named by its id.
    """

    class_id: Id | None = None
    class_name: Line | None = None
    language: Language = "en"
    pupils: Annotated[list[NewPupil], Field(max_length=_MOST_PUPILS)] = []
    reset: Annotated[list[Id], Field(max_length=_MOST_PUPILS, description="Users whose cards are made anew.")] = []

    @model_validator(mode="after")
    def check_class(self) -> "IssueCards":
        """Refuse both or neither of class and name, more cards than one request may make, and pupils named twice."""
        if (self.class_id is None) == (self.class_name is None):
            raise ValueError("name a class by its id, or a new one by its name")
        if self.class_id is None and self.reset:
            raise ValueError("a new class has no cards to reset")
        if not 1 <= len(self.pupils) + len(self.reset) <= _MOST_PUPILS:
            raise ValueError(f"one request makes 1 to {_MOST_PUPILS} cards")
        wanted = [pupil.username.casefold() for pupil in self.pupils if pupil.username]
        if len(set(wanted)) < len(wanted) or len(set(self.reset)) < len(self.reset):
            raise ValueError("a pupil is named twice")
        return self


class Card(Schema):
    """What a pupil signs in with; the PIN is shown this once."""

    user_id: str
    username: str
    first_name: str
    last_name: str
    pin: str


class Cards(Schema):
    """The cards of a class; each pupil signs in with the join code, the username and the PIN."""

    class_id: str
    class_name: str
    join_code: str
    cards: list[Card]


class Statistics(Schema):
    """How somebody did in exams, counted over their latest 100 sessions.

    - `meanPercent`, `bestPercent`: of results that were released, 0 to 100.
    - `streakDays`: days in a row with an exam, up to now.
    """

    exams_taken: int
    exams_passed: int
    mean_percent: float | None = None
    best_percent: float | None = None
    last_exam_at: Timestamp | None = None
    streak_days: int


class CourseStatistics(Schema):
    """What somebody did in their courses, all of them together."""

    courses_active: int
    courses_completed: int
    lessons_completed: int
    time_spent_seconds: int
    ratings_given: int


class GivenRating(Schema):
    """How somebody rated a course."""

    stars: int
    review: str | None = None
    rated_at: Timestamp


class EnrolledCourse(Schema):
    """A course that somebody is in (`active`) or was in (`left`); a deleted one is listed where it was completed."""

    course_id: str
    code: str | None = None
    title: str
    is_deleted: bool
    state: Literal["active", "left"]
    enrolled_at: Timestamp
    left_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    last_activity_at: Timestamp | None = None
    lessons_completed: int
    time_spent_seconds: int
    rating: GivenRating | None = None


class Overview(Schema):
    """A profile with how its owner does; statistics are left out where the owner hides them.

    `enrolments`, at most 100, are for the owner and admins.
    """

    user: AdminProfile | OwnProfile | PublicProfile
    statistics: Statistics | None = None
    course_statistics: CourseStatistics | None = None
    enrolments: list[EnrolledCourse] | None = None


class Deleted(Schema):
    """An account that is gone; what is left of it is purged at `purgeAt`."""

    id: str
    purge_at: Timestamp
