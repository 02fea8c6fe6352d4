"""What may be offered: one's own course at its price, a file of one's own, questions that nobody has for nothing."""

from collections.abc import Sequence

from lyceum.kit.errors import Detail, NotFound, RuleViolation, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, batch_fetch
from lyceum.model.content.library import ContentItem
from lyceum.model.courses.course import Course
from lyceum.model.questions.question import Question

from functions.marketplace.offers.schemas import OfferType, Price

_FILED = "ready"
"""Of a content item whose file is there, and that the library gives to nobody else."""


def named(kind: OfferType, subject_id: str | None) -> list[Entity]:
    """Name what an offer is about, to read it along with other things; of a bank nothing."""
    if subject_id is None:
        return []
    return [Course.at(course_id=subject_id) if kind == "course" else ContentItem.at(content_id=subject_id)]


def require_own(caller: Principal, kind: OfferType, subject: Entity | None, price: Price) -> None:
    """Refuse what is not the caller's to sell.

    Raises NotFound, and RuleViolation COURSE_NOT_SOLD, PRICE_DIFFERS and MATERIAL_NOT_READY.
    """
    if kind == "course":
        _require_course(caller, subject, price)
    elif kind == "material":
        _require_material(caller, subject)


def _require_course(caller: Principal, course: Entity | None, price: Price) -> None:
    if not isinstance(course, Course) or course.instructor_id != caller.user_id or course.status == "deleted":
        raise NotFound("You have no such course.")
    if course.status != "published" or not course.price:
        raise rule_violation("COURSE_NOT_SOLD", "Publish the course with a price first.", field="subjectId")
    if (course.price["amount"], course.price["currency"]) != (price.amount, price.currency):
        raise rule_violation("PRICE_DIFFERS", "A course is offered for what it costs.", field="price")


def _require_material(caller: Principal, item: Entity | None) -> None:
    if not isinstance(item, ContentItem) or item.owner_id != caller.user_id or item.state == "deleted":
        raise NotFound("You have no such content item.")
    if item.state != _FILED:
        raise rule_violation("MATERIAL_NOT_READY", "Its file is not ready, or everybody has it.", field="subjectId")


def require_questions(caller: Principal, question_ids: Sequence[str]) -> None:
    """Refuse questions that are not the caller's, or that others may use for nothing (1 request).

    Raises RuleViolation QUESTION_NOT_YOURS, QUESTION_IS_FREE and QUESTION_TWICE with each.
    """
    if len(set(question_ids)) < len(question_ids):
        raise rule_violation("QUESTION_TWICE", "Name each question once.", field="questionIds")
    found = {
        item.question_id: item
        for item in batch_fetch([Question.at(question_id=name) for name in question_ids])
        if isinstance(item, Question) and item.author_id == caller.user_id
    }
    details = [detail for name in question_ids if (detail := _fault(name, found.get(name)))]
    if details:
        raise RuleViolation("Some of these questions can not be sold.", details=details)


def _fault(name: str, question: Question | None) -> Detail | None:
    if question is None or question.status in {"retired", "rejected"}:
        return Detail("questionIds", f"You have no question {name}.", "QUESTION_NOT_YOURS")
    if question.status == "approved" or question.is_shared:
        return Detail("questionIds", f"Question {name} is everybody's already.", "QUESTION_IS_FREE")
    return None
