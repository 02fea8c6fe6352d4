"""The question bank. What students may see is in `Question`; what is right is in `AnswerKey`, a family apart.

Approved questions stand in `BANK#{topic}` under a random sort key: a draw probes that partition at random points, so
its cost depends on how many are wanted and not on how many there are. They also stand in listings, one for each list
that is read by key: of everything, of a course, department, subject and author.
"""

import hashlib
import json
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Exact, Index, Keys, Moment


class QuestionFacts(Entity):
    """What everybody may know of a question.

    - `content`: the parts of its type, never anything of its key.
    - `passage_id`: questions of one passage stay together in a paper.
    - `exclusion_ids`: questions that never stand in one paper with this one (enemy items).
    - `embargoed_until`: until then it is part of an exam that may still be sat, and shown to nobody else.
    """

    noun = "question"

    question_id = UnicodeAttribute()
    topic_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    department_id = UnicodeAttribute(null=True)
    level = NumberAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    author_id = UnicodeAttribute()
    type = UnicodeAttribute()
    stem = UnicodeAttribute()
    content: Any = JSONAttribute(default=dict)
    hints: ListAttribute[str] = ListAttribute(default=list)
    difficulty = UnicodeAttribute()
    marks = Exact(default=1)
    tags: ListAttribute[str] = ListAttribute(default=list)
    year = NumberAttribute(null=True)
    exam_body = UnicodeAttribute(null=True)
    source = UnicodeAttribute(null=True)
    passage_id = UnicodeAttribute(null=True)
    exclusion_ids: ListAttribute[str] = ListAttribute(default=list)
    embargoed_until = Moment(null=True)
    status = UnicodeAttribute()
    revision = NumberAttribute(default=1)
    fingerprint = UnicodeAttribute()


class Question(QuestionFacts, discriminator="question"):
    """A question as it stands now, without its key; `revision` names the key that belongs to it.

    States: draft, pending, approved, rejected, retired.

    - `status_order`: orders the list of its state, by topic when it is approved, else by the time since when it waits.
    - `was_approved`: it is counted in its topic.
    - `is_shared`: other authors may ask it before it is in the bank.
    - `embargoes`: by assessment that asks it, `until` when (or when that ended), by which `sequence`, and whether a
      moderator `lifted` it.
    - `key_hash`: names the key of its revision, and cannot be told from what may be right; see `AnswerKey.hash`.
    - `sort_key`: a random place among the approved questions of its topic, 16 hexadecimal digits.
    """

    keys = Keys(
        "QUESTION#{question_id}",
        "QUESTION",
        gsi1=Index("BANK#{topic_id}", "{sort_key}", when={"status": "approved"}),
        gsi2=Index("QUESTIONS#{status}", "{status_order}#{question_id}"),
    )

    status_order = UnicodeAttribute(null=True)
    rejection_reason = UnicodeAttribute(null=True)
    was_approved = BooleanAttribute(default=False)
    is_shared = BooleanAttribute(default=False)
    embargoes: Any = JSONAttribute(null=True)
    key_hash = UnicodeAttribute(null=True)
    sort_key = UnicodeAttribute()


class QuestionListing(QuestionFacts, discriminator="question_listing"):
    """An approved question in one listing: `all`, `course:…`, `department:…`, `subject:…` or `author:…`."""

    keys = Keys("QUESTION_LISTING#{listing}", "{question_id}")

    listing = UnicodeAttribute()


class QuestionRevision(Entity, discriminator="question_revision"):
    """An earlier revision of a question, as its author wrote it but for the key; kept when a newer one replaces it."""

    keys = Keys("QUESTION#{question_id}", "REV#{revision:06d}")
    noun = "revision"

    question_id = UnicodeAttribute()
    revision = NumberAttribute()
    written_at = Moment()
    written_by = UnicodeAttribute(null=True)
    fields: Any = JSONAttribute()


class AnswerKey(Entity, discriminator="answer_key"):
    """What is right in one revision of a question, and why; never changed once written.

    `nonce` is random: without it nobody tells from the hash of the key which key it is.
    """

    keys = Keys("KEY#{question_id}", "REV#{revision:06d}")
    noun = "answer key"

    question_id = UnicodeAttribute()
    revision = NumberAttribute()
    key: Any = JSONAttribute(default=dict)
    explanation = UnicodeAttribute(null=True)
    nonce = UnicodeAttribute(null=True)

    @property
    def hash(self) -> str | None:
        """Its name for papers that pin it (EXAM G8), of content and nonce; None of one from before there were any."""
        if self.nonce is None:
            return None
        plain = json.dumps([self.nonce, int(self.revision), self.key], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()


class ModerationComment(Entity, discriminator="moderation_comment"):
    """What a moderator said of a question: approved, rejected with a reason, or a remark."""

    keys = Keys("QUESTION#{question_id}", "COMMENT#{comment_id}")
    noun = "comment"

    question_id = UnicodeAttribute()
    comment_id = UnicodeAttribute()
    moderator_id = UnicodeAttribute()
    verdict = UnicodeAttribute()
    text = UnicodeAttribute(null=True)
