"""The scenarios: who does what when. Times are seconds from the beginning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, log2

from infra.functions import FUNCTIONS
from tests.scale import stories
from tests.scale.engine import Engine, Result, Wave
from tests.scale.limits import Limits
from tests.scale.profiles import Profile, alike
from tests.scale.stories import CANDIDATES
from tests.support.cloud import Cloud

from functions.exams.papers.spreading import CANDIDATES_A_PART

_MINUTE, _HOUR = 60, 3600
READERS = 1_000_000
FRESHERS = 100_000
COURSE = 50_000


@dataclass(frozen=True)
class Chain:
    """Pages of a long work of which each asks for the next one, so that they are worked through one after another.

    `page` is what the product takes at a time; the seconds are taken: a page that goes through stream and queue needs
    more than one that its function reads itself. In all it may take `most_seconds`.
    """

    name: str
    items: int
    page: int
    seconds_a_page: float
    most_seconds: float

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.items // self.page)

    @property
    def seconds(self) -> float:
        """How long all of them take."""
        return self.pages * self.seconds_a_page


@dataclass(frozen=True)
class Scenario:
    """A story, who acts when, and the chains that no number of workers makes shorter."""

    name: str
    title: str
    story: Callable[[Cloud], Mapping[str, Profile]]
    waves: tuple[Wave, ...]
    chains: tuple[Chain, ...] = ()
    heads: int = 1
    """Whom the bill is divided by."""
    days: int = 0
    """How often a month it happens, for what happens each day."""

    def takes(self) -> list[tuple[str, float, float]]:
        """Return the chains with their seconds and the most that they may take."""
        return [(chain.name, chain.seconds, chain.most_seconds) for chain in self.chains]

    def play(self, profiles: Mapping[str, Profile], limits: Limits) -> Result:
        """Run it against quotas."""
        return Engine(profiles, FUNCTIONS, limits).run(self.waves)


def learned(scenario: Scenario, cloud: Cloud) -> Mapping[str, Profile]:
    """Act the scenario's story and return what its steps do; of partitions that are used alike one is kept."""
    profiles = dict(scenario.story(cloud))
    alike(profiles.values())
    return profiles


def _halvings(items: int, page: int) -> int:
    """Return how many pages follow one another where each leaves two halves, and twice that for uneven ones."""
    return 2 * ceil(log2(items / page))


_END = _HOUR + 5 * _MINUTE
EXAM = Scenario(
    "A",
    "400 000 candidates, one assessment: 60 % start within a minute, a save a minute each, 70 % submit in the last two "
    "minutes, all results released when the window closes",
    stories.exam,
    (
        Wave("start", 0.6 * CANDIDATES, 0, _MINUTE),
        Wave("start", 0.4 * CANDIDATES, _MINUTE, 9 * _MINUTE),
        Wave("save", 60 * CANDIDATES, _MINUTE, _HOUR),
        Wave("submit", 0.2 * CANDIDATES, 40 * _MINUTE, 23 * _MINUTE),
        Wave("submit", 0.7 * CANDIDATES, _END - 2 * _MINUTE, 2 * _MINUTE),
        Wave("close", 0.1 * CANDIDATES, _END + _MINUTE, 2 * _MINUTE, is_from_outside=False),
        Wave("release", CANDIDATES, _END + 10 * _MINUTE, 4 * _MINUTE, is_from_outside=False),
    ),
    (Chain("the sweep reads who is due", min(CANDIDATES, CANDIDATES_A_PART), 500, 0.4, 50),),
    CANDIDATES,
)
SCHOOL = Scenario(
    "B",
    "the first day of a university on a platform of a million: 100 000 register, sign in and enter one course within "
    "an hour, half of them within ten minutes, and an announcement goes to everybody",
    stories.school,
    (
        *(Wave(step, FRESHERS / 2, 0, 10 * _MINUTE) for step in ("register", "sign in", "enrol", "read messages")),
        *(
            Wave(step, FRESHERS / 2, 10 * _MINUTE, 50 * _MINUTE)
            for step in ("register", "sign in", "enrol", "read messages")
        ),
        Wave("notice.deliver", READERS / 60, _HOUR, 20, is_from_outside=False),
    ),
    (Chain("an announcement addresses everybody", _halvings(READERS, 500), 1, 0.8, 60),),
    FRESHERS,
)
TERM = Scenario(
    "C",
    "ten years of history: a course of 50 000 in which everybody enters and completes a lesson within two hours, and a "
    "bank of five million questions into which 30 a second are written",
    stories.course,
    (
        Wave("enrol", COURSE, 0, _HOUR),
        Wave("complete a lesson", COURSE, _HOUR, _HOUR),
        Wave("write a question", 30 * _HOUR, _HOUR, _HOUR),
        Wave("approve a question", 30 * _HOUR, _HOUR, _HOUR),
    ),
    (Chain("an announcement addresses the course", _halvings(COURSE, 80), 1, 0.8, 60),),
    COURSE,
)
PUPILS = 5_000
DAY = Scenario(
    "D",
    "an ordinary day of a school of 5 000, pressed into an hour: everybody signs in on a known device, reads messages "
    "five times and completes a lesson, and one in five takes a practice test of 20 questions",
    stories.day,
    (
        Wave("sign in again", PUPILS, 0, _HOUR),
        Wave("read messages", 5 * PUPILS, 0, _HOUR),
        Wave("complete a lesson", PUPILS, 0, _HOUR),
        Wave("start", PUPILS / 5, 0, _HOUR),
        Wave("save", 20 * PUPILS / 5, 0, _HOUR),
        Wave("submit", PUPILS / 5, 0, _HOUR),
    ),
    (),
    PUPILS,
    days=22,
)
SCENARIOS = (EXAM, SCHOOL, TERM, DAY)
