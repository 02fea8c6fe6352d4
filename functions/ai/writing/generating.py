"""Questions out of lessons: written, solved blind by a second call, and held where the two do not agree."""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from lyceum.kit import ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.table import Slice, Unit, fetch_many, find
from lyceum.model.ai.asking import GeneratedQuestion
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.rules.courses import course_access
from lyceum.rules.questions.storage import items_of, stored
from lyceum.rules.questions.types import read_question
from lyceum.tasks.ai import WriteQuestions

from functions.ai.model import asking, circuit
from functions.ai.model.prompts import QUESTIONS, SOLVE
from functions.ai.tutor import finding, meaning, retrieval
from functions.ai.tutor.retrieval import Passage
from functions.ai.writing.schemas import DecideGenerated, GeneratedQuery, GeneratedView, GenerateQuestions

_OPTIONS = 4
_LETTERS = "abcd"
_PASSAGES = 8


class Written(BaseModel, defer_build=True):
    """A question as a model writes it."""

    stem: str = Field(min_length=8, max_length=2000)
    options: list[str] = Field(min_length=_OPTIONS, max_length=_OPTIONS)
    correct: int = Field(ge=0, lt=_OPTIONS)
    explanation: str = Field(min_length=1, max_length=2000)
    source: str = Field(max_length=20)


class Batch(BaseModel, defer_build=True):
    """The form of what is written."""

    questions: list[Written] = Field(max_length=10)


class Solution(BaseModel, defer_build=True):
    """What a solve says of a question, by its number."""

    number: int
    option: int | None = None
    is_ambiguous: bool = False


class Solutions(BaseModel, defer_build=True):
    """The form of a blind solve."""

    answers: list[Solution] = Field(max_length=10)


def start(caller: Principal, wanted: GenerateQuestions) -> LongJob:
    """Begin to write questions for a topic of a course that the caller teaches (2 requests and a write)."""
    topic = Topic.require(topic_id=wanted.topic_id)
    course_access.taught_by_id(caller, topic.course_id)
    circuit.named()
    unit = Unit()
    task = WriteQuestions(
        owner_id=caller.user_id, topic_id=wanted.topic_id, count=wanted.count, focus=wanted.focus or str(topic.title)
    )
    job = control.start(unit, task, total=wanted.count)
    unit.commit()
    return job


def write(task: WriteQuestions, unit: Unit) -> tuple[int, int, str]:
    """Write, solve and keep; returns how many wait for a person, how many are held, and the course.

    Raises RuleViolation NOTHING_TO_ASK where no lesson has a text about it, RateLimited, ModelDown or ModelNonsense.
    """
    topic = Topic.require(topic_id=task.topic_id)
    outline, known = fetch_many(CourseOutline.at(course_id=topic.course_id), circuit.named())
    every = retrieval.read([outline] if outline else [])
    passages, lacking = finding.found(every, task.focus, _PASSAGES)
    meaning.order(lacking)
    if not passages:
        raise rule_violation("NOTHING_TO_ASK", "No lesson of this course has a text about it.")
    text = retrieval.written(passages)
    settled = Unit()
    wish = {"passages": text, "wish": f"{task.count} questions about {task.focus}"}
    (written,) = asking.ask(task.owner_id, QUESTIONS, Batch, [wish], known=known, unit=settled)
    settled.commit()
    asked = written.content.questions[: task.count]
    orders = [shuffled(each, task.job_id) for each in asked]
    (solved,) = asking.ask(
        task.owner_id,
        SOLVE,
        Solutions,
        [{"passages": text, "questions": blind(asked, orders)}],
        known=known,
        unit=unit,
    )
    held = 0
    for place, (question, order) in enumerate(zip(asked, orders, strict=True)):
        why = doubt(question, order, next((e for e in solved.content.answers if e.number == place), None), passages)
        held += why is not None
        unit.create(
            GeneratedQuestion(
                course_id=topic.course_id,
                draft_id=ids.new_id(),
                topic_id=topic.topic_id,
                state="waiting" if why is None else "held",
                content=question.model_dump(mode="json"),
                why_held=why,
                made_by=written.made_by,
            )
        )
    return len(asked) - held, held, str(topic.course_id)


