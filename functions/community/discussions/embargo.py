"""Discussions say nothing of a question while an exam keeps it secret: no reply names its key before the release."""

from lyceum.kit import clock
from lyceum.kit.errors import Locked, NotFound
from lyceum.kit.identity import Principal
from lyceum.model.questions.question import Question
from lyceum.rules.questions.topic_sampler import is_embargoed

from functions.community.writing import people


def discussable(question: Question | None) -> Question:
    """Return a question of the bank that may be talked of; raises NotFound for any other, secret ones among them."""
    if question is None or question.status != "approved" or is_embargoed(question, clock.now()):
        raise NotFound("There is no such question.")
    return question


def require_unlocked(caller: Principal, question: Question | None, *, to_write: bool) -> None:
    """Refuse to open a discussion while its question is secret; moderators may read it meanwhile, and write nothing.

    Raises Locked, which names no end: when an exam ends is the exam's own business.
    """
    if question is None or not is_embargoed(question, clock.now()):
        return
    if to_write or not people.is_staff(caller):
        raise Locked("This discussion is locked for now.", code="DISCUSSION_LOCKED")
