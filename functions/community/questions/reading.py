"""Reading help questions: lists, one with its answers, and a mentor's queue."""

from functools import reduce
from operator import and_

from lyceum.kit import clock
from lyceum.kit.errors import NotFound
from lyceum.kit.http import Listing
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, batch_fetch, cut_sorted, find
from lyceum.model.community.questions import HelpAnswer, HelpQuestion, HelpRouting, MentorOffer, TextRevision

from functions.community.questions import subjects, views
from functions.community.questions.asking import MOST_ANSWERS, MOST_REVISIONS
from functions.community.questions.schemas import AnswerHistory, OfferView, QuestionQuery, QuestionView
from functions.community.writing import holds, people

_URGENCY = {"high": 0, "medium": 1, "low": 2}
_MOST_OFFERS = 100


def listed(caller: Principal, query: QuestionQuery) -> Slice[HelpQuestion]:
    """Return a page of questions, the latest first: all, of a subject, or the caller's own (1 request, 2 for own)."""
    if query.mine:
        return _own(caller, query)
    tests = [
        getattr(HelpQuestion, name) == value
        for name in ("grade_level", "status", "urgency")
        if (value := getattr(query, name)) is not None
    ]
    where = reduce(and_, tests, HelpQuestion.held.does_not_exist())
    options = {"limit": query.limit, "after": query.start_key(), "descending": True, "where": where}
    if query.subject is None:
        return find(HelpQuestion, index="gsi1", **options)
    return find(HelpQuestion, index="gsi2", subject_key=subjects.key_of(query.subject), **options)


def _own(caller: Principal, query: QuestionQuery) -> Slice[HelpQuestion]:
    found = find(
        HelpRouting,
        index="gsi2",
        asker_id=caller.user_id,
        limit=query.limit,
        after=query.start_key(),
        descending=True,
    )
    items = batch_fetch([HelpQuestion.at(question_id=each.question_id) for each in found.items])
    key = None if query.subject is None else subjects.key_of(query.subject)
    own = [each for each in items if isinstance(each, HelpQuestion) and _fits(each, query, key)]
    return Slice(own, found.last_key)


def _fits(question: HelpQuestion, query: QuestionQuery, key: str | None) -> bool:
    wanted = [(question.subject_key, key)]
    wanted += [(getattr(question, name), getattr(query, name)) for name in ("grade_level", "status", "urgency")]
    return all(value is None or value == found for found, value in wanted)


def show(caller: Principal, question_id: str) -> QuestionView:
    """Show a question with its answers (2 storage requests), and to its asker and moderators its history (1 more).

    Raises NotFound for one that is held, unless it is the caller's.
    """
    question = HelpQuestion.require(question_id=question_id, consistent=True)
    if not holds.may_see(caller, question.asker_id, question.held):
        raise NotFound("There is no such question.")
    answers = find(HelpAnswer, index="gsi1", question_id=question_id, limit=MOST_ANSWERS).items
    history = None
    if question.revision > 1 and (caller.user_id == question.asker_id or people.is_staff(caller)):
        history = find(TextRevision, question_id=question_id, item_id=question_id, limit=MOST_REVISIONS).items
    return views.whole(caller, question, answers, history)


def earlier_texts(caller: Principal, answer_id: str) -> AnswerHistory:
    """Return how an answer read before each edit, for its author and moderators (2 storage requests).

    Raises NotFound for everybody else.
    """
    answer = HelpAnswer.require(answer_id=answer_id)
    if caller.user_id != answer.author_id and not people.is_staff(caller):
        raise NotFound("There is no such answer.")
    found = find(TextRevision, question_id=answer.question_id, item_id=answer_id, limit=MOST_REVISIONS).items
    return AnswerHistory(answer_id=answer_id, history=[views.revision(each) for each in found])


def queue(caller: Principal, query: Listing) -> Slice[OfferView]:
    """Return a page of the questions that wait for the caller: the most urgent first, then the oldest (2 requests)."""
    offers = find(MentorOffer, mentor_id=caller.user_id, limit=_MOST_OFFERS).items
    found = batch_fetch([HelpQuestion.at(question_id=each.question_id) for each in offers]) if offers else []
    waiting = [
        (offer, question)
        for offer, question in zip(offers, found, strict=True)
        if isinstance(question, HelpQuestion) and question.status == "open" and not question.held
    ]
    page = cut_sorted(
        waiting,
        lambda pair: (_URGENCY[pair[1].urgency], pair[1].question_id),
        limit=query.limit,
        after=query.start_key(),
    )
    return Slice([_offer(offer, question) for offer, question in page.items], page.last_key)


def _offer(offer: MentorOffer, question: HelpQuestion) -> OfferView:
    minutes = int((clock.now() - question.asked_at).total_seconds()) // 60
    shown = views.summary(question).model_dump()
    return OfferView(**shown, reason=offer.reason, offered_at=offer.offered_at, waiting_minutes=minutes)
