"""What callers of the user endpoints send and get. What others, oneself and admins see are schemas of their own."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.kit.identity import Role
from lyceum.messages.catalogue import Language
from lyceum.rules.learners.learner_standing import Standing
from lyceum.rules.profile_views import (
    InstructorProfile,
    MentorProfile,
    NoProfile,
    OwnProfile,
    Person,
    Status,
    StudentCard,
)
from lyceum.rules.profiles import (
    AnyFields,
    OtherWords,
    PersonName,
    Preferences,
    Privacy,
    TimeZone,
)
from lyceum.rules.sign_in_names import Username

Reason = Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


class PublicProfile(Person):
    """What everybody who is signed in may see of somebody, as far as that person lets them."""

    profile: StudentCard | InstructorProfile | MentorProfile | NoProfile


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


class LearnerStatistics(Statistics, Standing):
    """How somebody did in exams, and where they stand as a learner: for them, their guardians and their school.

    - `lastActiveDate`, `currentStreak`, `longestStreak`: by the days on which something was learnt (docs/study.md).
    - `strengths`, `weaknesses`: at most five topics each, as analytics names them.
    """


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

    `enrolments` are for the owner and admins.
    """

    user: AdminProfile | OwnProfile | PublicProfile
    statistics: LearnerStatistics | Statistics | None = None
    course_statistics: CourseStatistics | None = None
    enrolments: list[EnrolledCourse] | None = None


class Deleted(Schema):
    """An account that is gone; what is left of it is purged at `purgeAt`."""

    id: str
    purge_at: Timestamp
