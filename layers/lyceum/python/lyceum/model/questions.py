"""The question bank. What students may see is in `Question`; what is right is in `AnswerKey`, a family apart.

Approved questions stand in `BANK#{topic}` under a random lot: a draw probes that partition at random points, so
its cost depends on how many are wanted and not on how many there are.
"""

from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.table.entity import Entity, Index, Keys


class Question(Entity, discriminator="question"):
    """A question as it stands now, without its key; `revision` names the key that belongs to it."""

    keys = Keys(
        "QUESTION#{question_id}",
        "QUESTION",
        gsi1=Index("BANK#{topic_id}", "{lot}", when={"status": "approved"}),
        gsi2=Index("QUESTIONS#{status}", "{topic_id}#{question_id}"),
    )
    noun = "question"

    question_id = UnicodeAttribute()
    topic_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    department_id = UnicodeAttribute()
    author_id = UnicodeAttribute()
    type = UnicodeAttribute()
    stem = UnicodeAttribute()
    options: Any = JSONAttribute(default=list)
    difficulty = UnicodeAttribute()
    marks = NumberAttribute(default=1)
    tags: ListAttribute[str] = ListAttribute(default=list)
    status = UnicodeAttribute()
    rejection_reason = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=1)
    lot = UnicodeAttribute()
    fingerprint = UnicodeAttribute()


class AnswerKey(Entity, discriminator="answer_key"):
    """What is right in one revision of a question, and why; never changed once written."""

    keys = Keys("KEY#{question_id}", "REV#{revision:06d}")
    noun = "answer key"

    question_id = UnicodeAttribute()
    revision = NumberAttribute()
    correct_option_ids: ListAttribute[str] = ListAttribute()
    explanation = UnicodeAttribute(null=True)


class ModerationComment(Entity, discriminator="moderation_comment"):
    """What a moderator said of a question: approved, rejected with a reason, or a remark."""

    keys = Keys("QUESTION#{question_id}", "COMMENT#{comment_id}")
    noun = "comment"

    question_id = UnicodeAttribute()
    comment_id = UnicodeAttribute()
    moderator_id = UnicodeAttribute()
    verdict = UnicodeAttribute()
    text = UnicodeAttribute(null=True)


class QuestionStatistics(Entity, discriminator="question_statistics"):
    """How a question did in finished exams; folded in from events, exact under concurrency."""

    keys = Keys("QSTAT#{question_id}", "STAT")
    noun = "statistics"

    question_id = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    correct = NumberAttribute(default=0)
    skipped = NumberAttribute(default=0)
    time_spent_seconds = NumberAttribute(default=0)
