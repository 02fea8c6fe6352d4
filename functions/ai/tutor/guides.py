"""Study guides out of a course: sections of sentences, each with the passages that it rests on."""

from datetime import timedelta

from pydantic import BaseModel, Field

from lyceum.kit import ids
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, fetch_many
from lyceum.model.ai.asking import StudyGuide
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses import course_access

from functions.ai.model import asking, circuit
from functions.ai.model.prompts import GUIDE
from functions.ai.tutor import chats, finding, meaning, retrieval, safety
from functions.ai.tutor.grounding import Sentence, grounded
from functions.ai.tutor.schemas import GuideView, GuideWish, SectionView, SentenceView

KEPT = timedelta(days=180)
_PASSAGES = 12


class Section(BaseModel, defer_build=True):
    """A section as a model writes it."""

    title: str = Field(min_length=1, max_length=200)
    sentences: list[Sentence] = Field(max_length=20)


class Guide(BaseModel, defer_build=True):
    """The form of a study guide."""

    sections: list[Section] = Field(max_length=12)


def make(caller: Principal, wish: GuideWish) -> GuideView:
    """Make a study guide of a course that the caller learns in (3 storage requests to read).

    Raises Locked EXAM_RUNNING, NotFound, Forbidden NOT_ENROLLED, RateLimited, ModelDown or ModelNonsense, and
    RuleViolation NOTHING_TO_SAY where no lesson has a text about it.
    """
    safety.require_no_exam(caller.user_id)
    found, outline, enrolment, known = fetch_many(
        Course.at(course_id=wish.course_id),
        CourseOutline.at(course_id=wish.course_id),
        Enrolment.at(course_id=wish.course_id, user_id=caller.user_id),
        circuit.named(),
    )
    course = course_access.visible(caller, found, enrolment)
    course_access.require_learning(caller, course, enrolment)
    every = retrieval.read([outline] if outline else [])
    passages, orders = finding.found(every, wish.focus, _PASSAGES) if wish.focus else (every[:_PASSAGES], [])
    nothing = rule_violation("NOTHING_TO_SAY", "No lesson of this course has a text about it.")
    meaning.order(orders)
    if not passages:
        raise nothing
    unit = Unit()
    parts = {"passages": retrieval.written(passages), "wish": wish.focus or f"All of {course.title}"}
    (reply,) = asking.ask(caller.user_id, GUIDE, Guide, [parts], known=known, unit=unit)
    sections = [
        (each.title, [kept for kept in grounded(each.sentences, passages) if kept.sources])
        for each in reply.content.sections
    ]
    used = {name for _, kept in sections for sentence in kept for name in sentence.sources}
    content = {
        "sections": [
            SectionView(
                title=title, sentences=[SentenceView(text=each.text, sources=each.sources) for each in kept]
            ).model_dump(mode="json")
            for title, kept in sections
            if kept
        ],
        "sources": [chats.view_of(each).model_dump(mode="json") for each in passages if each.passage_id in used],
    }
    guide = StudyGuide(
        user_id=caller.user_id,
        guide_id=ids.new_id(),
        course_id=wish.course_id,
        content=content,
        made_by=reply.made_by,
        ttl=KEPT,
    )
    unit.create(guide).commit()
    names = {"guide_id": guide.guide_id, "course_id": guide.course_id, "created_at": guide.created_at}
    return GuideView.model_validate({**names, "made_by": guide.made_by, **content})
