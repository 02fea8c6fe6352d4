"""Figures of learners. They follow from entries, one for each thing that counted, and nothing else.

An entry holds what its cause adds. When the cause changes, as by a regrade, what the entry held is taken off and the
new added, in the transaction that writes the entry. So every figure is the sum of the entries, however often, late or
out of order events come, and can be worked out of them again.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment

OUTCOMES = ("right", "partial", "wrong", "blank")
"""What becomes of a question."""
DIFFICULTIES = ("easy", "medium", "hard")
TOTALS = (
    "exams", "passed", "percent_sum", "questions", *OUTCOMES, "exam_seconds", "reviews", "remembered", "study_seconds",
    "sessions", "session_seconds", "lessons", "enrolments", "courses_completed", "assignments",
    "assignment_percent_sum",
)  # fmt: skip
"""Counters of a learner as a whole; sums of percentages are in hundredths, times in seconds."""
DAILY = ("seconds", "questions", "right", "partial", "exams", "percent_sum", "reviews", "remembered", "lessons")
"""Counters of a day."""
OF_QUESTIONS = tuple(f"{difficulty}_{what}" for difficulty in DIFFICULTIES for what in (*OUTCOMES, "seconds"))
"""Counters of a topic's questions in exams, by difficulty."""
OF_TOPIC = (*OF_QUESTIONS, "reviews", "remembered", "study_seconds")
"""Counters of a topic."""


class FigureEntry(Entity, discriminator="figure_entry"):
    """What one thing adds to its learner's figures, as it counts now.

    - `cause`: exam, review, session, lesson, enrolment, course or assignment.
    - `cause_id`: which. An exam of many topics has several entries, of which `part` is the number; the first one is in
      the log that recent activity is read from.
    - `revision`: of what it follows from; a later one takes its place.
    - `day`, `hour`: by the learner's clock when it first counted.
    - `totals`, `daily`: what is added by counter.
    - `topics`: by topic and counter.
    - `evidence`: by topic, what its answers were: r right, p partly right, w wrong.
    """

    keys = Keys(
        "FIGUREENTRY#{user_id}",
        "{cause}#{cause_id}#{part}",
        gsi1=Index("FIGURELOG#{user_id}", "{happened_at}#{cause_id}", when={"is_logged": "yes"}),
    )
    noun = "entry"

    user_id = UnicodeAttribute()
    cause = UnicodeAttribute()
    cause_id = UnicodeAttribute()
    part = NumberAttribute(default=0)
    is_logged = UnicodeAttribute(default="no")
    revision = NumberAttribute(default=0)
    happened_at = Moment()
    day = UnicodeAttribute()
    hour = NumberAttribute()
    title = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    percent = UnicodeAttribute(null=True)
    totals: Any = JSONAttribute(default=dict)
    daily: Any = JSONAttribute(default=dict)
    topics: Any = JSONAttribute(default=dict)
    evidence: Any = JSONAttribute(default=dict)


class LearnerFigures(Entity, discriminator="learner_figures"):
    """A learner's totals, and at which hours of their day they are at it: `hour_0` to `hour_23` count entries."""

    keys = Keys("FIGURES#{user_id}", "ALL")
    noun = "figures"

    user_id = UnicodeAttribute()
    enrolments = NumberAttribute(default=0)
    courses_completed = NumberAttribute(default=0)
    for _name in (*TOTALS, *(f"hour_{_hour}" for _hour in range(24))):
        locals()[_name] = NumberAttribute(default=0)
    del _name


class WeekFigures(Entity, discriminator="week_figures"):
    """A learner's days of one week (ISO 8601): each counter of a day with the number of the weekday, 1 is Monday."""

    keys = Keys("FIGURES#{user_id}", "WEEK#{week}")
    noun = "figures"

    user_id = UnicodeAttribute()
    week = UnicodeAttribute()
    for _day in range(1, 8):
        for _name in DAILY:
            locals()[f"{_name}_{_day}"] = NumberAttribute(default=0)
    del _name, _day


class TopicFigures(Entity, discriminator="topic_figures"):
    """How a learner does in one topic.

    - `title`, `course_id`: of the topic, as they were when it was last counted.
    - `mastery`, `mastery_low`, `mastery_high`: the estimate and its interval in ten-thousandths, see
      `functions.analytics.figures.mastery`; they follow from `TopicEvidence`, of which `observations` is the number.
    - `last_at`: of the latest evidence.
    """

    keys = Keys("FIGURES#{user_id}", "TOPIC#{topic_id}", gsi1=Index("CLASSTOPICS#{course_id}", "{topic_id}#{user_id}"))
    noun = "topic"

    user_id = UnicodeAttribute()
    topic_id = UnicodeAttribute()
    course_id = UnicodeAttribute(null=True)
    title = UnicodeAttribute(null=True)
    reviews = NumberAttribute(default=0)
    remembered = NumberAttribute(default=0)
    study_seconds = NumberAttribute(default=0)
    for _name in OF_QUESTIONS:
        locals()[_name] = NumberAttribute(default=0)
    del _name
    mastery = NumberAttribute(default=0)
    mastery_low = NumberAttribute(default=0)
    mastery_high = NumberAttribute(default=0)
    observations = NumberAttribute(default=0)
    last_at = Moment(null=True)


class TopicEvidence(Entity, discriminator="topic_evidence"):
    """The latest answers of a learner in one topic, by which mastery is estimated.

    `rows` has the second (Unix time), the name of the entry, and its answers, the oldest first.
    """

    keys = Keys("EVIDENCE#{user_id}", "{topic_id}")
    noun = "evidence"

    user_id = UnicodeAttribute()
    topic_id = UnicodeAttribute()
    rows: Any = JSONAttribute(default=list)
