"""What callers of sessions send and get."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp
from lyceum.kit.values.text import Line
from lyceum.rules.profiles import Prose

from functions.tutoring.availability.schemas import Minutes

State = Literal["waiting", "scheduled", "in_progress", "completed", "cancelled", "no_show"]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
PayBy = Literal["credit", "package"]


class BookSession(Request):
    """A session with a mentor.

    - `startsAt`: a quarter of an hour, within the mentor's hours.
    - `payBy`: one's credit, or hours that were bought together (`packageId`); a session that costs nothing needs none.
    - `wait`: where somebody else has the time, wait for it instead of being refused.
    """

    mentor_id: Id
    subject: Line
    starts_at: AwareDatetime
    duration_minutes: Minutes = 60
    note: Prose | None = None
    pay_by: PayBy = "credit"
    package_id: Id | None = None
    wait: bool = False


class Reschedule(Request):
    """Move a session to another time of the same length."""

    action: Literal["reschedule"]
    starts_at: AwareDatetime
    reason: Reason | None = None


class Cancel(Request):
    """Call a session off, or wait no more."""

    action: Literal["cancel"]
    reason: Reason | None = None


class RateSession(Request):
    """Rate a session that was held, as its student, once."""

    action: Literal["rate"]
    stars: Annotated[int, Field(ge=1, le=5)]
    comment: Prose | None = None


class GiveFeedback(Request):
    """Write to the student about a session that was held, as its mentor; a later text takes the place of an earlier."""

    action: Literal["feedback"]
    feedback: Prose


class Complete(Request):
    """End a session that has begun, as its mentor."""

    action: Literal["complete"]


class Consent(Request):
    """Agree to a recording of the session, or do so no more; a guardian does for a minor."""

    action: Literal["consent"]
    recording: bool


ChangeSession = Annotated[
    Reschedule | Cancel | RateSession | GiveFeedback | Complete | Consent, Field(discriminator="action")
]


class SessionsQuery(Listing):
    """Whose sessions, from when.

    - `from`: sessions that begin on this day (UTC) or later.
    - `state`: those in this state alone.
    - `order`: `asc` for the earliest first.
    """

    from_day: Annotated[date | None, Field(alias="from", description="The first day (UTC) of sessions.")] = None
    state: Annotated[State | None, Field(description="Sessions in this state alone.")] = None
    order: Annotated[
        Literal["asc", "desc"], Field(description="By their beginnings, `asc` for the earliest first.")
    ] = "desc"


class PersonView(Schema):
    """One of the two people of a session; without a name once the account is erased."""

    user_id: str
    name: str | None = None


class SessionView(Schema):
    """A session, as its people see it.

    - `duration`: in minutes.
    - `absent`: who did not come, of a no-show.
    - `freeUntil`: until when its student cancels without cost.
    - `recordingUrl`: where the link to the recording is asked for, once there is one.
    - `consents`: ids of those who agree to a recording.
    - `mustRecord`: whether it has to be recorded.
    """

    session_id: str
    state: State
    mentor: PersonView
    student: PersonView
    subject: str
    note: str | None = None
    starts_at: Timestamp
    ends_at: Timestamp
    duration: int
    absent: str | None = None
    paid_by: str | None = None
    package_id: str | None = None
    amount: int
    currency: str | None = None
    refunded: int
    free_until: Timestamp | None = None
    cancelled_by: str | None = None
    reason: str | None = None
    must_record: bool
    consents: list[str]
    recording_state: str | None = None
    recording_url: str | None = None
    stars: int | None = None
    comment: str | None = None
    feedback: str | None = None


class BuyHours(Request):
    """Hours with a mentor that are sold together, paid from one's credit."""

    mentor_id: Id
    hours: Annotated[int, Field(ge=2, le=50)]


class PackageView(Schema):
    """A package of hours; `amountLeft` goes back to the credit when it is closed."""

    package_id: str
    mentor_id: str
    state: str
    minutes: int
    minutes_left: int
    amount: int
    amount_left: int
    currency: str


class CalendarLink(Schema):
    """The private address of one's calendar of sessions."""

    calendar_url: str


class FeedLink(Request):
    """The private part of a calendar's address.

    - `token`: from the address.
    """

    token: Annotated[str, Field(min_length=20, max_length=400, description="The private part of the address.")]
