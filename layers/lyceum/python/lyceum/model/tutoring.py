"""Tutoring: what mentors offer, the time that is taken, sessions and who is in them, hours that were bought together.

Time is cut into cells of a quarter of an hour, counted from 1970 in UTC, so no change of clocks moves one. A cell is
taken by one condition on the day's item of each person; that is all that keeps two sessions apart.
"""

from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
)

from lyceum.kit.table.entity import Entity, Index, Keys, Moment

EVERY_SUBJECT = "-"
"""Stands in the listing for mentors of any subject."""


class TutorProfile(Entity, discriminator="tutor_profile"):
    """What a mentor offers, beside the hours of `MentorHours`. Everybody of the tenant may see it; erasure removes it.

    - `subjects`: as the mentor wrote them.
    - `keys_listed`: the listings that they are found in.
    - `hourly_amount`: minor units of `currency` for an hour; 0 is free.
    - `buffer_minutes`: kept free behind each session.
    - `most_daily`: sessions of a day by the mentor's clocks.
    - `notice_hours`: how long before its beginning a session is booked at least.
    - `durations`: minutes that a session may have.
    - `packages`: hours that are sold together, each with `hours` and `percent_off`.
    - `rating_sum`, `rating_count`: stars of those who rated; they follow from events.
    - `is_open`: whether sessions may be booked.
    """

    keys = Keys("TUTOR#{user_id}", "PROFILE")
    noun = "tutor"

    user_id = UnicodeAttribute()
    name = UnicodeAttribute(default="")
    subjects: Any = JSONAttribute(default=list)
    keys_listed: Any = JSONAttribute(default=list)
    levels: Any = JSONAttribute(default=list)
    languages: Any = JSONAttribute(default=list)
    durations: Any = JSONAttribute(default=list)
    packages: Any = JSONAttribute(default=list)
    hourly_amount = NumberAttribute(default=0)
    currency = UnicodeAttribute(default="USD")
    buffer_minutes = NumberAttribute(default=0)
    most_daily = NumberAttribute(default=8)
    notice_hours = NumberAttribute(default=2)
    takes_minors = BooleanAttribute(default=False)
    is_open = BooleanAttribute(default=True)
    rating_sum = NumberAttribute(default=0)
    rating_count = NumberAttribute(default=0)


class TutorListing(Entity, discriminator="tutor_listing"):
    """A mentor as found by a subject: a copy of the offer and the hours, so that a search reads nothing else of them.

    Everybody of the tenant may see it. It goes with the offer.
    """

    keys = Keys("TUTORSOF#{subject}", "{user_id}")
    noun = "tutor"

    subject = UnicodeAttribute()
    user_id = UnicodeAttribute()
    offer: Any = JSONAttribute(default=dict)
    time_zone = UnicodeAttribute(default="UTC")
    weekly: Any = JSONAttribute(default=dict)
    exceptions: Any = JSONAttribute(default=dict)
    rating_sum = NumberAttribute(default=0)
    rating_count = NumberAttribute(default=0)


class BookedTime(Entity, discriminator="booked_time"):
    """The cells of a day (UTC) that are taken, of a mentor and of a student alike; nobody sees it as such."""

    keys = Keys("BOOKED#{user_id}", "CELLS#{day}")
    noun = "booked time"

    user_id = UnicodeAttribute()
    day = UnicodeAttribute()
    cells = NumberSetAttribute(null=True)


class BookedDay(Entity, discriminator="booked_day"):
    """How many sessions somebody has on a day by their own clocks, which is bounded; nobody sees it as such."""

    keys = Keys("BOOKED#{user_id}", "COUNT#{day}")
    noun = "booked day"

    user_id = UnicodeAttribute()
    day = UnicodeAttribute()
    sessions = NumberAttribute(default=0)


