"""Writing questions and showing them to those who may see them."""

import secrets

from lyceum import ids
from lyceum.errors import Forbidden, NotFound
from lyceum.events import QuestionSubmitted
from lyceum.identity import Permission, Principal, may_touch
from lyceum.model import AnswerKey, Question, Topic
from lyceum.table import Slice, Unit, find
from lyceum.text import fingerprint

from questions.schemas import Keyed, NewSingleChoice, QuestionFilter, QuestionView


def create(caller: Principal, wanted: NewSingleChoice) -> Keyed:
    """Write a question with its key in one transaction; it waits for a moderator. Raises NotFound for the topic."""
    topic = Topic.require(topic_id=wanted.topic_id)
    question_id = ids.new_id()
    question = Question(
        question_id=question_id,
        topic_id=topic.topic_id,
        course_id=topic.course_id,
        department_id=topic.department_id,
        author_id=caller.user_id,
        status="pending",
        lot=secrets.token_hex(8),
        fingerprint=fingerprint(wanted.stem),
        **wanted.model_dump(include={"type", "stem", "options", "difficulty", "marks", "tags"}),
    )
    key = AnswerKey(question_id=question_id, revision=1, **wanted.model_dump(include={"correct_option_ids", "explanation"}))
    Unit().create(question, QuestionSubmitted(question_id=question_id, topic_id=topic.topic_id)).create(key).commit()
    return _with_key(question, key)


def show(caller: Principal | None, question_id: str) -> Keyed:
    """Show a question; its author and moderators see the key and also what is not approved, others get NotFound."""
    question = Question.require(question_id=question_id)
    if caller and may_touch(caller, question.author_id, Permission.MODERATE):
        return _with_key(question, AnswerKey.fetch(question_id=question_id, revision=question.revision))
    if question.status != "approved":
        raise NotFound("There is no such question.")
    return Keyed.model_validate(question)


def _with_key(question: Question, key: AnswerKey | None) -> Keyed:
    shown = Keyed.model_validate(question)
    if key is None:
        return shown
    return shown.model_copy(update={"correct_option_ids": key.correct_option_ids, "explanation": key.explanation})


def search(caller: Principal | None, query: QuestionFilter) -> Slice[Question]:
    """Read a page of questions in one query, oldest first within a topic.

    Raises Forbidden when somebody who is no moderator asks for what is not approved, other than their own.
    """
    own = caller is not None and query.author_id == caller.user_id
    if query.status != "approved" and not own and not (caller and caller.may(Permission.MODERATE)):
        raise Forbidden("Only moderators see what is not approved.")
    conditions = [
        condition
        for value, condition in (
            (query.course_id, Question.course_id == query.course_id),
            (query.author_id, Question.author_id == query.author_id),
            (query.difficulty, Question.difficulty == query.difficulty),
            (query.type, Question.type == query.type),
            (query.tag, Question.tags.contains(query.tag)),
            (query.created_from, Question.created_at >= query.created_from),
            (query.created_to, Question.created_at <= query.created_to),
        )
        if value is not None
    ]
    where = None
    for condition in conditions:
        where = condition if where is None else where & condition
    return find(Question, index="gsi2", limit=query.limit, after=query.start_key(), where=where, status=query.status, topic_id=query.topic_id)


def view(question: Question) -> QuestionView:
    """Show a question in a list: never with its key."""
    return QuestionView.model_validate(question)
