"""What callers send and get about invitations, guardians and pupils' cards."""

from typing import Annotated, Literal

from pydantic import EmailStr, Field, model_validator

from lyceum.kit.http import Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.identity import Role
from lyceum.kit.identity.permissions import GuardianRight
from lyceum.kit.values.text import Line
from lyceum.messages.catalogue import Language
from lyceum.rules.profiles import PersonName
from lyceum.rules.sign_in_names import Username

_MOST_PUPILS = 20


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
