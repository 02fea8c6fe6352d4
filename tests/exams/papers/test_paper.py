"""Drawing questions: exact counts, no duplicates, bounded cost, and what the order is made of."""

from collections import Counter

import pytest

from lyceum.kit import context, ids
from lyceum.kit.errors import RuleViolation
from lyceum.model.questions.question import Question
from lyceum.rules.questions.seeded_order import shuffled
from lyceum.rules.questions.topic_sampler import draw
from tests.exams.conftest import OPTIONS, Bank
from tests.support.http import Client

from functions.exams.papers import paper

# Chi-square, 1 - 1e-6 quantiles: a fair shuffle fails once in a million runs, and the seeds here are fixed.
CHI_SQUARE_4 = 33.4
CHI_SQUARE_9 = 45.1
CHI_SQUARE_29 = 82.0


def requests_of_draw(topics: list[str], count: int, difficulty: str | None = None) -> int:
    before = context.current().usage.requests
    assert len({question.question_id for question in draw(topics, count, ids.new_secret(), difficulty)}) == count
    return context.current().usage.requests - before


@pytest.mark.parametrize("topics", [1, 2, 3, 4])
def test_forty_questions_cost_four_requests_whatever_the_bank(bank: Bank, topics: int) -> None:
    for size in (40, 100):
        names = [bank.topic(size) for _ in range(topics)]
        assert max(requests_of_draw(names, 40) for _ in range(5)) <= 4


def test_more_topics_cost_one_request_each(bank: Bank) -> None:
    names = [bank.topic(20) for _ in range(10)]
    assert max(requests_of_draw(names, 40) for _ in range(5)) <= 10


def test_questions_are_spread_evenly_over_the_topics(bank: Bank) -> None:
    names = [bank.topic(60) for _ in range(2)]
    for _ in range(5):
        drawn = Counter(question.topic_id for question in draw(names, 20, ids.new_secret()))
        assert drawn == dict.fromkeys(names, 10)


def test_a_topic_with_few_questions_is_made_up_for_by_the_others(bank: Bank) -> None:
    few, many = bank.topic(2), bank.topic(30)
    drawn = Counter(question.topic_id for question in draw([few, many], 20, ids.new_secret()))
    assert drawn == {few: 2, many: 18}


def test_s2_the_whole_bank_can_be_asked_for_and_not_one_more(bank: Bank) -> None:
    topics = [bank.topic(7), bank.topic(5)]
    assert requests_of_draw(topics, 12) > 0
    with pytest.raises(RuleViolation) as refused:
        draw(topics, 13, ids.new_secret())
    assert refused.value.details[0].code == "NOT_ENOUGH_QUESTIONS"
    assert "12" in refused.value.message


def test_s2_too_few_questions_are_a_rule_violation_that_leaves_nothing_behind(client: Client, bank: Bank) -> None:
    student = client.as_("student")
    refused = student.post("/api/exams/start", {"mode": "practice", "topicIds": [bank.topic(3)], "count": 4})
    assert (refused.status, refused.error.code, refused.error.fields) == (
        422,
        "RULE_VIOLATION",
        {"NOT_ENOUGH_QUESTIONS"},
    )
    assert student.get("/api/exams/history").data == []


def test_a_difficulty_is_kept_to_and_found_however_rare(bank: Bank) -> None:
    topic = bank.topic(120)
    assert {question.difficulty for question in draw([topic], 10, ids.new_secret(), "hard")} == {"hard"}
    assert requests_of_draw([topic], 40, "hard") > 1
    with pytest.raises(RuleViolation):
        draw([topic], 41, ids.new_secret(), "hard")


def test_questions_that_are_not_approved_are_not_drawn(bank: Bank) -> None:
    with pytest.raises(RuleViolation):
        draw([bank.topic(5, status="submitted")], 1, ids.new_secret())


@pytest.mark.parametrize(("size", "share", "limit"), [(10, 2, CHI_SQUARE_9), (30, 3, CHI_SQUARE_29)])
def test_each_question_of_a_topic_is_as_likely_as_the_others(bank: Bank, size: int, share: int, limit: float) -> None:
    topic = bank.topic(size, sort_keys=lambda number: f"{(2 * number + 1) * 2**63 // size:016x}")
    drawn = Counter(
        question.question_id for number in range(150) for question in draw([topic], share, f"seed {number}")
    )
    expected = 150 * share / size
    assert sum((drawn[name] - expected) ** 2 / expected for name in bank.questions) < limit


def test_s1_the_same_seed_and_bank_give_the_same_paper_byte_for_byte(bank: Bank) -> None:
    topics = [bank.topic(40), bank.topic(40)]
    first, again = (
        paper.freeze(paper.compose(draw(names, 20, "seed"), "seed", shuffle_questions=True, shuffle_options=True))
        for names in (topics, topics[::-1])
    )
    other = paper.freeze(
        paper.compose(draw(topics, 20, "other"), "other", shuffle_questions=True, shuffle_options=True)
    )
    assert first == again != other
    assert paper.unpack(paper.pack(first)) == first


def question(name: str, options: list[dict[str, object]] | None = None) -> Question:
    return Question(
        question_id=name,
        topic_id="t",
        type="single",
        stem="?",
        difficulty="easy",
        content={"options": options or OPTIONS},
        revision=1,
    )


def test_s1_the_order_does_not_depend_on_the_order_of_the_input() -> None:
    questions = [question(name) for name in "12345"]
    one, two = (
        paper.compose(drawn, "seed", shuffle_questions=True, shuffle_options=True)
        for drawn in (questions, questions[::-1])
    )
    assert one == two


def test_without_shuffling_everything_keeps_its_order() -> None:
    entries = paper.compose([question(name) for name in "213"], "seed", shuffle_questions=False, shuffle_options=False)
    assert [entry["question_id"] for entry in entries] == ["1", "2", "3"]
    assert entries[0]["options"] == OPTIONS


def test_s3_pinned_options_keep_their_place() -> None:
    options = [*OPTIONS, {"id": "e", "text": "none of the above", "pinned": True}]
    orders = {
        "".join(
            option["id"]
            for option in paper.compose(
                [question("1", options)], str(seed), shuffle_questions=True, shuffle_options=True
            )[0]["options"]
        )
        for seed in range(50)
    }
    assert len(orders) > 10
    assert {order[-1] for order in orders} == {"e"}


def test_s4_every_position_is_equally_likely_over_ten_thousand_seeds() -> None:
    counts: Counter[tuple[str, int]] = Counter()
    for seed in range(10_000):
        counts.update((name, place) for place, name in enumerate(shuffled("abcde", str(seed), "questions")))
    for name in "abcde":
        assert sum((counts[name, place] - 2000) ** 2 / 2000 for place in range(5)) < CHI_SQUARE_4


def test_s4_seeds_are_random_and_never_shown(client: Client, bank: Bank) -> None:
    from lyceum.model.exams.sessions import ExamSession

    replies = [
        client.as_(name, "student").post("/api/exams/start", {"mode": "practice", "topicIds": [bank.topic(12)]})
        for name in ("ada", "eve")
    ]
    seeds = [ExamSession.require(exam_id=reply.data["examId"]).seed for reply in replies]
    assert len(set(seeds)) == 2
    assert not any(seed in reply.body for seed in seeds for reply in replies)
