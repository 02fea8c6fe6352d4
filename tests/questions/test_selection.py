"""Random selections: never twice, mixed as asked, from a seed, and at a cost that does not grow."""

import hashlib
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.table import Slice, Unit
from lyceum.model.catalog import Topic
from lyceum.model.exams.sessions import AnswerSheet, ExamSession
from lyceum.model.questions.question import Question
from lyceum.rules.questions import topic_sampler
from lyceum.rules.questions.topic_sampler import quotas
from tests.questions.conftest import Bank
from tests.support.clock import Clock
from tests.support.http import Client, Reply

PATH = "/api/questions/random"
SEED = "a-seed-of-sorts"


def ids_of(reply: Reply) -> list[str]:
    return [question["questionId"] for question in reply.data["questions"]]


def test_a_session_never_sees_a_question_twice_until_it_asks_for_it(client: Client, bank: Bank, clock: Clock) -> None:
    names = bank.fill(12)
    student = client.as_("student")
    seen = [name for _ in range(3) for name in ids_of(student.get(PATH, {"topicId": bank.topic_id, "count": 4}))]
    assert sorted(seen) == sorted(names)
    assert ids_of(student.get(PATH, {"topicId": bank.topic_id, "count": 1})) == []
    assert len(ids_of(student.get(PATH, {"topicId": bank.topic_id, "count": 4, "again": "true"}))) == 4
    assert len(ids_of(client.as_("eve", "student").get(PATH, {"topicId": bank.topic_id, "count": 12}))) == 12


def test_a_draw_that_finds_fewer_gives_what_there_is_and_says_so(client: Client, bank: Bank, clock: Clock) -> None:
    names = bank.fill(5)
    student, asked = client.as_("student"), {"topicId": bank.topic_id, "count": 2}
    draws = [student.get(PATH, asked).data for _ in range(4)]
    assert [(len(draw["questions"]), draw["isShort"], draw["asked"]) for draw in draws] == [
        (2, False, 2), (2, False, 2), (1, True, 2), (0, True, 2),
    ]  # fmt: skip
    assert sorted(each["questionId"] for draw in draws for each in draw["questions"]) == sorted(names)
    again = student.get(PATH, {**asked, "again": "true"}).data
    assert (len(again["questions"]), again["isShort"]) == (2, False)
    whole = client.as_("eve", "student").get(PATH, {"topicId": bank.topic_id, "count": 9}).data
    assert (len(whole["questions"]), whole["isShort"]) == (5, True)


def test_a_draw_from_a_topic_without_questions_is_refused(client: Client, bank: Bank, clock: Clock) -> None:
    refused = client.as_("student").get(PATH, {"topicId": bank.topic_id, "count": 1})
    assert refused.error.fields == {"NOT_ENOUGH_QUESTIONS"}


def test_a_seed_draws_the_same_and_is_told(client: Client, bank: Bank) -> None:
    bank.fill(30)
    student, query = client.as_("student"), {"topicId": bank.topic_id, "count": 8, "weights": "easy:1,hard:1"}
    first = student.get(PATH, {**query, "seed": SEED})
    assert ids_of(first) == ids_of(client.as_("eve", "student").get(PATH, {**query, "seed": SEED}))
    assert (first.data["seed"], set(first.cost.operations)) == (SEED, {"Query"})
    free = student.get(PATH, {"topicId": bank.topic_id, "count": 8})
    assert ids_of(student.get(PATH, {"topicId": bank.topic_id, "count": 8, "seed": free.data["seed"]})) == ids_of(free)
    assert "correct" not in free.body


def test_weights_mix_the_difficulties_and_others_make_up_for_too_few(client: Client, bank: Bank) -> None:
    bank.fill(24, difficulty=lambda number: ("easy", "medium", "hard")[number % 3])
    student = client.as_("student")

    def mix(weights: str, count: int) -> Counter[str]:
        query = {"topicId": bank.topic_id, "count": count, "weights": weights, "again": "true"}
        return Counter(question["difficulty"] for question in student.get(PATH, query).data["questions"])

    assert mix("easy:1,medium:2,hard:1", 8) == {"easy": 2, "medium": 4, "hard": 2}
    assert mix("hard:1", 8) == {"hard": 8}
    assert mix("hard:1", 20)["hard"] == 8
    assert student.get(PATH, {"topicId": bank.topic_id, "weights": "easy:0"}).status == 400


@given(
    st.dictionaries(st.sampled_from(["easy", "medium", "hard"]), st.integers(0, 99), min_size=1).filter(
        lambda each: any(each.values())
    ),
    st.integers(0, 50),
)
def test_quotas_add_up_and_are_never_off_by_one_or_more(weights: dict[str, int], count: int) -> None:
    shares = quotas(weights, count, "seed")
    assert sum(shares.values()) == count
    assert all(abs(shares[name] - count * weight / sum(weights.values())) < 1 for name, weight in weights.items())


