"""A night estimates slopes where there are answers enough, and says where an estimate rests on few."""

import random
from math import exp

import pytest

from lyceum.kit import context
from lyceum.kit.table import Unit, write_many
from lyceum.kit.tenancy.records import Tenant
from lyceum.model.questions.statistics import ResponsePattern
from tests.questions.conftest import Bank, Finish
from tests.questions.test_calibration import night
from tests.support.http import Client


def answers(names: list[str], candidates: int) -> list[dict[str, int]]:
    """Simulate candidates: of the first question chance decides most, of the last ability."""
    chance, slopes = random.Random(4), dict(zip(names, (0.4, 1.0, 1.0, 2.5), strict=True))
    found = []
    for _ in range(candidates):
        ability = chance.gauss(0, 1)
        found.append({name: int(chance.random() < 1 / (1 + exp(-slope * ability))) for name, slope in slopes.items()})
    return found


@pytest.mark.parametrize(("candidates", "has_slopes", "warnings"), [(350, True, []), (60, False, ["FEW_CANDIDATES"])])
def test_slopes_need_candidates_and_few_are_told(
    client: Client,
    tenant: str,
    bank: Bank,
    finish: Finish,
    candidates: int,
    has_slopes: bool,
    warnings: list[str],
) -> None:
    with context.working(context.RequestContext()):
        Unit().put(Tenant(tenant_name=tenant)).commit()
    names = bank.fill(4)
    finish(dict.fromkeys(names, "right"))
    write_many(
        ResponsePattern(topic_id=bank.topic_id, exam_id=f"e{number:04d}", answers=each)
        for number, each in enumerate(answers(names, candidates))
    )
    night()
    estimates = [client.as_("instructor").get(f"/api/questions/{name}/statistics").data["estimate"] for name in names]
    assert [each["warnings"] for each in estimates] == [warnings] * 4
    assert ["slope" in each for each in estimates] == [has_slopes] * 4
    if has_slopes:
        assert float(estimates[0]["slope"]) < float(estimates[3]["slope"])
        assert all(0 < float(each["slopeError"]) < 2 for each in estimates)
