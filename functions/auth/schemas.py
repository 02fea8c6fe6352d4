"""What callers of the auth endpoints send and get."""

import ipaddress
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, EmailStr, Field, SecretStr, StringConstraints, model_validator

from lyceum.kit.http.schemas import Request, Schema, Timestamp, read_as
from lyceum.kit.values.text import Line
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


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise ValueError("this is no range of addresses, such as 203.0.113.0/24") from None


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


class Login(Request):
    """Sign in by e-mail address, phone number, username or school id, with a password."""

    identifier: Identifier
    password: OldPassword
    join_code: Annotated[
        str | None,
        StringConstraints(max_length=20),
        Field(description="Of a pupil's card, with the PIN as the password."),
    ] = None
    device: DeviceName = None
    device_token: DeviceToken = None


class CodeWanted(Request):
    """Whom a one-time code is for."""

    identifier: Identifier


class CodeLogin(Request):
    """Sign in with a one-time code."""

    identifier: Identifier
    code: SixDigits
    device: DeviceName = None
    device_token: DeviceToken = None


class SecondStep(Request):
    """The code that finishes a sign-in: of the authenticator, from the message, or a recovery code."""

    challenge_token: SealedToken
    code: Annotated[str, StringConstraints(min_length=6, max_length=20, strip_whitespace=True)]
    device_token: DeviceToken = None


class LaunchLogin(Request):
    """The ticket that a launch from a learning platform left in the address, good once and for two minutes."""

    ticket: Annotated[str, StringConstraints(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
    device: DeviceName = None
    device_token: DeviceToken = None


class Refresh(Request):
    """A refresh token, for clients that do not keep cookies."""

    refresh_token: SealedToken | None = None


class GivenCode(Request):
    """A one-time code and the name it was sent for."""

    identifier: Identifier
    code: SixDigits


class NewPassword(Request):
    """A new password, allowed by a ticket or by the current password."""

    new_password: Password
    ticket: SealedToken | None = None
    current_password: OldPassword | None = None


class EnableTwoFactor(Request):
    """How the second step is to be done: by an authenticator, or by codes to the proven address or number."""

    method: Literal["totp", "email", "sms"] = "totp"


class AuthenticatorCode(Request):
    """Six digits of an authenticator, or of the message that was sent."""

    code: SixDigits


class Confirmation(Request):
    """One proof that it is still the same person: the password, or a code of the authenticator or a recovery code."""

    password: OldPassword | None = None
    code: Annotated[str, StringConstraints(min_length=6, max_length=20, strip_whitespace=True)] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.password is None) == (self.code is None):
            raise ValueError("Send the password or a code.")
        return self


class TwoFactorOff(Request):
    """What it takes to switch the second factor off."""

    password: OldPassword
    code: Annotated[str, StringConstraints(min_length=6, max_length=20, strip_whitespace=True)]


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


class SignedIn(Schema):
    """Tokens of a session; the refresh token and the device token are also set as cookies."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme's name
    access_token: str
    expires_in_seconds: int
    refresh_token: str
    device_token: str | None = None
    user: Account


class Challenged(Schema):
    """A sign-in that needs a second step: send the challenge token with a code, or with a passkey."""

    challenge_token: str
    methods: list[Literal["totp", "recovery", "email", "sms", "passkey"]]
    expires_in_seconds: int


class Accepted(Schema):
    """The request was taken; whether there was anybody to serve is not told."""

    accepted: Literal[True] = True


class Ticket(Schema):
    """The right to set one new password."""

    ticket: str
    expires_in_seconds: int


class Verified(Schema):
    """What was proven."""

    verified: Literal["email", "phone"]


class Enrolment(Schema):
    """What an authenticator needs, the picture being a QR code of the URI; of other methods a code is on its way."""

    method: Literal["totp", "email", "sms"]
    secret: str | None = None
    otpauth_uri: str | None = None
    qr_svg: str | None = None


class RecoveryCodes(Schema):
    """Codes for the day when the authenticator is lost, each good once; they are not shown again."""

    recovery_codes: list[str]


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


class Ended(Schema):
    """How many sessions ended."""

    ended: int


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


class NameRange(Request):
    """A range of addresses, such as `203.0.113.0/24`: 20 bits of IPv4 or 40 of IPv6 at least."""

    name: Line
    network: Annotated[str, StringConstraints(max_length=50, strip_whitespace=True), AfterValidator(_network)]


class RangeView(Schema):
    """A range of addresses from which failed sign-ins are not counted."""

    range_id: str
    name: str
    network: str


class JsonWebKey(Schema):
    """A public key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str


class JsonWebKeys(Schema):
    """The public keys of access tokens."""

    keys: list[JsonWebKey]


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
