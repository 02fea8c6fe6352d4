"""Badges as data: eight of the product, and the rule language that admins define more with. Pure.

A rule asks of one or more figures that they are at least so much, with one value a tier: `{"questions": [100, 1000]}`.
A tier is earned when all of its figures are there.
"""

from collections.abc import Mapping, Sequence

from lyceum.kit.frozen import frozen

FIGURES = (
    "exams",
    "perfect_exams",
    "questions",
    "correct",
    "reviews",
    "study_minutes",
    "lessons",
    "courses",
    "points",
    "longest_streak",
)
"""What badges may ask for: exams finished and those without a mistake, questions answered and answered rightly, reviews
graded, minutes studied, lessons and courses completed, points, and the longest streak in days."""


@frozen
class Badge:
    """A badge: its words by language, and by figure the least that each tier asks for."""

    id: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    tests: Mapping[str, Sequence[int]]

    @property
    def tiers(self) -> int:
        """How many tiers it has."""
        return len(next(iter(self.tests.values())))

    def is_earned(self, figures: Mapping[str, int], tier: int) -> bool:
        """Say whether a tier (from 1) is earned."""
        return all(figures.get(name, 0) >= least[tier - 1] for name, least in self.tests.items())

    def progress(self, figures: Mapping[str, int], tier: int) -> float:
        """Return how much of a tier is done, from 0 to 1: that of the figure which is furthest away."""
        return min(min(1.0, figures.get(name, 0) / least[tier - 1]) for name, least in self.tests.items())


def _badge(name: str, english: tuple[str, str], french: tuple[str, str], **tests: Sequence[int]) -> Badge:
    return Badge(
        name,
        {"en": english[0], "fr": french[0]},
        {"en": english[1], "fr": french[1]},
        tests,
    )


BUILT_IN = (
    _badge(
        "first_exam",
        ("First exam", "Finish an exam."),
        ("Premier examen", "Terminer un examen."),
        exams=(1,),
    ),
    _badge(
        "flawless",
        ("Flawless", "Finish exams without a mistake."),
        ("Sans faute", "Terminer des examens sans faute."),
        perfect_exams=(1, 10, 50),
    ),
    _badge(
        "steady",
        ("Steady", "Study day after day."),
        ("Assidu", "Étudier jour après jour."),
        longest_streak=(7, 30, 100),
    ),
    _badge(
        "inquirer",
        ("Inquirer", "Answer questions."),
        ("Curieux", "Répondre à des questions."),
        questions=(100, 1000, 5000),
    ),
    _badge(
        "accurate",
        ("Accurate", "Answer questions rightly."),
        ("Précis", "Répondre juste à des questions."),
        correct=(50, 500, 2500),
    ),
    _badge(
        "memory",
        ("Good memory", "Review what you learnt."),
        ("Bonne mémoire", "Réviser ce que vous avez appris."),
        reviews=(50, 500, 2500),
    ),
    _badge(
        "hours",
        ("Hours well spent", "Spend time studying."),
        ("Heures bien employées", "Passer du temps à étudier."),
        study_minutes=(600, 3000, 12000),
    ),
    _badge(
        "graduate",
        ("Graduate", "Complete courses."),
        ("Diplômé", "Terminer des cours."),
        courses=(1, 5, 15),
    ),
)


def key_of(badge: Badge, tier: int) -> str:
    """Name a tier of a badge, as it is kept among a user's badges."""
    return f"{badge.id}~{tier}"
