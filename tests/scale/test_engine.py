"""The simulator proves itself: a product made for its load keeps every budget, and each fault put into it shows."""

from dataclasses import replace
from typing import Any

import pytest

from lyceum.kit.manifest import Function, Queue, Stream
from tests.scale.buckets import Bucket, TableBucket
from tests.scale.budgets import figures
from tests.scale.engine import Engine, Result, Wave
from tests.scale.limits import Limits
from tests.scale.profiles import Label, Load, Profile

TARGETS: dict[str, Any] = {
    "target": {"key": 0.8, "dead_letters": 0, "refused": 0.001, "drained": 1_200, "cost": {"made": 10.0}}
}
LIST = Label("LIST#*", spread=16)
TOTALS = "TOTALS#*/ALL"
WORKER = Function("functions.made.totals", Queue(batch_size=100, window_seconds=5, concurrency=2), timeout_seconds=10)
STREAM = Function("functions.made.stream", Stream())
RUSH = (Wave("submit", 480_000, 0, 120),)


def product(*, shards: int = 16, is_folded: bool = True, mails: float = 0) -> dict[str, Profile]:
    """A product in which everybody is put on a sharded list, and one total is kept by a worker that folds."""
    totals = Load("TransactWriteItems", {Label("TOTALS#*"): (4.0, 0.0)}, 4.0, held=(TOTALS,))
    listed = Load("TransactWriteItems", {replace(LIST, spread=shards): (2.0, 0.0)}, writes=12.0)
    reads = Load("GetItem", reads=1.0)
    worker = Profile("made-totals < exam.done", "made-totals", [reads] if is_folded else [reads, totals])
    worker.batch_loads = [totals] if is_folded else []
    worker.calls = {"sesv2.SendEmail": mails} if mails else {}
    submit = Profile("submit", "made-http", [listed], sent={("exam.done", ""): 1.0})
    submit.records, submit.records_with_messages = 3.0, 1.0
    return {"submit": submit, "made-totals < exam.done": worker}


def play(profiles: dict[str, Profile], cap: int | None = 2, waves: tuple[Wave, ...] = RUSH, **settings: Any) -> Result:
    worker = replace(WORKER, trigger=Queue(batch_size=100, window_seconds=5, concurrency=cap))
    return Engine(profiles, (worker, STREAM), Limits.raised(), **settings).run(waves)


def exceeded(result: Result) -> set[str]:
    return {figure.name for figure in figures("made", result, TARGETS) if figure.is_exceeded}


def test_a_product_made_for_its_load_keeps_every_budget() -> None:
    result = play(product())
    assert exceeded(result) == set()
    assert result.steps["submit"].done == pytest.approx(480_000, rel=0.01)
    assert result.queues["made-totals"].done == pytest.approx(result.steps["submit"].done, rel=0.001)


@pytest.mark.parametrize(("fault", "shows"), [
    (lambda: play(product(shards=1)), "peak of LIST#*"),
    (lambda: play(product(), cap=None), "dead letters"),
    (lambda: play(product(is_folded=False)), "dead letters"),
    (lambda: play(product(mails=5), cap=None), "dead letters"),
    (lambda: play(product(), waves=(Wave("submit", 4_000_000, 0, 120),)), "refused of submit"),
])  # fmt: skip
def test_each_fault_is_found(fault: Any, shows: str) -> None:
    assert shows in exceeded(fault())


def test_an_item_in_parts_is_in_conflict_less_often() -> None:
    whole = product()
    whole["submit"].loads[0].held = ("SEATS",)
    parted = product()
    parted["submit"].loads[0].held, parted["submit"].loads[0].spreads = ("SEATS",), {"SEATS": 32}
    waves = (Wave("submit", 12_000, 0, 120),)
    assert play(whole, waves=waves).steps["submit"].refused_share > 0.1
    assert play(parted, waves=waves).steps["submit"].refused_share < 0.001


