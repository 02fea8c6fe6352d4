"""From a blueprint to questions: exactly what it asks for, or a clear word on what is missing (EXAM S2).

Each section, split by difficulty where it says so, is a cell that needs so many questions. Questions are allotted to
cells by augmenting paths (Kuhn 1955), so a blueprint is refused only when no allotment at all satisfies it. What is
tried first follows from the seed alone: the same seed and bank give the same paper (EXAM S1).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain, zip_longest
from types import MappingProxyType

from lyceum.kit import clock
from lyceum.kit.errors import Detail, RuleViolation
from lyceum.kit.frozen import frozen
from lyceum.kit.table import batch_fetch, find
from lyceum.kit.values.decimals import rounded
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import QuestionStatistics
from lyceum.rules.questions import passages, seeded_order, topic_sampler

from functions.exams.authoring.schemas.blueprints import Blueprint, SectionPlan

_NOTHING: Mapping[int, Sequence[Question]] = MappingProxyType({})
_PAGE = 250
_MOST_PAGES = 20
_PLENTY = 6
_FEWEST_ATTEMPTS = 20
_EXCLUSION_TRIES = 8
"""In how many orders enemy items are left out and groups taken before a blueprint is refused.

To find the best order takes too long.
"""

_EXPECTED = {"easy": Fraction(4, 5), "medium": Fraction(3, 5), "hard": Fraction(2, 5)}
"""The facility of a question that few have answered yet, by its label."""


@frozen
class _Cell:
    """So many questions for a section, of one difficulty or of any."""

    section: int
    plan: SectionPlan
    difficulty: str | None
    need: int
    topic_id: str | None = None

    def fits(self, question: Question) -> bool:
        """Say whether a question may stand here."""
        return (
            question.topic_id in ([self.topic_id] if self.topic_id else self.plan.topic_ids)
            and self.difficulty in (None, question.difficulty)
            and (not self.plan.types or question.type in self.plan.types)
            and question.year not in self.plan.exclude_years
        )

    @property
    def field(self) -> str:
        """Where the blueprint asks for it."""
        place = f"blueprint.sections[{self.section}]"
        return f"{place}.difficulty.{self.difficulty}" if self.difficulty else f"{place}.count"


@frozen
class DrawnForm:
    """The questions of one form, section by section, and the facility to expect of it."""

    parts: list[list[Question]]
    expected_facility: Decimal


def draw(
    blueprint: Blueprint, seed: str, forms: int, chosen: Mapping[int, Sequence[Question]] = _NOTHING
) -> list[DrawnForm]:
    """Draw the questions of one form or of two parallel ones; raises RuleViolation that names each shortage.

    `chosen` are those of sections that name them: they stand there as they were named, and nothing that is drawn is
    one of them or goes against one. Reads a page of each topic and only as much more as it takes; nobody waits for an
    exam to start here.
    """
    cells = _cells(blueprint, forms)
    named = [question for questions in chosen.values() for question in questions]
    if not cells:
        return [DrawnForm([list(chosen[number]) for number in range(len(blueprint.sections))], _expected_of(named))]
    made = _drawn(blueprint, cells, _Pool(blueprint, seed, forms, named), seed, forms)
    for form in made:
        for number, questions in chosen.items():
            form.parts[number] = list(questions)
    return made


def _expected_of(questions: Sequence[Question]) -> Decimal:
    expected = _facilities(questions)
    return rounded(sum(expected.values(), Fraction(0)) / len(expected), 4)


def _drawn(blueprint: Blueprint, cells: Sequence[_Cell], pool: "_Pool", seed: str, forms: int) -> list[DrawnForm]:
    while True:
        questions, groups = pool.questions()
        for attempt in range(_EXCLUSION_TRIES):
            fitting = _without_exclusions(questions, f"{seed} {attempt}")
            allotted = _allot_whole_groups(cells, fitting, f"{seed} {attempt}" if attempt else seed, groups)
            missing = [
                (cell, len(found)) for cell, found in zip(cells, allotted, strict=True) if len(found) < cell.need
            ]
            if not missing:
                return _split(cells, allotted, len(blueprint.sections), forms)
            if not groups and not any(question.exclusion_ids for question in questions):
                break
        if not pool.read_on():
            raise _shortage(missing)


def _without_exclusions(questions: Sequence[Question], seed: str) -> list[Question]:
    """Leave out enemy items, those that come later in the seed's order."""
    known = {question.question_id: question for question in questions}
    in_order = seeded_order.shuffled(known, seed, "exclusions")
    return topic_sampler.without_exclusions([known[name] for name in in_order])


