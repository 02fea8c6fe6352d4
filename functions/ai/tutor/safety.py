"""When the tutor does not help: while an exam runs, with what an exam keeps secret, and where a person is needed."""

import json
import re
import zlib

from lyceum.kit import clock
from lyceum.kit.errors import Locked
from lyceum.kit.table import batch_fetch, find
from lyceum.kit.values.text import plain
from lyceum.model.exams.sessions import ActiveSession, ExamPaper, ExamSession

from functions.ai.tutor.retrieval import folded

_LOOKED_BACK = 10
_ALIKE = 0.75
_FEWEST_WORDS = 3
_HARM = r"(?:hit|hits|hurt|hurts|touch|touches|beat|beats|abuse|abuses|rape|raped|threatens)"
_NEAR = r"(?:he|she|they|somebody|someone|teacher|\w*uncle|\w*father|\w*mother|dad|mum|mom|brother|boyfriend)"
_SIGNS = (
    r"\b(?:kill|hurt|harm|cut|hang|poison|starve) (?:myself|me)\b|\bsuicid|\bself.?harm",
    r"\b(?:end|ending|take|taking) my (?:own )?life\b|\bbetter off dead\b|\bno reason to (?:live|go on)\b",
    r"\b(?:want|wanna|going|ready|wish) (?:to |i could )?(?:die|be dead|disappear forever)\b",
    r"\b(?:do not|don.?t) want to (?:live|be alive|wake up|exist)\b",
    r"\bme (?:tuer|suicider|pendre|couper|faire du mal)\b|\b(?:veux|voudrais|envie de) mourir\b",
    r"\bplus envie de vivre\b|\ben finir avec (?:la|ma) vie\b",
    r"\bkujiua\b|\bnataka kufa\b|\bkashe kaina\b|\bin mutu\b",
    rf"\b{_NEAR} {_HARM} me\b|\b(?:il|elle|on|prof|père|oncle|frère) me (?:bat|frappe|touche|viole)\b",
)
_CRISIS = re.compile("|".join(_SIGNS), re.IGNORECASE)
"""In English, French, Swahili and Hausa."""


def needs_a_person(words: str) -> bool:
    """Say whether somebody writes of harm to themselves or by others; that is not sent to any model."""
    return _CRISIS.search(words) is not None


def require_no_exam(user_id: str) -> None:
    """Refuse help while a session of the caller runs (1 request); raises Locked EXAM_RUNNING."""
    now = clock.now()
    running = find(ActiveSession, user_id=user_id, limit=20).items
    if any(isinstance(each, ActiveSession) and each.closes_at > now for each in running):
        raise Locked("There is no help while an exam runs.", code="EXAM_RUNNING")


def require_not_secret(user_id: str, words: str) -> None:
    """Refuse help with what an exam that the caller sat keeps secret (1 request, 2 where there is such an exam).

    Raises Locked QUESTION_SECRET, which says nothing of which exam it is, or when that ends.
    """
    now = clock.now()
    recent = find(ExamSession, index="gsi2", user_id=user_id, limit=_LOOKED_BACK, descending=True).items
    secret = [each for each in recent if any(at and at > now for at in (each.embargoed_until, each.closed_from))]
    papers = batch_fetch([ExamPaper.at(exam_id=each.exam_id) for each in secret]) if secret else []
    asked = set(folded(words))
    for paper in papers:
        if isinstance(paper, ExamPaper) and any(_is_like(asked, stem) for stem in _stems(paper)):
            raise Locked("There is no help with this question for now.", code="QUESTION_SECRET")


def _stems(paper: ExamPaper) -> list[str]:
    return [plain(str(each.get("stem", ""))) for each in json.loads(zlib.decompress(paper.content))["questions"]]


def _is_like(asked: set[str], stem: str) -> bool:
    """Say whether most of a question's words are in what is asked."""
    words = set(folded(stem))
    return len(words) >= _FEWEST_WORDS and len(words & asked) >= _ALIKE * len(words)
