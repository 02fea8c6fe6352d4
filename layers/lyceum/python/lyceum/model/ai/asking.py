"""What a language model was asked, by whom and within which budget, and what it answered."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class ModelBudget(Entity, discriminator="model_budget"):
    """Tokens that were spent in a period; what a running call may take is counted before it begins.

    `scope`: `tenant` with a month, or the id of a user with a day. It goes two months later.
    """

    keys = Keys("AIBUDGET#{scope}", "{period}")
    noun = "budget"

    scope = UnicodeAttribute()
    period = UnicodeAttribute()
    tokens = NumberAttribute(default=0)


class ModelCircuit(Entity, discriminator="model_circuit"):
    """Whether a language model answers; of the whole deployment, so it stands in the main tenant.

    - `failures`: calls in a row that brought no answer.
    - `opened_until`: nobody asks before; then one call tries.
    """

    keys = Keys("AICIRCUIT#{model}", "CIRCUIT")
    noun = "circuit"

    model = UnicodeAttribute()
    failures = NumberAttribute(default=0)
    opened_until = Moment(null=True)


class Chat(Entity, discriminator="chat"):
    """A conversation of a student with the tutor; only they see it, and it goes half a year after its last line.

    - `turns`: how many answers it has.
    - `latest`: the last lines, which is all that the tutor remembers of it.
    """

    keys = Keys("AICHAT#{user_id}", "CHAT#{chat_id}")
    noun = "chat"

    user_id = UnicodeAttribute()
    chat_id = UnicodeAttribute()
    title = UnicodeAttribute()
    course_id = UnicodeAttribute(null=True)
    turns = NumberAttribute(default=0)
    latest: Any = JSONAttribute(default=list)
    answered_at = Moment()


class ChatLine(Entity, discriminator="chat_line"):
    """A question to the tutor with its answer, and by which model and prompt it was given."""

    keys = Keys("AICHAT#{user_id}", "LINE#{chat_id}#{line_id}")
    noun = "line"

    user_id = UnicodeAttribute()
    chat_id = UnicodeAttribute()
    line_id = UnicodeAttribute()
    asked = UnicodeAttribute()
    answer: Any = JSONAttribute(default=dict)
    made_by: Any = JSONAttribute(default=dict)


class StudyGuide(Entity, discriminator="study_guide"):
    """A guide that was made for a student out of a course, and by which model and prompt; it goes after half a year."""

    keys = Keys("AIGUIDE#{user_id}", "{guide_id}")
    noun = "study guide"

    user_id = UnicodeAttribute()
    guide_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    content: Any = JSONAttribute(default=dict)
    made_by: Any = JSONAttribute(default=dict)


class EssayDraft(Entity, discriminator="essay_draft"):
    """A draft of a grade for an essay. States: draft, needs_person, confirmed, discarded.

    `user_id` is whose essay it is, or the teacher's own for a text without a student; it goes with that account.

    - `criteria`: by criterion the level of both passes, the evidence and the confidence.
    - `decision`: the levels that the teacher confirmed, who and when.
    """

    keys = Keys("AIESSAY#{user_id}", "{draft_id}", gsi1=Index("AIESSAYID#{draft_id}", "DRAFT"))
    noun = "draft"

    user_id = UnicodeAttribute()
    draft_id = UnicodeAttribute()
    grader_id = UnicodeAttribute()
    submission_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    criteria: Any = JSONAttribute(default=list)
    has_instructions = BooleanAttribute(default=False)
    made_by: Any = JSONAttribute(default=dict)
    decision: Any = JSONAttribute(default=dict)


class GeneratedQuestion(Entity, discriminator="generated_question"):
    """A question that a model wrote. States: held, waiting, approved, rejected.

    Only those who teach the course see it, with what is right in it. It is `held` where the blind solve did not agree.

    - `content`: stem, options, the place of the right one, explanation and source.
    - `why_held`: what the solve said.
    - `question_id`: of the question in the bank that came of it.
    """

    keys = Keys("AIQUESTION#{course_id}", "{draft_id}")
    noun = "generated question"

    course_id = UnicodeAttribute()
    draft_id = UnicodeAttribute()
    topic_id = UnicodeAttribute()
    state = UnicodeAttribute()
    content: Any = JSONAttribute(default=dict)
    why_held = UnicodeAttribute(null=True)
    made_by: Any = JSONAttribute(default=dict)
    question_id = UnicodeAttribute(null=True)