def _cells(blueprint: Blueprint, forms: int) -> list[_Cell]:
    cells = []
    for number, plan in enumerate(blueprint.sections):
        if plan.question_ids:
            continue
        kept = (plan.min_per_topic or 0) * len(plan.topic_ids)
        cells += [_Cell(number, plan, None, (plan.min_per_topic or 0) * forms, name) for name in plan.topic_ids if kept]
        mix = plan.difficulty.model_dump() if plan.difficulty else {None: plan.count - kept}
        cells += [_Cell(number, plan, name, count * forms) for name, count in mix.items() if count]
    return cells


class _Pool:
    """The approved questions of a blueprint's topics, as far as they were read.

    Reading begins at a sort key that the seed gives, and goes round to it.
    """

    def __init__(self, blueprint: Blueprint, seed: str, forms: int, named: Sequence[Question]) -> None:
        self._topics = frozenset(chain.from_iterable(plan.topic_ids for plan in blueprint.sections))
        self._takes_groups = forms == 1
        self._named = {question.question_id for question in named}
        self._against = {name for question in named for name in question.exclusion_ids}
        topics = dict.fromkeys(chain.from_iterable(plan.topic_ids for plan in blueprint.sections))
        self._wanted = {
            name: forms * sum(plan.count for plan in blueprint.sections if name in plan.topic_ids) for name in topics
        }
        self._starts = {name: seeded_order.digest(seed, "start", name)[:16] for name in topics}
        self._found: dict[str, dict[str, Question]] = {name: {} for name in topics}
        self._exhausted: set[str] = set()
        for name in topics:
            self._read(name, self._wanted[name] * _PLENTY)

    def questions(self) -> tuple[list[Question], list[frozenset[str]]]:
        """Return everything that was read and is not asked in an exam that may still be sat (EXAM L4), and its groups.

        Parallel forms take no questions of passages: a group can not be divided between them.
        """
        found = [question for each in self._found.values() for question in each.values() if self._may_stand(question)]
        if not self._takes_groups:
            return [question for question in found if not passages.is_named(question.passage_id)], []
        return passages.whole_groups(found, self._may_stand)

    def _may_stand(self, question: Question) -> bool:
        own = question.question_id
        is_free = question.topic_id in self._topics and not topic_sampler.is_embargoed(question, clock.now())
        goes_with_named = own not in self._named | self._against and self._named.isdisjoint(question.exclusion_ids)
        return is_free and goes_with_named

    def read_on(self) -> bool:
        """Read whatever is left, up to five thousand questions a topic; False when nothing is."""
        unread = [name for name in self._found if name not in self._exhausted]
        for name in unread:
            self._read(name, _PAGE * _MOST_PAGES)
            self._exhausted.add(name)
        return bool(unread)

    def _read(self, topic_id: str, enough: int) -> None:
        found: dict[str, Question] = {}
        start, after, is_round = self._starts[topic_id], None, False
        for _ in range(_MOST_PAGES):
            low, high = (None, start) if is_round else (start, None)
            window = find(
                Question, index="gsi1", topic_id=topic_id, limit=_PAGE, after=after, from_sort=low, to_sort=high
            )
            found |= {question.question_id: question for question in window.items}
            after = window.last_key
            if after is None and is_round:
                self._exhausted.add(topic_id)
                break
            if len(found) >= enough:
                break
            is_round = is_round or after is None
        self._found[topic_id] = found


def _allot_whole_groups(
    cells: Sequence[_Cell], questions: Sequence[Question], seed: str, groups: Sequence[frozenset[str]]
) -> list[list[Question]]:
    """Allot questions so that those of a passage stand in one section together, or none of them does (EXAM S2).

    A group that an allotment would tear apart goes without; one always remains less to try, so it ends.
    """
    left = list(questions)
    while True:
        there = {question.question_id for question in left}
        whole = [group for group in groups if group <= there]
        torn = there & {name for group in groups if not group <= there for name in group}
        if not torn:
            allotted = _allot(cells, left, seed, whole)
            sections = [{question.question_id for question in found} for found in _by_section(cells, allotted)]
            parted = [group for group in whole if any(group & each and not group <= each for each in sections)]
            if not parted:
                return allotted
            torn = set(parted[-1])
        left = [question for question in left if question.question_id not in torn]


