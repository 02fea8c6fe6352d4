"""Clicker quizzes: started in a room, answered until they close, counted by question and device."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.identity.principal import require_owner
from lyceum.kit.table import Unit, fetch_partition, find
from lyceum.model.devices import ClassroomDevice, ClickerAnswers, ClickerQuiz, DeviceCommand
from lyceum.rules import audits

from functions.devices.quizzes.schemas import ClickerChoices, ClickerQuizView, QuestionCount, StartQuiz

MOST_CLICKERS = 90
"""Of a room, so that one transaction tells all of them."""
KEPT = timedelta(days=30)
LATE = timedelta(seconds=5)
"""For how long after the end answers are taken that were given before it: devices report every second or so."""
LETTERS = "ABCDEFGH"


def start(caller: Principal, wanted: StartQuiz) -> ClickerQuizView:
    """Start a quiz and tell the clickers of the room (1 read and 1 transaction).

    Raises RuleViolation NO_CLICKERS for a room without any, TOO_MANY_CLICKERS for more than 90.
    """
    found = find(ClassroomDevice, index="gsi2", room=wanted.room, limit=200)
    clickers = [each for each in found.items if each.device_kind == "clicker"]
    if not clickers:
        raise rule_violation("NO_CLICKERS", "There is no clicker in this room.", field="room")
    if len(clickers) > MOST_CLICKERS or found.last_key is not None:
        raise rule_violation("TOO_MANY_CLICKERS", f"A room has {MOST_CLICKERS} clickers at most.", field="room")
    now = clock.now()
    quiz = ClickerQuiz(
        quiz_id=ids.new_id(),
        owner_id=caller.user_id,
        room=wanted.room,
        title=wanted.title,
        questions=[{"label": each.label, "choices": each.choices} for each in wanted.questions],
        clickers=len(clickers),
        closes_at=now + timedelta(seconds=wanted.seconds),
        ttl=now + KEPT,
    )
    unit = Unit().create(quiz)
    for clicker in clickers:
        unit.create(_told(clicker, quiz))
    unit.commit()
    return view(quiz, [])


def _told(clicker: ClassroomDevice, quiz: ClickerQuiz) -> DeviceCommand:
    arguments = {
        "quizId": quiz.quiz_id,
        "choices": [each["choices"] for each in quiz.questions],
        "closesAt": clock.iso(quiz.closes_at),
    }
    return DeviceCommand(
        device_id=clicker.device_id,
        command_id=ids.new_id(),
        command="open_quiz",
        arguments=arguments,
        expires_at=quiz.closes_at,
        ttl=quiz.closes_at + timedelta(days=1),
    )


def show(caller: Principal, quiz_id: str) -> ClickerQuizView:
    """Show a quiz of one's own with its counts (1 storage request); raises NotFound."""
    return view(*_own(caller, quiz_id))


def end(caller: Principal, quiz_id: str) -> ClickerQuizView:
    """End a quiz of one's own before its time; raises NotFound, and Conflict when it has ended."""
    quiz, answers = _own(caller, quiz_id)
    now = clock.now()
    if quiz.closes_at <= now:
        raise Conflict("This quiz has ended.")
    quiz.closes_at = now
    unit = Unit().replace(quiz)
    audits.note(unit, caller.user_id, quiz.owner_id, "clicker_quiz.end", quiz_id)
    unit.commit()
    return view(quiz, answers)


def _own(caller: Principal, quiz_id: str) -> tuple[ClickerQuiz, list[ClickerAnswers]]:
    found = fetch_partition(ClickerQuiz, quiz_id=quiz_id, consistent=True)
    quiz = next((each for each in found if isinstance(each, ClickerQuiz)), None)
    if quiz is None:
        raise NotFound("There is no such quiz.")
    require_owner(caller, quiz.owner_id, "quiz", Permission.MANAGE_DEVICES)
    return quiz, [each for each in found if isinstance(each, ClickerAnswers)]


def view(quiz: ClickerQuiz, answers: Sequence[ClickerAnswers]) -> ClickerQuizView:
    """Show a quiz with its counts."""
    return ClickerQuizView(
        quiz_id=quiz.quiz_id,
        room=quiz.room,
        title=quiz.title,
        clickers=int(quiz.clickers),
        is_open=quiz.closes_at > clock.now(),
        closes_at=quiz.closes_at,
        questions=[_counted(quiz, number, answers) for number in range(1, len(quiz.questions) + 1)],
        devices=[ClickerChoices(device_id=each.device_id, choices=each.choices) for each in answers],
    )


def _counted(quiz: ClickerQuiz, number: int, answers: Sequence[ClickerAnswers]) -> QuestionCount:
    asked = quiz.questions[number - 1]
    taken = Counter(each.choices[str(number)] for each in answers if str(number) in each.choices)
    counts = {letter: taken[letter] for letter in LETTERS[: asked["choices"]]}
    return QuestionCount(question=number, label=asked["label"], counts=counts, answered=sum(counts.values()))
