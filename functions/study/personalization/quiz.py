"""The personalization quiz as data: eight questions, unscored. A change of it is a new version.

Earlier versions stay, so that what was answered by one of them can still be read.
"""

from lyceum.kit.frozen import frozen


@frozen
class Choice:
    """An answer that may be chosen."""

    id: str
    text: str


@frozen
class QuizQuestion:
    """A question with its choices; of some, several may be chosen."""

    id: str
    text: str
    choices: tuple[Choice, ...]
    most_choices: int = 1


@frozen
class Quiz:
    """A version of the quiz."""

    version: int
    questions: tuple[QuizQuestion, ...]


def _choices(**texts: str) -> tuple[Choice, ...]:
    return tuple(Choice(name, text) for name, text in texts.items())


_FIRST = Quiz(
    1,
    (
        QuizQuestion(
            "goals",
            "What do you want to reach?",
            _choices(
                exam="Pass an exam",
                better_grades="Get better grades",
                new_skill="Learn something new",
                keep_up="Keep up with my classes",
            ),
            most_choices=2,
        ),
        QuizQuestion(
            "times",
            "When do you study best?",
            _choices(
                early_morning="Early in the morning",
                midday="Around midday",
                afternoon="In the afternoon",
                evening="In the evening",
                night="Late at night",
            ),
            most_choices=2,
        ),
        QuizQuestion(
            "subjects",
            "What would you like to study?",
            _choices(
                programming="Programming",
                science="Science and mathematics",
                business="Business",
                marketing="Marketing",
                language="Languages",
                design="Design",
                music="Music",
                art="Art",
            ),
            most_choices=3,
        ),
        QuizQuestion(
            "level",
            "How much do you know of it already?",
            _choices(beginner="I am new to it", intermediate="I know the basics", advanced="I know it well"),
        ),
        QuizQuestion(
            "pace",
            "How much time can you give on a day of study?",
            _choices(relaxed="About half an hour", steady="About an hour", intense="Two hours or more"),
        ),
        QuizQuestion(
            "device",
            "What do you study on most?",
            _choices(phone="A phone", tablet="A tablet", computer="A computer", shared="A device that I share"),
        ),
        QuizQuestion(
            "connection",
            "How is your connection to the internet?",
            _choices(good="Good most of the time", slow="Slow or costly", rare="There is none on many days"),
        ),
        QuizQuestion(
            "motivation",
            "What keeps you going?",
            _choices(
                streaks="Doing a little every day",
                milestones="Reaching the next step",
                friends="Studying with others",
                curiosity="Understanding things",
            ),
        ),
    ),
)
QUIZZES = {quiz.version: quiz for quiz in (_FIRST,)}
CURRENT = _FIRST