class TutoringSession(Entity, discriminator="tutoring_session"):
    """One lesson of a mentor and a student. Both see it, guardians of a minor, and moderators; nobody else does.

    After erasure of one of the two it stays for the other, without name and words.

    - `state`: waiting (for a slot that another one has), scheduled, in_progress, completed, cancelled or no_show.
    - `absent`: who did not come, of a no_show: mentor, student or both.
    - `cells`: what it takes of the mentor's and of the student's time, each by day.
    - `days`: the day of either that it counts on.
    - `paid_by`: credit or package; `amount` minor units, of which `refunded` went back.
    - `free_until`: until when the student cancels without cost.
    - `sequence`: grows with each change of what calendars show.
    - `joined`: when either first came into the call, by user.
    - `consents`: who agrees to a recording, and since when.
    - `is_recorded`: whether it has to be recorded, as the tenant says of minors.
    - `told`: reminders that were sent.
    - `due_at`: when it is looked at next, found by `due_slot`.
    - `waits_for`: the mentor, while it waits.
    """

    keys = Keys(
        "TUTORING#{session_id}",
        "SESSION",
        gsi1=Index("TUTORINGDUE#{due_slot}", "{session_id}"),
        gsi2=Index("TUTORINGWAITS#{waits_for}", "{session_id}"),
    )
    noun = "tutoring session"

    session_id = UnicodeAttribute()
    mentor_id = UnicodeAttribute()
    student_id = UnicodeAttribute()
    mentor_name = UnicodeAttribute(null=True)
    student_name = UnicodeAttribute(null=True)
    guardian_ids: Any = JSONAttribute(default=list)
    state = UnicodeAttribute(default="scheduled")
    absent = UnicodeAttribute(null=True)
    subject = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    starts_at = Moment()
    ends_at = Moment()
    cells: Any = JSONAttribute(default=dict)
    days: Any = JSONAttribute(default=dict)
    buffer_minutes = NumberAttribute(default=0)
    paid_by = UnicodeAttribute(null=True)
    package_id = UnicodeAttribute(null=True)
    amount = NumberAttribute(default=0)
    currency = UnicodeAttribute(null=True)
    refunded = NumberAttribute(default=0)
    free_until = Moment(null=True)
    moves = NumberAttribute(default=0)
    sequence = NumberAttribute(default=0)
    cancelled_by = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    joined: Any = JSONAttribute(default=dict)
    consents: Any = JSONAttribute(default=dict)
    is_recorded = BooleanAttribute(default=False)
    recording_id = UnicodeAttribute(null=True)
    recording_state = UnicodeAttribute(null=True)
    recording_until = Moment(null=True)
    stars = NumberAttribute(null=True)
    comment = UnicodeAttribute(null=True)
    feedback = UnicodeAttribute(null=True)
    told: Any = JSONAttribute(default=list)
    due_at = Moment(null=True)
    due_slot = UnicodeAttribute(null=True)
    waits_for = UnicodeAttribute(null=True)


class TutoringEntry(Entity, discriminator="tutoring_entry"):
    """A session in the list of one of those who are in it, by its beginning; erasure removes it."""

    keys = Keys("TUTORINGOF#{user_id}", "{starts_at}#{session_id}")
    noun = "tutoring session"

    user_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    starts_at = Moment()


class HoursPackage(Entity, discriminator="hours_package"):
    """Hours with one mentor that a student bought together; the student sees it, and it stays as a record of money.

    - `minutes`, `amount`: as bought.
    - `minutes_left`, `amount_left`: what no session has taken.
    - `state`: open, or closed once what was left went back to the student's credit.
    """

    keys = Keys("TUTORHOURS#{user_id}", "{package_id}")
    noun = "package of hours"

    user_id = UnicodeAttribute()
    package_id = UnicodeAttribute()
    mentor_id = UnicodeAttribute()
    state = UnicodeAttribute(default="open")
    minutes = NumberAttribute()
    minutes_left = NumberAttribute()
    amount = NumberAttribute()
    amount_left = NumberAttribute()
    currency = UnicodeAttribute()


class TutoringFeed(Entity, discriminator="tutoring_feed"):
    """Which link of somebody's calendar of sessions is good: its number. Its owner ends it; erasure removes it."""

    keys = Keys("TUTORINGFEED#{user_id}", "FEED")
    noun = "calendar"

    user_id = UnicodeAttribute()
    number = NumberAttribute(default=0)


class TutoringRecording(Entity, discriminator="tutoring_recording"):
    """Which session an uploaded recording is of, so that what becomes of the file reaches it; nobody sees it."""

    keys = Keys("TUTORINGREC#{upload_id}", "RECORDING")
    noun = "recording"

    upload_id = UnicodeAttribute()
    session_id = UnicodeAttribute()


class CallQuality(Entity, discriminator="call_quality"):
    """What one of the two told of a call's quality lately, newest first; both see it, and it goes by itself."""

    keys = Keys("TUTORING#{session_id}", "QUALITY#{user_id}")
    noun = "report"

    session_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    reports: Any = JSONAttribute(default=list)
