"""Random selections for practice: at a cost that depends on how many are wanted, never on the size of the bank."""

from datetime import timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, batch_fetch, find, find_all
from lyceum.model.catalog import Topic
from lyceum.model.exams.sessions import AnswerSheet, ExamSession
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import DrawnQuestions
from lyceum.rules.exams import answer_sheets
from lyceum.rules.questions import seeded_order, topic_sampler

from functions.questions.schemas.selection import Draw

_TOPICS_OF_A_COURSE = 4
_MOST_REMEMBERED = 1000
_REMEMBERED = timedelta(days=1)


def select(caller: Principal, wanted: Draw) -> tuple[list[Question], str]:
    """Draw questions, and return them with the seed.

    Costs the draw (four requests at most for up to four topics), one each to read and to keep what this session has
    seen, one for a course's topics, and two for the last exams. Where fewer are left that the caller has not met than
    were asked for, it gives those: none comes twice unless that is asked for. Raises NotFound for a course without
    questions and RuleViolation NOT_ENOUGH_QUESTIONS for topics that have none at all.
    """
    seed = wanted.seed or ids.new_secret(24)
    topic_ids = _topics(wanted, seed)
    seen = set() if wanted.again or wanted.seed else _seen(caller)
    without = seen | (_in_last_exams(caller, wanted.last_exams) if wanted.last_exams else set())
    least = 0 if without else 1
    drawn = topic_sampler.draw(
        topic_ids, wanted.count, seed, wanted.difficulty, without=without, weights=wanted.shares, least=least
    )
    if drawn and not wanted.seed:
        _remember(
            caller, {question.question_id for question in drawn}, starts_over=len(seen) + len(drawn) > _MOST_REMEMBERED
        )
    return drawn, seed


def _topics(wanted: Draw, seed: str) -> list[str]:
    """Name the topics to draw from; of a course with many, four that the seed names."""
    if wanted.topic_id:
        return [wanted.topic_id]
    if wanted.topic_ids:
        return list(dict.fromkeys(wanted.topic_ids.split(",")))
    found = find_all(Topic, index="gsi1", course_id=wanted.course_id)
    filled = [topic.topic_id for topic in found if topic.question_count > 0]
    if not filled:
        raise NotFound("There is no such course, or it has no questions yet.")
    return seeded_order.shuffled(filled, seed, "topics of a course")[:_TOPICS_OF_A_COURSE]


def _seen(caller: Principal) -> set[str]:
    found = DrawnQuestions.fetch(user_id=caller.user_id, session_id=caller.session_id)
    return set(found.question_ids or ()) if found else set()


def _in_last_exams(caller: Principal, exams: int) -> set[str]:
    sessions = find(ExamSession, index="gsi2", user_id=caller.user_id, descending=True, limit=exams).items
    blocks = [block for session in sessions for block in answer_sheets.names(session.exam_id)]
    return {name for block in batch_fetch(blocks) if isinstance(block, AnswerSheet) for name in block.answers.as_dict()}


def _remember(caller: Principal, names: set[str], *, starts_over: bool) -> None:
    """Keep what was shown for the rest of the session; a session that has seen very much starts over."""
    item = DrawnQuestions.at(user_id=caller.user_id, session_id=caller.session_id)
    change = DrawnQuestions.question_ids.set(names) if starts_over else DrawnQuestions.question_ids.add(names)
    until = int((clock.now() + _REMEMBERED).timestamp())
    owner = [DrawnQuestions.user_id.set(caller.user_id), DrawnQuestions.session_id.set(caller.session_id)]
    Unit().change(item, change, *owner, DrawnQuestions.ttl.set(until), or_create=True).commit()
