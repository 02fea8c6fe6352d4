"""Accounts and decisions on them."""

from datetime import datetime
from typing import ClassVar, Literal

from lyceum.kit.event import Event


class UserRegistered(Event):
    """An account was made."""

    name: ClassVar[str] = "user.registered"
    user_id: str
    role: str


class UserVerified(Event):
    """A user proved an address or a number (`email`, `phone`), or an administrator vouched for a teacher (`role`)."""

    name: ClassVar[str] = "user.verified"
    user_id: str
    what: Literal["email", "phone", "role"]


class UserRenamed(Event):
    """A user goes by another name, username or e-mail address."""

    name: ClassVar[str] = "user.renamed"
    user_id: str


class UserPreferencesChosen(Event):
    """A user chose other preferences: study time, time zone, language, or what to be told beside the inbox."""

    name: ClassVar[str] = "user.preferences_chosen"
    user_id: str


class UserProfileEdited(Event):
    """A mentor's profile was edited: what they know, or when they are there."""

    name: ClassVar[str] = "user.profile_edited"
    user_id: str


class UserContactChangeRequested(Event):
    """A user wants another e-mail address or phone number.

    It stands in `User.wanted_email` or `wanted_phone` until it is proven.
    """

    name: ClassVar[str] = "user.contact_change_requested"
    user_id: str
    what: Literal["email", "phone"]


class UserRoleChanged(Event):
    """An admin gave a user another role."""

    name: ClassVar[str] = "user.role_changed"
    user_id: str
    old_role: str
    new_role: str


class UserSuspended(Event):
    """An admin suspended a user, for good or until a time."""

    name: ClassVar[str] = "user.suspended"
    user_id: str
    reason: str
    until: datetime | None = None


class UserActivated(Event):
    """An admin ended a user's suspension."""

    name: ClassVar[str] = "user.activated"
    user_id: str


class UserDeleted(Event):
    """An account was deleted; what is left of it is purged at `purge_at`."""

    name: ClassVar[str] = "user.deleted"
    user_id: str
    role: str
    purge_at: datetime


class UserInvited(Event):
    """An admin invited somebody.

    Address, language, role and end stand in the invitation, and its token follows from it.
    """

    name: ClassVar[str] = "user.invited"
    invitation_id: str


class GuardianInvited(Event):
    """Somebody was invited to be a child's guardian; address and language stand in the link."""

    name: ClassVar[str] = "guardian.invited"
    child_id: str
    guardian_id: str


class UserErased(Event):
    """Nothing of the account itself names the person any more; files and names of files go after it."""

    name: ClassVar[str] = "user.erased"
    user_id: str
    role: str = "student"


class ConsentChanged(Event):
    """A user, or the guardian of a child, gave or withdrew a consent."""

    name: ClassVar[str] = "consent.changed"
    user_id: str
    purpose: str
    is_given: bool


class UserStatisticsReset(Event):
    """What was counted of a user's learning is gone; whoever counts too begins anew."""

    name: ClassVar[str] = "user.statistics_reset"
    user_id: str