def test_what_stood_in_the_last_exams_does_not_come(client: Client, bank: Bank, clock: Clock) -> None:
    names = bank.fill(8)
    student = client.as_("student")
    for number in range(2):
        clock.advance(minutes=1)
        exam_id = f"exam{number}"
        times = dict.fromkeys(("started_at", "deadline_at", "closes_at"), clock.at)
        session = ExamSession(
            exam_id=exam_id,
            user_id=student.user_id,
            mode="practice",
            state="finished",
            scope="s",
            policy={},
            question_count=2,
            seed="s",
            algorithm=1,
            scoring=1,
            paper_hash="h",
            due_minute="m",
            max_score="2",
            **times,
        )
        answers = {name: {"seq": 0} for name in names[2 * number : 2 * number + 2]}
        sheet = AnswerSheet(
            exam_id=exam_id,
            user_id=student.user_id,
            state="finished",
            deadline_at=clock.at,
            closes_at=clock.at,
            answers=answers,
        )
        Unit().create(session).create(sheet).commit()
    query = {"topicId": bank.topic_id, "again": "true"}
    last = student.get(PATH, {**query, "count": 6, "lastExams": 1})
    assert sorted(ids_of(last)) == sorted([*names[:2], *names[4:]])
    assert sorted(ids_of(student.get(PATH, {**query, "count": 4, "lastExams": 2}))) == sorted(names[4:])
    short = student.get(PATH, {**query, "count": 5, "lastExams": 2}).data
    assert (len(short["questions"]), short["isShort"]) == (4, True)


def test_questions_come_from_several_topics_or_a_whole_course(client: Client, bank: Bank) -> None:
    course_id = client.get(f"/api/topics/{bank.topic_id}").data["courseId"]
    instructor = client.as_("instructor")
    topics = [
        bank.topic_id,
        *(
            instructor.post("/api/topics", {"title": f"T{n}", "courseId": course_id, "order": n}).data["topicId"]
            for n in range(2, 8)
        ),
    ]
    student = client.as_("student")
    assert student.get(PATH, {"courseId": course_id}).status == 404
    for topic_id in topics[:6]:
        bank.fill(5, topicId=topic_id)
        topic = Topic.require(topic_id=topic_id)
        topic.question_count = 5
        Unit().replace(topic).commit()
    drawn = student.get(PATH, {"courseId": course_id, "count": 8})
    assert 1 < len({question["topicId"] for question in drawn.data["questions"]}) <= 4
    assert drawn.cost.requests <= 11
    two = student.get(PATH, {"topicIds": ",".join(topics[:2]), "count": 6, "again": "true"})
    assert Counter(question["topicId"] for question in two.data["questions"]) == {topics[0]: 3, topics[1]: 3}


@pytest.mark.parametrize(
    "query",
    [{}, {"topicId": "0" * 26, "courseId": "0" * 26}, {"topicIds": "x"}, {"topicId": "0" * 26, "seed": "short"}],
)
def test_a_draw_from_nowhere_is_refused(client: Client, query: dict[str, str]) -> None:
    assert client.as_("student").get(PATH, query).status == 400


def test_the_cost_of_a_draw_does_not_grow_with_the_bank(client: Client, bank: Bank) -> None:
    costs = set()
    student = client.as_("student")
    for more in (30, 120):
        bank.fill(more)
        costs |= {
            student.get(PATH, {"topicId": bank.topic_id, "count": 10, "weights": "easy:1"}).cost.requests
            for _ in range(2)
        }
    assert max(costs) <= 4


@dataclass
class LargeTopic:
    """A topic of any size whose questions stand in the order of their sort keys, as storage would read it."""

    sort_keys: list[str]
    requests: int = 0

    def find(
        self,
        _entity: Any,
        *,
        limit: int,
        after: Any,
        from_sort: str | None,
        to_sort: str | None,
        descending: bool,
        **_: Any,
    ) -> Slice[Any]:
        """Answer one query."""
        self.requests += 1
        low, high = bisect_left(self.sort_keys, from_sort or ""), bisect_right(self.sort_keys, to_sort or "g")
        within = range(high - 1, low - 1, -1) if descending else range(low, high)
        start = within.index(after["at"]) + 1 if after else 0
        places = within[start : start + limit]
        found = [Question(question_id=self.sort_keys[place], difficulty="easy") for place in places]
        return Slice(found, {"at": places[-1]} if len(within) > start + limit else None)


def test_a_draw_costs_the_same_from_a_thousand_and_from_a_hundred_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = {}
    for size in (1_000, 10_000, 100_000):
        topic = LargeTopic(sorted(hashlib.sha256(str(number).encode()).hexdigest()[:16] for number in range(size)))
        monkeypatch.setattr(topic_sampler, "find", topic.find)
        costs[size] = []
        for seed in range(30):
            before = topic.requests
            assert len({question.question_id for question in topic_sampler.draw(["t"], 40, str(seed))}) == 40
            costs[size].append(topic.requests - before)
    assert {max(each) for each in costs.values()} <= {1, 2}
    assert sum(costs[100_000]) <= sum(costs[1_000])
