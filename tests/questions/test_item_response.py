"""Estimates against published ones, against the optimum, and where the data say too little."""

import random
from math import exp, log, prod

import pytest

from tests.questions.test_calibration import LSAT6, LSAT7, patterns

from functions.questions import calibration, item_response
from functions.questions.calibration import TooFewData, calibrate, calibrate_slopes


def likelihood(counts: list[int], **options: object) -> float:
    return calibrate(patterns(), counts, **options).log_likelihood  # type: ignore[arg-type]


def test_likelihoods_and_slopes_of_lsat_6_are_as_published() -> None:
    """Ltm (Rizopoulos, 2006): Rasch with slope 1, with a free common slope, and the two-parameter model."""
    assert likelihood(LSAT6, spread=1.0) == pytest.approx(-2473.054, abs=0.001)
    assert likelihood(LSAT6) == pytest.approx(-2466.938, abs=0.001)
    found = calibrate_slopes(patterns(), LSAT6)
    assert found.log_likelihood == pytest.approx(-2466.653, abs=0.001)
    ordered = [found.questions[name] for name in sorted(found.questions)]
    assert [each.discrimination for each in ordered] == pytest.approx(
        [0.8254, 0.7229, 0.8905, 0.6886, 0.6575], abs=0.002
    )
    assert [each.difficulty for each in ordered] == pytest.approx(
        [-3.3597, -1.3696, -0.2799, -1.8659, -3.1236], abs=0.006
    )
    assert [each.standard_error for each in ordered] == pytest.approx(
        [0.2581, 0.1867, 0.2326, 0.1852, 0.2100], abs=0.001
    )
    assert [each.difficulty_error for each in ordered] == pytest.approx(
        [0.8669, 0.3073, 0.0997, 0.4341, 0.8700], abs=0.01
    )


def test_slopes_of_lsat_7_are_as_published() -> None:
    """Mirt (Chalmers, 2012): slopes, intercepts and likelihood of the two-parameter model."""
    found = calibrate_slopes(patterns(), LSAT7)
    ordered = [found.questions[name] for name in sorted(found.questions)]
    assert [each.discrimination for each in ordered] == pytest.approx([0.988, 1.081, 1.706, 0.765, 0.736], abs=0.002)
    intercepts = [-each.discrimination * each.difficulty for each in ordered]
    assert intercepts == pytest.approx([1.856, 0.808, 1.804, 0.486, 1.855], abs=0.002)
    assert found.log_likelihood == pytest.approx(-2658.805, abs=0.001)


def test_standard_errors_take_account_of_the_other_questions() -> None:
    errors = [each.standard_error for _, each in sorted(calibrate(patterns(), LSAT6, spread=1.0).questions.items())]
    assert errors == pytest.approx([0.1287, 0.0821, 0.0766, 0.0865, 0.1048], abs=0.0001)


def simulated(count: int, questions: int, spread: float, seed: int) -> tuple[dict[str, float], list[dict[str, int]]]:
    chance = random.Random(seed)
    truth = {f"q{number:02d}": chance.gauss(0, spread) for number in range(questions)}
    found = []
    for _ in range(count):
        ability = chance.gauss(0, spread)
        found.append({name: int(chance.random() < 1 / (1 + exp(b - ability))) for name, b in truth.items()})
    return truth, found


def exact(answers: list[dict[str, int]], found: calibration.Calibration) -> float:
    """Reckon the log-likelihood by a sum a hundred times finer and wider than any estimation needs."""
    step, total = found.spread / 200, 0.0
    nodes = [step * place for place in range(-1800, 1801)]
    prior = [exp(-(node**2) / (2 * found.spread**2)) for node in nodes]
    chances = {
        name: [1 / (1 + exp(each.difficulty - node)) for node in nodes] for name, each in found.questions.items()
    }
    whole = sum(prior)
    for pattern in answers:
        mass = 0.0
        for place, height in enumerate(prior):
            here = [chances[name][place] if right else 1 - chances[name][place] for name, right in pattern.items()]
            mass += height * prod(here)
        total += log(mass / whole)
    return total


@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_however_wide_abilities_are_the_optimum_is_found(spread: float) -> None:
    """On a fixed grid the likelihood of wide data lay 13 to 33 below the optimum."""
    truth, answers = simulated(150, 8, spread, 7)
    found = calibrate(answers)
    assert found.warnings == ()
    assert exact(answers, found) == pytest.approx(found.log_likelihood, abs=0.001)
    better = found
    for change in (0.97, 1.03):
        moved = calibrate(answers, spread=found.spread * change)
        assert moved.log_likelihood < better.log_likelihood
    estimates = found.questions
    misses = [abs(estimates[name].difficulty - b) / estimates[name].standard_error for name, b in truth.items()]
    assert max(misses) < 3.5
    assert 0.75 * spread < found.spread < 1.3 * spread


def test_a_common_slope_is_reckoned_by_scores_alone() -> None:
    """Patterns of one score stand together, and that changes nothing."""
    _, answers = simulated(200, 6, 1.0, 3)
    options = {"has_common_slope": True, "held_slope": 1.2}
    together = item_response.fit(answers, [1] * 200, **options)  # type: ignore[arg-type]
    alone = [item_response.fit([each], [1], **options, held=together.intercepts) for each in answers]  # type: ignore[arg-type]
    assert sum(each.log_likelihood for each in alone) == pytest.approx(together.log_likelihood, abs=1e-6)


def test_too_few_data_are_told_or_refused() -> None:
    _, answers = simulated(40, 5, 1.0, 5)
    assert "FEW_CANDIDATES" in calibrate(answers).warnings
    with pytest.raises(TooFewData, match="250 candidates"):
        calibrate_slopes(answers)
    _, two = simulated(300, 2, 1.0, 5)
    with pytest.raises(TooFewData, match="3 questions"):
        calibrate_slopes(two)
    single = calibrate([{"one": number % 3 == 0} for number in range(120)])  # type: ignore[dict-item]
    assert (single.spread, single.warnings) == (1.0, ("SPREAD_HELD",))
    everybody = calibrate_slopes([{**pattern, "all": 1} for pattern in simulated(300, 4, 1.0, 9)[1]])
    assert "all" not in everybody.questions


def test_answers_that_speak_against_any_ability_end_too() -> None:
    """Whoever is right in one is wrong in the other: no spread explains that, so it is held or near zero."""
    found = calibrate([{"a": number % 2, "b": 1 - number % 2} for number in range(120)])
    assert found.spread < 0.2 or "SPREAD_HELD" in found.warnings
    assert all(abs(each.difficulty) < 0.1 for each in found.questions.values())
