"""Conversations with the tutor: what it looks in, what it remembers, and what of an answer is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, Field

from lyceum.kit import clock, ids
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, fetch_many, find
from lyceum.messages.spoken import say
from lyceum.model.ai.asking import Chat, ChatLine, ModelCircuit
from lyceum.model.courses.course import CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.rules.courses import course_access
from lyceum.tasks.ai import EmbedCourse

from functions.ai.model import asking, circuit, pictures, voice
from functions.ai.model.prompts import TUTOR
from functions.ai.tutor import finding, retrieval, safety
from functions.ai.tutor.grounding import Sentence, grounded
from functions.ai.tutor.retrieval import Passage
from functions.ai.tutor.schemas import ChatQuery, ChatView, LineView, Message, SentenceView, SourceView, TutorAnswer
from functions.ai.tutor.streaming import Teller

KEPT = timedelta(days=180)
_REMEMBERED = 6
_MOST_COURSES = 5
_TITLE = 80


class TutorReply(BaseModel, defer_build=True):
    """The form of a tutor's answer."""

    in_course: bool
    sentences: list[Sentence] = Field(default=[], max_length=20)


@dataclass
class _Turn:
    """A question of a chat: who asks, in which chat, the words, and what a voice note was understood as.

    `orders` are those for vectors that its courses lack.
    """

    caller: Principal
    chat: Chat
    words: str
    heard: str | None
    line_id: str
    orders: Sequence[EmbedCourse] = ()


def answer(caller: Principal, asked: Message) -> TutorAnswer:
    """Answer from the student's own courses (5 storage requests to read, and the writes of budget and answer).

    Raises Locked EXAM_RUNNING and QUESTION_SECRET, NotFound, Forbidden NOT_ENROLLED, RateLimited, and ModelDown or
    ModelNonsense, after which nothing is stored of the question; of a voice note also what `voice.read` raises.
    """
    turn = _turn(caller, asked)
    if safety.needs_a_person(turn.words):
        return _keep(turn, "person", [Sentence(text=say("tutor.help"))], [], None, Unit())
    safety.require_no_exam(caller.user_id)
    safety.require_not_secret(caller.user_id, turn.words)
    outlines, known = _outlines(caller, asked.course_id or turn.chat.course_id)
    picture = pictures.read(caller, asked.image_upload_id) if asked.image_upload_id else None
    passages, turn.orders = finding.found(retrieval.read(outlines), turn.words)
    if not passages:
        return _keep(turn, "not_in_course", [Sentence(text=say("tutor.not_in_course"))], [], None, Unit())
    before = "\n".join(f"{each['asked']}\n{each['said']}" for each in turn.chat.latest)
    parts = {"passages": retrieval.written(passages), "before": before, "question": turn.words}
    teller = Teller(caller.user_id, turn.chat.chat_id, turn.line_id, passages)
    heard, unit = teller.hear if asked.stream else None, Unit()
    (reply,) = asking.ask(
        caller.user_id, TUTOR, TutorReply, [parts], known=known, unit=unit, picture=picture, heard=heard
    )
    kept = grounded(reply.content.sentences, passages) if reply.content.in_course else []
    if not kept:
        return _keep(turn, "not_in_course", [Sentence(text=say("tutor.not_in_course"))], [], reply.made_by, unit)
    return _keep(turn, "answer", kept, passages, reply.made_by, unit)


def _turn(caller: Principal, asked: Message) -> _Turn:
    """Put together what is asked; a voice note is not listened to while an exam runs."""
    heard = None
    if asked.voice_upload_id is not None:
        safety.require_no_exam(caller.user_id)
        heard = voice.read(caller, asked.voice_upload_id)
    words = "\n".join(each for each in (asked.message, heard) if each)
    return _Turn(caller, _chat(caller, asked, words), words, heard, ids.new_id())


def _chat(caller: Principal, asked: Message, words: str) -> Chat:
    if asked.chat_id is None:
        return Chat(user_id=caller.user_id, chat_id=ids.new_id(), title=words[:_TITLE], course_id=asked.course_id)
    return Chat.require(user_id=caller.user_id, chat_id=asked.chat_id, consistent=True)


