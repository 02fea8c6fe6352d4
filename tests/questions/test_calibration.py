"""Difficulty from answers: against published estimates, against known truth, and through a night's run."""

import random
from math import exp

import pytest

from lyceum.kit import context
from lyceum.kit.jobs.tenants import JobIncomplete
from lyceum.kit.table import Unit, write_many
from lyceum.kit.tenancy.records import Tenant
from lyceum.model.questions.statistics import CalibrationBacklog, QuestionStatistics, ResponsePattern
from tests.questions.conftest import Bank, Finish
from tests.support.http import LAMBDA, Client

from functions.questions import calibration, jobs
from functions.questions.calibration import Estimate, label_of, proposal

# The 1 000 candidates of two sections of the Law School Admission Test (Bock and Lieberman, 1970), counted by the
# pattern of their answers to five questions, from 00000 to 11111 in binary order.
LSAT6 = [
    3,
    6,
    2,
    11,
    1,
    1,
    3,
    4,
    1,
    8,
    0,
    16,
    0,
    3,
    2,
    15,
    10,
    29,
    14,
    81,
    3,
    28,
    15,
    80,
    16,
    56,
    21,
    173,
    11,
    61,
    28,
    298,
]
LSAT7 = [
    12,
    19,
    1,
    7,
    3,
    19,
    3,
    17,
    10,
    5,
    3,
    7,
    7,
    23,
    8,
    28,
    7,
    39,
    11,
    34,
    14,
    51,
    15,
    90,
    6,
    25,
    7,
    35,
    18,
    136,
    32,
    308,
]


def patterns() -> list[dict[str, int]]:
    return [{str(place): number >> (5 - place) & 1 for place in range(1, 6)} for number in range(32)]


def difficulties(counts: list[int], spread: float | None = None) -> tuple[list[float], list[float], float]:
    found = calibration.calibrate(patterns(), counts, spread=spread)
    ordered = [found.questions[name] for name in sorted(found.questions)]
    return [each.difficulty for each in ordered], [each.standard_error for each in ordered], found.spread


def test_lsat_6_is_estimated_as_published() -> None:
    """Thissen (1982): the one-parameter model by marginal maximum likelihood; ltm (Rizopoulos, 2006), spread 1."""
    found, _, spread = difficulties(LSAT6)
    assert found == pytest.approx([-2.730, -0.999, -0.240, -1.307, -2.100], abs=0.001)
    assert spread == pytest.approx(0.755, abs=0.001)
    held, errors, _ = difficulties(LSAT6, spread=1.0)
    assert held == pytest.approx([-2.8720, -1.0630, -0.2576, -1.3881, -2.2188], abs=0.0005)
    assert errors == pytest.approx([0.1287, 0.0821, 0.0766, 0.0865, 0.1048], rel=0.06)


def test_lsat_7_is_estimated_as_published() -> None:
    """The Rasch model as mirt (Chalmers, 2012) fits it to the same data."""
    found, _, spread = difficulties(LSAT7)
    assert found == pytest.approx([-1.868, -0.791, -1.461, -0.521, -1.993], abs=0.001)
    assert spread**2 == pytest.approx(1.022, abs=0.002)


def answered(truth: dict[str, float], candidates: int, seed: int, each: int | None = None) -> list[dict[str, int]]:
    chance = random.Random(seed)
    found = []
    for _ in range(candidates):
        ability = chance.gauss(0, 1)
        asked = chance.sample(sorted(truth), each) if each else list(truth)
        found.append({name: int(chance.random() < 1 / (1 + exp(truth[name] - ability))) for name in asked})
    return found


def test_the_truth_is_recovered_though_candidates_met_different_questions() -> None:
    truth = {f"q{number}": -2 + number / 3 for number in range(13)}
    found = calibration.calibrate(answered(truth, 400, 5, each=6)).questions
    away = [abs(found[name].difficulty - value) / found[name].standard_error for name, value in truth.items()]
    assert max(away) < 3.5
    assert sum(miss < 2 for miss in away) >= 11


def test_what_everybody_or_nobody_knows_is_at_an_end_with_little_certainty() -> None:
    found = calibration.calibrate([{"all": 1, "none": 0, "half": number % 2} for number in range(40)]).questions
    assert found["all"].difficulty < -4 < 4 < found["none"].difficulty
    assert found["all"].standard_error > 3 * found["half"].standard_error
    assert calibration.calibrate([]).questions == {}


@pytest.mark.parametrize(
    ("difficulty", "label"), [(-0.86, "easy"), (-0.84, "medium"), (0.40, "medium"), (0.41, "hard")]
)
def test_labels_follow_the_chance_of_an_average_candidate(difficulty: float, label: str) -> None:
    assert label_of(difficulty) == label


def test_another_label_is_proposed_only_when_the_whole_interval_says_so() -> None:
    assert proposal("easy", Estimate(1.2, 0.3, 100)) == "hard"
    assert proposal("easy", Estimate(1.2, 0.6, 100)) is None
    assert proposal("hard", Estimate(1.2, 0.3, 100)) is None


CALIBRATE = {"job": "calibrate"}


def night() -> None:
    with context.working(context.RequestContext()):
        jobs.handler(CALIBRATE, type("Long", (), {"get_remaining_time_in_millis": staticmethod(lambda: 300_000)})())


@pytest.fixture
def listed(tenant: str) -> None:
    """The tenant is one that schedules visit."""
    with context.working(context.RequestContext()):
        Unit().put(Tenant(tenant_name=tenant)).commit()


@pytest.mark.usefixtures("listed")
def test_a_night_estimates_what_has_new_answers_and_proposes_labels(client: Client, bank: Bank, finish: Finish) -> None:
    names = bank.fill(3, difficulty="easy")
    finish(dict.fromkeys(names, "right"))
    truth = {names[0]: -1.5, names[1]: 0.0, names[2]: 2.5}
    write_many(
        ResponsePattern(topic_id=bank.topic_id, exam_id=f"e{number:04d}", answers=each)
        for number, each in enumerate(answered(truth, 200, 11))
    )
    night()
    estimates = [client.as_("instructor").get(f"/api/questions/{name}/statistics").data["estimate"] for name in names]
    assert [each["label"] for each in estimates] == ["easy", "medium", "hard"]
    assert [each.get("proposedLabel") for each in estimates] == [None, None, "hard"]
    assert {each["sampleSize"] for each in estimates} == {201}
    assert CalibrationBacklog.fetch(topic_id=bank.topic_id) is None
    before = QuestionStatistics.require(question_id=names[0]).version
    night()
    assert QuestionStatistics.require(question_id=names[0]).version == before


@pytest.mark.usefixtures("listed")
def test_few_answers_give_no_estimate_and_a_topic_that_fails_stays_listed(
    client: Client, bank: Bank, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name,) = bank.fill(1)
    finish({name: "right"})
    with monkeypatch.context() as patched:
        patched.setattr(calibration, "calibrate", lambda _: 1 / 0)
        with pytest.raises(JobIncomplete):
            night()
    assert CalibrationBacklog.fetch(topic_id=bank.topic_id)
    jobs.handler(CALIBRATE, LAMBDA)  # ten seconds are too little to begin
    assert CalibrationBacklog.fetch(topic_id=bank.topic_id)
    night()
    assert CalibrationBacklog.fetch(topic_id=bank.topic_id) is None
    assert QuestionStatistics.require(question_id=name).estimate is None
