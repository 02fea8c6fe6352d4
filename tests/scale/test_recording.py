"""What the simulator learns from a story: who shares which keys, what is folded, and what each step costs."""

from collections.abc import Mapping

import pytest

from lyceum.kit.consumers import aggregator
from tests.scale import stories
from tests.scale.budgets import budgets
from tests.scale.profiles import Profile, Roles, alike
from tests.scale.recording import Recorder, Request, Touch
from tests.scale.scenarios import SCENARIOS
from tests.support.clock import Clock
from tests.support.cloud import Cloud


@pytest.fixture(scope="module")
def learned(cloud: Cloud) -> Mapping[str, Profile]:
    return stories.exam(cloud, questions=4)


def test_a_save_writes_to_nothing_that_others_share(learned: Mapping[str, Profile]) -> None:
    written = {label.name for load in learned["save"].loads for label, (units, _) in load.shared.items() if units}
    assert written == set()
    assert 0 < learned["save"].write_units < 12


def test_what_a_crowd_does_to_one_assessment_falls_on_its_list(learned: Mapping[str, Profile]) -> None:
    labels = [label for load in learned["start"].loads for label in load.shared]
    (attempts,) = [label for label in labels if label.family == "ATTEMPTS" or label.name.startswith("ATTEMPTS#")]
    assert not attempts.is_splittable, "its sessions are in the order of their starts"


def test_what_is_due_in_a_minute_is_of_those_who_begin_in_one(learned: Mapping[str, Profile]) -> None:
    due = [label for load in learned["start"].loads for label in load.shared if label.family == "DUE (GSI1)"]
    assert {label.minute for label in due} == {56}, "the warning five minutes before the end, with its minute begun"


def test_messages_are_followed_to_every_worker(learned: Mapping[str, Profile]) -> None:
    assert learned["submit"].sent[("exam.completed", "")] == 1
    assert {"exams-statistics < exam.completed", "notifications-mail < mail.send"} <= learned.keys()
    assert learned["notifications-mail < mail.send"].calls["sesv2.SendEmail"] == 1
    assert 0 < learned["submit"].records_with_messages < learned["submit"].records


def test_partitions_that_are_used_alike_are_counted_once(learned: Mapping[str, Profile]) -> None:
    counts = alike(learned.values())
    statistics = [count for label, count in counts.items() if label.family.startswith("QSTAT")]
    assert sum(statistics) == 4


def _recorded(*places: tuple[str, str, str]) -> Recorder:
    """Return steps of which each puts one item, as (actor, partition, sort key)."""
    recorder = Recorder()
    with Clock():
        for actor, partition, sort in places:
            with recorder.step("put", actor) as step:
                touch = Touch(f"t1|{partition}", sort, write_units=1, is_new=True)
                step.requests.append(Request("PutItem", [touch], written=[(touch.partition, sort)]))
    return recorder


@pytest.mark.parametrize(("sorts", "is_splittable"), [("abc", False), ("bac", True)])
def test_a_partition_is_divided_unless_it_grows_at_its_end(sorts: str, is_splittable: bool) -> None:
    recorder = _recorded(*((f"a{number}", "LIST#all", sort) for number, sort in enumerate(sorts)))
    step = recorder.steps[0]
    label = Roles(recorder.steps).label(step.requests[0].touches[0], step.at)
    assert label is not None
    assert (label.name, label.is_splittable) == ("LIST#all", is_splittable)


def test_what_one_person_touches_is_their_own_and_shards_are_of_one_list() -> None:
    recorder = _recorded(("ada", "EXAM#1x", "A"), ("ada", "LIST#all#3", "a"), ("eve", "LIST#all#5", "b"))
    roles = Roles(recorder.steps, {"LIST": 16})
    own, third, fifth = (roles.label(step.requests[0].touches[0], step.at) for step in recorder.steps)
    assert own is None
    assert third == fifth
    assert third is not None
    assert third.spread == 16


def test_parts_of_an_item_are_shared_by_all_who_touch_any_of_them() -> None:
    recorder = _recorded(("ada", "ENROLMENT#1x", "SEATS#03"), ("eve", "ENROLMENT#1x", "SEATS#17"))
    parted, whole = Roles(recorder.steps, {"SEATS": 32}), Roles(recorder.steps)
    assert [parted.is_shared("t1|ENROLMENT#1x", sort) for sort in ("SEATS#03", "SEATS#99")] == [True, True]
    assert (parted.spread_of("SEATS#03"), parted.whole_sort("SEATS#03")) == (32, "SEATS")
    assert not whole.is_shared("t1|ENROLMENT#1x", "SEATS#03")


def test_what_a_fold_writes_and_sends_is_once_for_a_batch(learned: Mapping[str, Profile]) -> None:
    counting = learned["exams-statistics < exam.completed"]
    assert {label.family for load in counting.batch_loads for label in load.shared} >= {"ASTAT#*"}
    assert {load.tries for load in counting.batch_loads} == {aggregator.TRIES}
    standings = learned["gamification-events < standings.count"]
    assert any(load.shared for load in standings.batch_loads), "boards are counted a batch at a time"


def test_ceilings_are_of_scenarios_that_there_are_and_above_the_targets() -> None:
    declared = budgets()
    assert set(declared["ceiling"]) <= {scenario.name for scenario in SCENARIOS}
    for ceiling in declared["ceiling"].values():
        assert all(peak > declared["target"]["key"] for peak in ceiling.get("keys", {}).values())
        assert all(declared["target"]["refused"] < share <= 1 for share in ceiling.get("refused", {}).values())