def _outlines(caller: Principal, course_id: str | None) -> tuple[list[CourseOutline], ModelCircuit | None]:
    """Read the outlines of the course, or of the latest courses, that the caller learns in."""
    if course_id is not None:
        enrolment, outline, known = fetch_many(
            Enrolment.at(course_id=course_id, user_id=caller.user_id),
            CourseOutline.at(course_id=course_id),
            circuit.named(),
        )
        if not course_access.is_learning(enrolment):
            raise course_access.not_enrolled()
        return ([outline] if outline else []), known
    enrolments = [
        each for each in find(Enrolment, index="gsi1", user_id=caller.user_id).items if each.state == "active"
    ]
    latest = sorted(enrolments, key=lambda each: str(each.last_activity_at or each.enrolled_at))[-_MOST_COURSES:]
    if not latest:
        raise rule_violation("NO_COURSE", "The tutor speaks from your courses. Enrol in one first.")
    read = batch_fetch([circuit.named(), *(CourseOutline.at(course_id=each.course_id) for each in latest)])
    known = read[0] if isinstance(read[0], ModelCircuit) else None
    return [each for each in read if isinstance(each, CourseOutline)], known


def _keep(
    turn: _Turn,
    kind: Any,
    sentences: Sequence[Sentence],
    passages: Sequence[Passage],
    made_by: dict[str, Any] | None,
    unit: Unit,
) -> TutorAnswer:
    """Keep an answer with its question, and return it; sources are those that a sentence names."""
    used, chat = {name for each in sentences for name in each.sources}, turn.chat
    given = TutorAnswer(
        chat_id=chat.chat_id,
        line_id=turn.line_id,
        kind=kind,
        heard=turn.heard,
        sentences=[SentenceView(text=each.text, sources=each.sources) for each in sentences],
        sources=[view_of(each) for each in passages if each.passage_id in used],
        made_by=made_by,
    )
    said = " ".join(each.text for each in sentences)
    chat.turns = int(chat.turns) + 1
    chat.latest = [*chat.latest, {"asked": turn.words[:500], "said": said[:500]}][-_REMEMBERED:]
    chat.answered_at, chat.ttl = clock.now(), KEPT
    line = ChatLine(
        user_id=turn.caller.user_id,
        chat_id=chat.chat_id,
        line_id=given.line_id,
        asked=turn.words,
        answer=given.model_dump(mode="json", include={"kind", "sentences", "sources"}),
        made_by=made_by or {},
        ttl=KEPT,
    )
    unit.save(chat, *turn.orders).create(line).commit()
    return given


def view_of(passage: Passage) -> SourceView:
    """Show a passage that was used."""
    return SourceView(
        passage_id=passage.passage_id, lesson_id=passage.lesson_id, course_id=passage.course_id, text=passage.text
    )


def listed(caller: Principal, query: ChatQuery) -> Slice[Chat]:
    """Return a page of the caller's chats, the latest first (1 request); of one chat that alone; raises NotFound."""
    if query.chat_id is None:
        return find(Chat, user_id=caller.user_id, limit=query.limit, after=query.start_key(), descending=True)
    return Slice([Chat.require(user_id=caller.user_id, chat_id=query.chat_id)], None)


def viewed(caller: Principal, query: ChatQuery, chat: Chat) -> ChatView:
    """Show a chat; one that was asked for by its id with its lines (1 more request)."""
    shown = ChatView.model_validate(
        {name: getattr(chat, name) for name in ("chat_id", "title", "course_id", "turns", "answered_at")}
    )
    if query.chat_id is not None:
        lines = find(ChatLine, user_id=caller.user_id, chat_id=chat.chat_id, limit=100).items
        shown.lines = [_line(each) for each in lines]
    return shown


def _line(line: ChatLine) -> LineView:
    whole = {"line_id": line.line_id, "asked": line.asked, "created_at": line.created_at, **line.answer}
    return LineView.model_validate({**whole, "made_by": line.made_by or None})