def shuffled(question: Written, seed: str) -> list[int]:
    """Return the options' places in another order, which the seed gives."""
    order = list(range(_OPTIONS))
    random.Random(f"{seed}#{question.stem}").shuffle(order)  # noqa: S311 - an order, no secret
    return order


def blind(questions: Sequence[Written], orders: Sequence[Sequence[int]]) -> str:
    """Write questions without what is right in them, options in another order; pure."""
    rows = [
        {"number": place, "stem": question.stem, "options": [question.options[each] for each in order]}
        for place, (question, order) in enumerate(zip(questions, orders, strict=True))
    ]
    return json.dumps(rows, ensure_ascii=False)


def doubt(
    question: Written, order: Sequence[int], solution: Solution | None, passages: Sequence[Passage]
) -> str | None:
    """Say why a question is held, or None where the blind solve agrees; pure."""
    if len({each.strip().lower() for each in question.options}) < _OPTIONS:
        return "Two options are the same."
    if question.source not in {each.passage_id for each in passages}:
        return "It names no passage that it is from."
    if solution is None or solution.option is None:
        return "The blind solve found no answer."
    if solution.is_ambiguous:
        return "The blind solve found none or more than one option right."
    if not 0 <= solution.option < _OPTIONS or order[solution.option] != question.correct:
        return "The blind solve chose another option."
    return None


def listed(caller: Principal, query: GeneratedQuery) -> Slice[GeneratedQuestion]:
    """Return a page of what was written for a course that the caller teaches (2 requests)."""
    course_access.taught_by_id(caller, query.course_id)
    where = GeneratedQuestion.state == query.state if query.state else None
    return find(
        GeneratedQuestion,
        course_id=query.course_id,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
        where=where,
    )


def decide(caller: Principal, draft_id: str, given: DecideGenerated) -> GeneratedView:
    """Let a question into the moderators' queue under the caller's name, or reject it (1 request, 2 to approve).

    Raises NotFound, Forbidden for another's course, Conflict QUESTION_DECIDED, and RuleViolation QUESTION_HELD for one
    whose blind solve did not agree.
    """
    course, draft = fetch_many(
        Course.at(course_id=given.course_id),
        GeneratedQuestion.at(course_id=given.course_id, draft_id=draft_id),
        consistent=True,
    )
    course_access.taught(caller, course)
    if draft is None:
        raise NotFound("There is no such question.")
    if draft.state not in {"held", "waiting"}:
        raise Conflict("This question was decided on already.", code="QUESTION_DECIDED")
    unit = Unit()
    if given.decision == "approved":
        if draft.state == "held":
            raise rule_violation("QUESTION_HELD", "The blind solve did not agree, so this question can not be let in.")
        topic = Topic.require(topic_id=draft.topic_id)
        question, key = stored(
            read_question(_form(draft.content, topic)), topic, question_id=ids.new_id(), author_id=caller.user_id
        )
        draft.question_id = question.question_id
        for item in items_of(question, key):
            unit.create(item)
    draft.state = given.decision
    unit.replace(draft).commit()
    return view(draft)


def _form(content: Mapping[str, Any], topic: Topic) -> dict[str, Any]:
    """Return a written question in the authors' form."""
    options = [{"id": _LETTERS[place], "text": text} for place, text in enumerate(content["options"])]
    return {
        "type": "single",
        "topic_id": topic.topic_id,
        "stem": content["stem"],
        "difficulty": "medium",
        "options": options,
        "correct_option_ids": [_LETTERS[content["correct"]]],
        "explanation": content["explanation"],
        "tags": ["generated"],
    }


def view(draft: GeneratedQuestion) -> GeneratedView:
    """Show a question to those who teach its course."""
    names = ("draft_id", "course_id", "topic_id", "state", "why_held", "question_id", "made_by", "created_at")
    return GeneratedView.model_validate({**draft.content, **{name: getattr(draft, name) for name in names}})