def _by_section(cells: Sequence[_Cell], allotted: Sequence[list[Question]]) -> list[list[Question]]:
    parts: dict[int, list[Question]] = {}
    for cell, found in zip(cells, allotted, strict=True):
        parts.setdefault(cell.section, []).extend(found)
    return list(parts.values())


def _allot(
    cells: Sequence[_Cell], questions: Sequence[Question], seed: str, groups: Sequence[frozenset[str]] = ()
) -> list[list[Question]]:
    """Give every cell as many questions as can be, each question to one cell."""
    known = {question.question_id: question for question in questions}
    shuffled = seeded_order.shuffled(known, seed, "blueprint")
    order = passages.in_whole_groups(shuffled, len(shuffled), groups)
    liked = [_by_topic_in_turn([known[name] for name in order if cell.fits(known[name])]) for cell in cells]
    holder: dict[str, int] = {}

    def place(cell: int, tried: set[str]) -> bool:
        for name in liked[cell]:
            if name not in tried and holder.get(name) != cell:
                tried.add(name)
                if name not in holder or place(holder[name], tried):
                    holder[name] = cell
                    return True
        return False

    for number, cell in enumerate(cells):
        for _ in range(cell.need):
            if not place(number, set()):
                break
    return [[known[name] for name in names if holder.get(name) == number] for number, names in enumerate(liked)]


def _by_topic_in_turn(questions: Sequence[Question]) -> list[str]:
    """Name questions so that topics take turns: whoever takes the first of them covers the syllabus evenly.

    Those of one passage take one turn.
    """
    turns: dict[str, list[str]] = {}
    topics: dict[str, list[list[str]]] = {}
    for question in questions:
        own = question.question_id
        turn = str(question.passage_id) if passages.is_named(question.passage_id) else own
        if turn not in turns:
            turns[turn] = []
            topics.setdefault(question.topic_id, []).append(turns[turn])
        turns[turn].append(own)
    return [name for turn in chain.from_iterable(zip_longest(*topics.values())) for name in turn or ()]


def _shortage(missing: Sequence[tuple[_Cell, int]]) -> RuleViolation:
    details = [Detail("", "The bank can not satisfy this blueprint.", "NOT_ENOUGH_QUESTIONS")]
    for cell, found in missing:
        what = " ".join(part for part in (cell.difficulty, " or ".join(cell.plan.types)) if part)
        needed = f"{cell.need} {what + ' ' if what else ''}questions are needed for {cell.plan.title!r}"
        details.append(Detail(cell.field, f"{needed}, and {found} are left that fit."))
    return RuleViolation("The bank can not satisfy this blueprint.", details=details)


def _split(cells: Sequence[_Cell], allotted: Sequence[list[Question]], sections: int, forms: int) -> list[DrawnForm]:
    """Divide what was allotted among the forms.

    Neighbours in facility go to different forms, the easier one where less is so far.
    """
    expected = _facilities([question for found in allotted for question in found]) if forms > 1 else {}
    parts: list[list[list[Question]]] = [[[] for _ in range(sections)] for _ in range(forms)]
    sums = [Fraction(0)] * forms
    for cell, found in zip(cells, allotted, strict=True):
        ranked = (
            sorted(found, key=lambda question: (-expected.get(question.question_id, 0), question.question_id))
            if forms > 1
            else found
        )
        for start in range(0, len(ranked), forms):
            behind = sorted(range(forms), key=lambda number: (sums[number], number))
            for number, question in zip(behind, ranked[start : start + forms], strict=True):
                parts[number][cell.section].append(question)
                sums[number] += expected.get(question.question_id, _EXPECTED[question.difficulty])
    counts = [sum(len(part) for part in form) for form in parts]
    return [DrawnForm(form, rounded(total / count, 4)) for form, total, count in zip(parts, sums, counts, strict=True)]


def _facilities(questions: Sequence[Question]) -> dict[str, Fraction]:
    """Expect of each question what its statistics say or, while few have met it, its label.

    Costs 1 storage request for a hundred questions.
    """
    found = batch_fetch([QuestionStatistics.at(question_id=question.question_id) for question in questions])
    seen = {
        item.question_id: Fraction(int(item.correct), int(item.attempts))
        for item in found
        if isinstance(item, QuestionStatistics) and item.attempts >= _FEWEST_ATTEMPTS
    }
    return {
        question.question_id: seen.get(question.question_id, _EXPECTED[question.difficulty]) for question in questions
    }
