"""Boards: exact ranks with ties, whatever comes twice, late or is taken back."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lyceum.events.courses import CourseCompleted, LessonCompleted
from lyceum.kit import clock as clocks
from lyceum.kit import ids
from lyceum.kit.aws import clients
from lyceum.kit.consumers.outbox import send
from lyceum.kit.table import Unit, find, find_all
from lyceum.model.gamification.boards import Standing, Tally
from lyceum.model.users.account import User
from lyceum.tasks.gamification import CountStandings
from tests.gamification.conftest import exam, regraded
from tests.support import workers
from tests.support.clock import Clock
from tests.support.http import Client

from functions.gamification.boards import boards, scores

GLOBAL = "/api/leaderboards/global"


def test_points_stand_on_the_boards_with_what_is_right(client: Client, tell: Callable[..., None]) -> None:
    ada, eve = client.as_("ada", "student"), client.as_("eve", "student")
    tell(exam(ada.user_id, "rrw"), exam(eve.user_id, "rpb"))
    board = eve.get(GLOBAL)
    assert [(row["rank"], row["name"], row["points"], row["correctAnswers"]) for row in board.data["rankings"]] == [
        (1, "Ada", 20, 2),
        (2, "Eve", 15, 1),
    ]
    assert board.data["userCount"] == 2
    assert board.cost.requests == 2
    assert [row["isYou"] for row in board.data["rankings"]] == [False, True]
    assert client.get("/api/leaderboards/weekly").data["period"] == "2027-W02"
    assert len(client.get(GLOBAL, {"period": "month"}).data["rankings"]) == 2
    for word, same in (("monthly", "month"), ("weekly", "week"), ("all-time", "all"), ("all_time", "all")):
        assert (
            client.get(GLOBAL, {"period": word}).data["period"] == client.get(GLOBAL, {"period": same}).data["period"]
        )
    assert client.get(GLOBAL, {"name": "2026-W50"}).data["rankings"] == []


def test_a_result_that_is_kept_back_gives_no_points(client: Client, tell: Callable[..., None]) -> None:
    ada = client.as_("ada", "student")
    tell(exam(ada.user_id, "rrr", is_released=False))
    assert ada.get(GLOBAL).data["rankings"] == []


def test_a_regrade_takes_points_and_rank_back(client: Client, tell: Callable[..., None]) -> None:
    ada, eve = client.as_("ada", "student"), client.as_("eve", "student")
    first = exam(ada.user_id, "rrr")
    tell(first, exam(eve.user_id, "rrw"))
    later = regraded(first, "rww")
    tell(later)
    assert [(row["name"], row["points"], row["correctAnswers"]) for row in ada.get(GLOBAL).data["rankings"]] == [
        ("Eve", 20, 2),
        ("Ada", 10, 1),
    ]
    path = f"/api/leaderboards/users/{ada.user_id}/rank"
    assert {(row["board"], row["rank"]) for row in ada.get(path).data["ranks"]} == {("global", 2)}


def test_what_is_told_twice_or_out_of_order_counts_once(client: Client, tenant: str, tell: Callable[..., None]) -> None:
    ada = client.as_("ada", "student")
    first = exam(ada.user_id, "rr")
    later = regraded(first, "rw")
    tell(later)
    tell(first)
    assert workers.deliver(client.cloud, tenant, only="gamification") == 0
    assert [row["points"] for row in ada.get(GLOBAL).data["rankings"]] == [10]


def test_points_that_change_meanwhile_are_counted_all_the_same(
    client: Client, tell: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = client.as_("ada", "student")
    add = scores.add

    def late(*arguments: Any) -> list[CountStandings]:
        orders = add(*arguments)
        monkeypatch.setattr(scores, "add", add)
        _add(ada.user_id, 7)
        return orders

    monkeypatch.setattr(scores, "add", late)
    tell(exam(ada.user_id, "rr"))
    assert [row["points"] for row in ada.get(GLOBAL).data["rankings"]] == [27]


def test_a_day_has_a_cap_for_each_cause(client: Client, clock: Clock, tell: Callable[..., None]) -> None:
    ada = client.as_("ada", "student")
    for _ in range(12):
        tell(LessonCompleted(course_id="c", lesson_id=ids.new_id(), user_id=ada.user_id))
    assert ada.get(GLOBAL).data["rankings"][0]["points"] == 200
    tell(CourseCompleted(course_id="c", user_id=ada.user_id, title="C"))
    clock.advance(days=1)
    tell(LessonCompleted(course_id="c", lesson_id=ids.new_id(), user_id=ada.user_id))
    assert ada.get(GLOBAL).data["rankings"][0]["points"] == 420


def test_boards_of_a_course_and_of_a_university_have_their_own_people(
    client: Client, tell: Callable[..., None]
) -> None:
    ada, eve = client.as_("ada", "student"), client.as_("eve", "student")
    university_id, course_id = ids.new_id(), ids.new_id()
    assert ada.patch(f"/api/users/{ada.user_id}", {"profile": {"universityId": university_id}}).status == 200
    for student in (ada, eve):
        tell(LessonCompleted(course_id=course_id, lesson_id=ids.new_id(), user_id=student.user_id))
    found = eve.get("/api/leaderboards/university", {"universityId": university_id}).data
    assert [row["name"] for row in found["rankings"]] == ["Ada"]
    course = client.get("/api/leaderboards/course", {"courseId": course_id}).data
    assert [(row["rank"], row["points"]) for row in course["rankings"]] == [(1, 20), (1, 20)]
    ranks = ada.get(f"/api/leaderboards/users/{ada.user_id}/rank")
    assert len(ranks.data["ranks"]) == 9
    assert ranks.cost.requests == 2


def test_names_are_shown_as_their_owners_want(client: Client, tell: Callable[..., None]) -> None:
    adult, minor, hidden = (client.as_(name, "student") for name in ("ada", "ben", "cy"))
    adult.patch(f"/api/users/{adult.user_id}", {"profile": {"birthDate": "1990-05-05"}})
    hidden.put("/api/profile/preferences", {"privacy": {"showStatistics": False}})
    for student in (adult, minor, hidden):
        tell(exam(student.user_id, "r"))
    shown = {row["name"]: row.get("userId") for row in client.as_("eve", "student").get(GLOBAL).data["rankings"]}
    assert shown["Ada Test"] == adult.user_id
    assert shown["Ben"] == minor.user_id
    (alias,) = [name for name in shown if name.startswith("Learner ")]
    assert shown[alias] is None
    assert hidden.user_id not in client.as_("eve", "student").get(GLOBAL).body


def test_who_is_not_signed_in_sees_nobodys_id_and_no_minors_name(client: Client, tell: Callable[..., None]) -> None:
    adult, minor = client.as_("ada", "student"), client.as_("ben", "student")
    adult.patch(f"/api/users/{adult.user_id}", {"profile": {"birthDate": "1990-05-05"}})
    for student in (adult, minor):
        tell(exam(student.user_id, "r"))
    seen = client.get(GLOBAL)
    assert [row["name"].partition(" ")[0] for row in seen.data["rankings"]] == ["Ada", "Learner"]
    assert adult.user_id not in seen.body and minor.user_id not in seen.body


def test_an_alias_can_not_be_worked_out_from_an_id(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    user_id = ids.new_id()
    before = boards.alias(user_id)
    assert boards.alias(user_id) == before
    monkeypatch.setattr(clients, "secret_text", lambda: "another deployment's")
    assert boards.alias(user_id) != before


def test_nobody_sees_anothers_ranks(client: Client) -> None:
    ada, eve = client.as_("ada", "student"), client.as_("eve", "student")
    path = f"/api/leaderboards/users/{ada.user_id}/rank"
    assert eve.get(path).status == 404
    assert client.as_("admin").get(path).data["ranks"] == []


def test_ranks_are_those_of_a_sorted_list_with_ties(client: Client, tell: Callable[..., None]) -> None:
    chance = Random(11)
    scores: dict[str, int] = {}
    for number in range(60):
        user = client.as_(f"u{number}", "student").user_id
        scores[user] = chance.choice([0, 7, 100, 101, 9_999, 10_000, 10_001, 123_456, 999_999])
        _add(user, scores[user])
    tell()
    for name in list(client.people)[:12]:
        someone = client.as_(name)
        mine = scores[someone.user_id]
        expected = 1 + sum(score > mine for score in scores.values())
        ranks = someone.get(f"/api/leaderboards/users/{someone.user_id}/rank").data["ranks"]
        assert {row["rank"] for row in ranks} == {expected}
        assert {row["userCount"] for row in ranks} == {60}
    listed = client.get(GLOBAL).data["rankings"]
    assert [row["points"] for row in listed] == sorted(scores.values(), reverse=True)
    assert [row["rank"] for row in listed] == [
        1 + sum(score > row["points"] for score in scores.values()) for row in listed
    ]


def _add(user_id: str, points: int) -> None:
    unit = Unit()
    send(unit, *scores.add(unit, user_id, ["global"], clocks.now().date(), points, 0, clocks.now()))
    unit.commit()


def test_counters_add_up_to_the_standings(client: Client, tenant: str, tell: Callable[..., None]) -> None:
    events = [exam(client.as_(f"u{number}", "student").user_id, "r" * (number % 3)) for number in range(1, 8)]
    tell(*events)
    tell(*(regraded(event, "w") for event in events[::2]))
    count = len(find(Standing, index="gsi1", board="global", period="all").items)
    sums = {"A": 0, "B": 0, "C": 0}
    for tally in find_all(Tally, board="global", period="all"):
        sums[tally.level[0]] += tally.total()
    assert sums == {"A": count, "B": count, "C": count}


def test_the_name_of_a_deleted_account_is_not_shown(client: Client, tell: Callable[..., None]) -> None:
    ada = client.as_("ada", "student")
    tell(exam(ada.user_id, "r"))
    account = User.require(user_id=ada.user_id, consistent=True)
    account.status, account.deleted_at = "deleted", clocks.now() - timedelta(days=1)
    Unit().replace(account).commit()
    assert "Ada" not in client.get(GLOBAL).body


class Counters(RuleBasedStateMachine):
    """Scores move in any way; the counters are those of the sorted list."""

    def __init__(self) -> None:
        super().__init__()
        self.scores: dict[str, int] = {}
        self.counters: dict[tuple[str, int], int] = {}

    @rule(
        user=st.integers(0, 8), score=st.one_of(st.integers(0, 999_999), st.sampled_from([0, 99, 100, 9_999, 10_000]))
    )
    def a_score_moves(self, user: int, score: int) -> None:
        before = self.scores.get(str(user))
        for level, changes in scores.moves(before, score).items():
            for digits, change in changes.items():
                self.counters[level, digits] = self.counters.get((level, digits), 0) + change
        self.scores[str(user)] = score

    @invariant()
    def each_rank_is_that_of_the_sorted_list(self) -> None:
        for score in self.scores.values():
            above = sum(
                count
                for level, digits in scores.levels(score)
                for (other, each), count in self.counters.items()
                if other == level and each > digits
            )
            assert above == sum(other > score for other in self.scores.values())


TestCounters = Counters.TestCase
TestCounters.settings = settings(max_examples=40)
