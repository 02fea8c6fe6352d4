"""What callers send and get of accounts, and the values that all of signing in shares."""

from typing import Annotated, Literal, Self

from pydantic import EmailStr, Field, SecretStr, StringConstraints, model_validator

from lyceum.kit.http.schemas import Request, Schema, Timestamp, read_as
from lyceum.messages.catalogue import Language
from lyceum.rules.learners.learner_standing import Numbers
from lyceum.rules.profiles import AnyFields, OtherWords, PersonName
from lyceum.rules.sign_in_names import Phone, Username

SchoolId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9/_.-]{2,39}$", strip_whitespace=True)]
Password = Annotated[SecretStr, Field(min_length=10, max_length=200, description="10 to 200 characters.")]
OldPassword = Annotated[SecretStr, Field(min_length=1, max_length=200)]
Identifier = Annotated[str, StringConstraints(min_length=3, max_length=254, strip_whitespace=True)]
SixDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$", strip_whitespace=True)]
DeviceName = Annotated[str | None, StringConstraints(max_length=100)]
DeviceToken = Annotated[
    str | None,
    StringConstraints(max_length=64),
    Field(description="`deviceToken` of an earlier sign-in on this device."),
]
SealedToken = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._-]+$")]


class Register(OtherWords, Request):
    """A new account; at least one of e-mail address, phone number and school id, or an invitation.

    - `preferredStudyTime`: morning, afternoon, evening, night or HH:MM.
    - `weeklyLearningGoal`: minutes a week.
    - `notificationPreference`: the only way that messages may come, `all` or `none`.
    """

    email: EmailStr | None = None
    phone: Annotated[Phone | None, Field(description="E.164, such as +2348012345678.")] = None
    school_id: SchoolId | None = None
    username: Username | None = None
    password: Password
    first_name: PersonName
    last_name: PersonName
    role: Annotated[Literal["student", "mentor", "instructor"], read_as(educator="instructor")] = "student"
    language: Language = "en"
    profile: AnyFields | None = None
    invitation: Annotated[
        SealedToken | None, Field(description="From the mail that invited; it brings role and e-mail address along.")
    ] = None

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if not (self.email or self.phone or self.school_id or self.invitation):
            raise ValueError("Give an e-mail address, a phone number or a school id.")
        return self


class GuardianToken(Request):
    """The invitation to be a guardian, as its mail has it."""

    invitation: SealedToken


class GuardianLink(Schema):
    """What links a guardian to a child."""

    guardian_id: str
    child_id: str
    relation: str
    linked_at: Timestamp


class UndoLink(Request):
    """What the link that undoes a change names.

    - `token`: from the link in the mail.
    """

    token: SealedToken


class Account(Schema):
    """An account as its owner sees it."""

    user_id: str
    email: str | None = None
    email_verified_at: Timestamp | None = None
    phone: str | None = None
    phone_verified_at: Timestamp | None = None
    last_login_at: Timestamp | None = None
    school_id: str | None = None
    username: str
    first_name: str
    last_name: str
    role: str
    tier: str
    status: str
    is_verified: bool
    verified_at: Timestamp | None = None
    language: str
    time_zone: str
    created_at: Timestamp


class Accepted(Schema):
    """The request was taken; whether there was anybody to serve is not told."""

    accepted: Literal[True] = True


class Verified(Schema):
    """What was proven."""

    verified: Literal["email", "phone"]


class SessionView(Schema):
    """A session and its device."""

    session_id: str
    device: str | None = None
    address: str | None = None
    user_agent: str | None = None
    created_at: Timestamp
    last_seen_at: Timestamp
    expires_at: Timestamp
    is_current: bool = False


class Me(Account):
    """The signed-in user with what the role allows, the session, and the variant of every feature flag.

    `statistics` are the numbers of a learner; the topics they do best and worst in are in their profile.
    """

    permissions: list[str]
    session: SessionView
    flags: dict[str, str]
    statistics: Numbers


class SignInCheck(Schema):
    """Whether somebody is signed in, and who it is."""

    signed_in: bool
    user: Me | None = None


class UpdateAccount(Request):
    """Changes of one's own account; what is not named stays as it is.

    An e-mail address or phone number counts once it is proven; a new password needs the current one.
    """

    first_name: PersonName | None = None
    last_name: PersonName | None = None
    username: Username | None = None
    email: EmailStr | None = None
    phone: Phone | None = None
    weekly_goal_hours: Annotated[int, Field(ge=1, le=100)] | None = None
    current_password: OldPassword | None = None
    new_password: Password | None = None

    @model_validator(mode="after")
    def _has_both_passwords(self) -> Self:
        if (self.current_password is None) != (self.new_password is None):
            raise ValueError("a new password comes with the current one")
        return self