def test_what_a_batch_sends_or_calls_once_is_not_counted_by_the_message() -> None:
    single, folded = product(), product()
    single["made-totals < exam.done"].calls = {"s3.PutObject": 1.0}
    folded["made-totals < exam.done"].batch_calls = {"s3.PutObject": 1.0}
    assert play(folded).queues["made-totals"].drained < play(single).queues["made-totals"].drained / 5


def test_tasks_of_a_rush_are_put_into_their_queue_ten_at_a_time_and_facts_one_by_one() -> None:
    facts, tasks = product(), product()
    tasks["submit"].sent = {("exam.done", "made-totals"): 1.0}
    by_one, by_ten = play(facts).bill, play(tasks).bill
    price = Limits.raised()["prices"]["queue_request"]
    assert by_one["queues"] - by_ten["queues"] == pytest.approx(0.9 * 480_000 * price, rel=0.1)


def test_who_sends_mails_at_a_pace_is_never_refused_by_the_mail_service() -> None:
    profiles = product(mails=1)
    worker = replace(WORKER, trigger=Queue(batch_size=100, window_seconds=5, concurrency=2, a_call_sends=7))
    result = Engine(profiles, (worker, STREAM), Limits.raised()).run((Wave("submit", 48_000, 0, 120),))
    assert result.quotas["sesv2.SendEmail"].seconds_over == 0
    assert (result.dead_letters, result.queues["made-totals"].done) == (0, pytest.approx(48_000, rel=0.01))


def test_a_run_is_the_same_each_time() -> None:
    first, second = play(product(is_folded=False)), play(product(is_folded=False))
    assert (first.cost, first.dead_letters, first.steps) == (second.cost, second.dead_letters, second.steps)


def test_a_list_in_the_order_of_time_is_never_divided_and_another_one_is() -> None:
    waves = (Wave("submit", 2_000 * 1_200, 0, 1_200),)
    in_order = play(product(shards=1), waves=waves)
    profiles = product()
    profiles["submit"].loads[0].shared = {Label("LIST#*", is_splittable=True): (2.0, 0.0)}
    divided = play(profiles, waves=waves)
    assert divided.steps["submit"].done > 2 * in_order.steps["submit"].done


def test_a_publisher_woken_for_every_record_is_behind() -> None:
    profiles = product()
    profiles["submit"].records = 300.0
    assert play(profiles).stream_drained < 5
    assert play(profiles, is_publisher_woken_for_all=True).stream_drained > 60


def test_work_that_needs_more_than_the_account_has_is_refused() -> None:
    profiles = product()
    profiles["submit"].calls = {"slow.Call": 2_000.0}
    assert play(profiles).steps["submit"].refused_share > 0.5


def test_what_a_key_saved_carries_it_over_a_rush_and_no_longer() -> None:
    bucket = Bucket(rate=100, most_saved=1_000)
    given = [bucket.take(300, second) for second in range(10)]
    assert given[:5] == [1.0] * 5
    assert given[-1] == pytest.approx(1 / 3)
    assert (bucket.ratio, bucket.seconds_over) == (3.0, 10)
    assert bucket.take(300, 100) == 1.0, "it saved while nobody asked"


def test_a_table_learns_what_it_was_asked_up_to_its_quota() -> None:
    table = TableBucket(warm=100, quota=250, growth_seconds=60)
    given = [table.take(200, second) for second in range(200)]
    assert given[0] == 0.5
    assert given[100] == 1.0
    assert table.take(1_000, 200) == 0.25


def test_what_has_no_ceiling_of_its_own_must_meet_the_target() -> None:
    result = play(product(shards=1))
    peak = max(figure.found for figure in figures("made", result, TARGETS) if figure.name == "peak of LIST#*")
    declared = {**TARGETS, "ceiling": {"made": {"keys": {"LIST#*": peak}}}}
    figure = next(figure for figure in figures("made", result, declared) if figure.name == "peak of LIST#*")
    assert (figure.target, figure.is_exceeded) == (0.8, False)
    declared["ceiling"]["made"]["keys"]["LIST#*"] = peak - 0.1
    assert "peak of LIST#*" in {each.name for each in figures("made", result, declared) if each.is_exceeded}
