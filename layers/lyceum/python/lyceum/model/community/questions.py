"""Help questions: what was asked, how it goes to mentors, and what they answered.

Everybody in the tenant reads questions and answers that are not held. Erasure keeps what others need under no name.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class HelpQuestion(Entity, discriminator="help_question"):
    """A question to mentors.

    - `asker_id`, `asker_name`: who asked, by the name that privacy showed then; both absent once the account is erased.
    - `subject_key`: the subject as it is compared: without case, accents and spaces.
    - `urgency`: low, medium or high.
    - `status`: open, answered or closed.
    - `text`: sanitised rich text.
    - `image_ids`: uploads of the asker.
    - `mentor_id`: whom the question was assigned to: who answered first, or whom escalation chose.
    - `held`: why nobody but its asker and moderators sees it, as rules with a sentence each; absent otherwise.
    - `fingerprint`: of the text, by which a repetition is told.
    """

    keys = Keys(
        "HELPQUESTION#{question_id}",
        "QUESTION",
        gsi1=Index("HELPQUESTIONS#all", "{question_id}"),
        gsi2=Index("HELPQUESTIONSABOUT#{subject_key}", "{question_id}"),
    )
    noun = "question"

    question_id = UnicodeAttribute()
    asker_id = UnicodeAttribute(null=True)
    asker_name = UnicodeAttribute(null=True)
    subject = UnicodeAttribute()
    subject_key = UnicodeAttribute()
    grade_level = UnicodeAttribute(null=True)
    urgency = UnicodeAttribute(default="medium")
    language = UnicodeAttribute(default="en")
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    image_ids: ListAttribute[str] = ListAttribute(default=list)
    status = UnicodeAttribute(default="open")
    answer_count = NumberAttribute(default=0)
    accepted_answer_id = UnicodeAttribute(null=True)
    mentor_id = UnicodeAttribute(null=True)
    asked_at = Moment()
    first_answered_at = Moment(null=True)
    edited_at = Moment(null=True)
    closed_at = Moment(null=True)
    revision = NumberAttribute(default=1)
    held: Any = JSONAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)


class HelpRouting(Entity, discriminator="help_routing"):
    """How far a question is on its way to mentors, for the worker and the schedule alone.

    - `wave`: 0 before it was offered, 1 to those of the subject, 2 to more of them, 3 to everybody, 4 escalated.
    - `offered_ids`: mentors whom it was offered to, in the order of the offers.
    - `due_bucket`: the quarter of an hour (UTC) in which it is looked at again; absent when nothing is left to do.
    """

    keys = Keys(
        "HELPQUESTION#{question_id}",
        "ROUTING",
        gsi1=Index("HELPDUE#{due_bucket}", "{question_id}"),
        gsi2=Index("HELPQUESTIONSOF#{asker_id}", "{question_id}"),
    )
    noun = "routing"

    question_id = UnicodeAttribute()
    asker_id = UnicodeAttribute(null=True)
    wave = NumberAttribute(default=0)
    offered_ids: ListAttribute[str] = ListAttribute(default=list)
    due_bucket = UnicodeAttribute(null=True)


class HelpAnswer(Entity, discriminator="help_answer"):
    """A mentor's answer; author and name go with the account, the text stays for who asked.

    `seconds` is how long after the question it came; `is_first` whether it was the first.
    """

    keys = Keys(
        "HELPANSWER#{answer_id}",
        "ANSWER",
        gsi1=Index("HELPANSWERSTO#{question_id}", "{answer_id}"),
        gsi2=Index("HELPANSWERSOF#{author_id}", "{answer_id}"),
    )
    noun = "answer"

    answer_id = UnicodeAttribute()
    question_id = UnicodeAttribute()
    author_id = UnicodeAttribute(null=True)
    author_name = UnicodeAttribute(null=True)
    text = UnicodeAttribute()
    image_ids: ListAttribute[str] = ListAttribute(default=list)
    helpful_count = NumberAttribute(default=0)
    is_accepted = BooleanAttribute(default=False)
    is_first = BooleanAttribute(default=False)
    seconds = NumberAttribute(default=0)
    answered_at = Moment()
    edited_at = Moment(null=True)
    revision = NumberAttribute(default=1)
    held: Any = JSONAttribute(null=True)


class TextRevision(Entity, discriminator="text_revision"):
    """How a question or an answer read before an edit; its author and moderators see it. It goes with the author."""

    keys = Keys("TEXTREVISIONS#{question_id}", "{item_id}#{revision:06d}")
    noun = "revision"

    question_id = UnicodeAttribute()
    item_id = UnicodeAttribute()
    revision = NumberAttribute()
    written_at = Moment()
    fields: Any = JSONAttribute()


class Vote(Entity, discriminator="vote"):
    """Somebody found an answer helpful, or a discussion or reply worth reading: once. Nobody sees who."""

    keys = Keys("VOTE#{item_id}", "{user_id}")
    noun = "vote"

    item_id = UnicodeAttribute()
    user_id = UnicodeAttribute()


class MentorOffer(Entity, discriminator="mentor_offer"):
    """A question in a mentor's queue; it goes when the question is answered, closed or removed.

    `reason` says why it was offered to this mentor: `subject`, `language`, `wider` or `escalated`.
    """

    keys = Keys("MENTOROFFERS#{mentor_id}", "{question_id}")
    noun = "offer"

    mentor_id = UnicodeAttribute()
    question_id = UnicodeAttribute()
    reason = UnicodeAttribute()
    offered_at = Moment()


class PooledMentor(Entity, discriminator="pooled_mentor"):
    """A verified mentor whom questions may be offered to: what routing weighs, in one query for all of them.

    - `subjects`: what the profile names as expertise, as subjects are compared.
    - `open_offers`: how many questions wait in the queue.
    - `offered_at`: when the latest was offered.
    """

    keys = Keys("MENTORPOOL#all", "{mentor_id}")
    noun = "mentor"

    mentor_id = UnicodeAttribute()
    name = UnicodeAttribute()
    subjects: ListAttribute[str] = ListAttribute(default=list)
    language = UnicodeAttribute(default="en")
    open_offers = NumberAttribute(default=0)
    offered_at = Moment(null=True)


class MentorTie(Entity, discriminator="mentor_tie"):
    """A mentor was assigned to a student's question, so that the two may write to each other; erasure removes it."""

    keys = Keys("MENTORTIE#{user_id}", "{mentor_id}")
    noun = "tie"

    user_id = UnicodeAttribute()
    mentor_id = UnicodeAttribute()
    question_id = UnicodeAttribute()


class SubjectFigures(Entity, discriminator="subject_figures"):
    """How soon questions of a subject are answered. It follows from events and names nobody.

    `under_15m` to `over_day` count first answers by how long they took.
    """

    keys = Keys("HELPFIGURES#all", "{subject_key}")
    noun = "figures"

    subject_key = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    asked = NumberAttribute(default=0)
    answered = NumberAttribute(default=0)
    seconds = NumberAttribute(default=0)
    under_15m = NumberAttribute(default=0)
    under_hour = NumberAttribute(default=0)
    under_4h = NumberAttribute(default=0)
    under_day = NumberAttribute(default=0)
    over_day = NumberAttribute(default=0)


class Poster(Entity, discriminator="poster"):
    """What somebody wrote lately, for the filter of spam: prints of texts with their times, at most 30; no texts."""

    keys = Keys("POSTER#{user_id}", "POSTER")
    noun = "poster"

    user_id = UnicodeAttribute()
    prints: Any = JSONAttribute(default=list)
