"""Mentors: the hours in which they are there, and what came of their help; questions and tutoring share both."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class MentorHours(Entity, discriminator="mentor_hours"):
    """When a mentor is there, by the clocks of `time_zone`; a mentor without hours is asked at any time.

    - `weekly`: spans by weekday, `{"0": [["16:00", "19:30"]]}`; `0` is Monday. An end of `24:00` is midnight.
    - `exceptions`: spans by date that stand in place of the weekday's, `{"2027-04-02": []}` for a day off.

    Everybody in the tenant may see them; erasure removes them.
    """

    keys = Keys("MENTORHOURS#{user_id}", "HOURS")
    noun = "mentor's hours"

    user_id = UnicodeAttribute()
    time_zone = UnicodeAttribute(default="UTC")
    weekly: Any = JSONAttribute(default=dict)
    exceptions: Any = JSONAttribute(default=dict)


class MentorFigures(Entity, discriminator="mentor_figures"):
    """What came of a mentor's help; it follows from events, and everybody may see it. Erasure removes it.

    - `answer_seconds`: the sum of the times to the first answer of a question, where this mentor gave it.
    - `first_answers`: how many those were.
    """

    keys = Keys("MENTORFIGURES#{user_id}", "FIGURES")
    noun = "mentor's figures"

    user_id = UnicodeAttribute()
    answers = NumberAttribute(default=0)
    helpful = NumberAttribute(default=0)
    accepted = NumberAttribute(default=0)
    first_answers = NumberAttribute(default=0)
    answer_seconds = NumberAttribute(default=0)
