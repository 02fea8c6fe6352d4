"""Events of people: their accounts, sign-ins and rights."""

from typing import ClassVar, Literal

from lyceum.kit.event import Event


class SessionStarted(Event):
    """A user signed in on a device."""

    name: ClassVar[str] = "session.started"
    user_id: str
    session_id: str
    device: str | None = None


class SessionContinued(Event):
    """A session that was begun on an earlier day (UTC) goes on today; told once a day and session."""

    name: ClassVar[str] = "session.continued"
    user_id: str
    session_id: str


class SessionRevoked(Event):
    """A session ended before its time.

    - `reuse`: a spent refresh token came back.
    - `proof`: the account's address or number was proven for the first time; what was there before it goes.
    - `undone`: a change of credentials was undone from an address from before it.
    """

    name: ClassVar[str] = "session.revoked"
    user_id: str
    session_id: str
    reason: Literal["signed_out", "revoked", "limit", "password", "proof", "reuse", "undone"]


class LoginSuspicious(Event):
    """A sign-in looked unlike the user's others; `reasons` says in which ways."""

    name: ClassVar[str] = "login.suspicious"
    user_id: str
    reasons: list[str]
    device: str | None = None


class SessionsEnded(Event):
    """All sessions of a user ended by another's act, such as another PIN for a pupil's card."""

    name: ClassVar[str] = "sessions.ended"
    user_id: str


class PasswordChanged(Event):
    """A user's password was changed, by its owner or by a reset."""

    name: ClassVar[str] = "password.changed"
    user_id: str


class WayInChanged(Event):
    """A passkey, or a link to an identity provider, came to an account or went; `label` is what it is called."""

    name: ClassVar[str] = "way_in.changed"
    user_id: str
    change: Literal["passkey_added", "passkey_removed", "identity_linked", "identity_unlinked"]
    label: str


class TwoFactorChanged(Event):
    """A user's second factor was switched on or off, or a recovery code was used."""

    name: ClassVar[str] = "two_factor.changed"
    user_id: str
    change: Literal["enabled", "disabled", "recovery_code_used"]
