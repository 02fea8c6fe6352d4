"""What idle stages cost stays below what was promised."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.cost import CEILINGS, PAGE, Prices, UnknownPrice, idle_month, page, runs_a_month, synthesise, total
from infra.settings import Stage
from tests.infra.conftest import NETWORK_CERTIFICATE, Assembly, production_stage

pytestmark = pytest.mark.filterwarnings("ignore")
PRICES = Prices.load()


def month(kind: str, *, asleep: bool = False, **properties: Any) -> float:
    template = {"Resources": {"One": {"Type": kind, "Properties": properties}}}
    return total(idle_month([template], PRICES, asleep=asleep))


@pytest.fixture(scope="module")
def development(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return synthesise(Stage.load("dev"), tmp_path_factory.mktemp("development"))


def test_idle_stages_cost_less_than_their_ceilings(production: Assembly, development: list[dict[str, Any]]) -> None:
    found = {
        "dev": idle_month(development, PRICES),
        "dev, asleep": idle_month(development, PRICES, asleep=True),
        "prod": idle_month(stacks(production), PRICES),
    }
    assert found.keys() == CEILINGS.keys()
    assert {name: costs for name, costs in found.items() if total(costs) > CEILINGS[name]} == {}
    assert PAGE.read_text() == page(found, PRICES)


def test_whatever_a_stage_may_switch_on_has_a_price(production: Assembly, tmp_path: Path) -> None:
    edge = {"target": "d-abc.execute-api.eu-west-1.amazonaws.com", "certificate": NETWORK_CERTIFICATE}
    stage = production_stage(
        replicas=["eu-central-1"],
        sends_texts=True,
        edge={"public_key": "-----BEGIN PUBLIC KEY-----", "key_id": "K2ABC", "domain": "d1.cloudfront.net"},
        api_edge=edge | {"network": "E2ABCDEFGHIJKL", "shield_region": "eu-west-1", "bot_control": True},
    )
    most, usual = (idle_month(templates, PRICES) for templates in (synthesise(stage, tmp_path), stacks(production)))
    assert set(most) - set(usual) == {"counts of the content network", "web firewall"}
    assert most["table"] == pytest.approx(2 * usual["table"]), "each region keeps a copy, with backups of its own"


def stacks(assembly: Assembly) -> list[dict[str, Any]]:
    return list(assembly.stacks().values())


def test_each_metric_that_an_alarm_analyses_is_paid_for() -> None:
    of_two = [{"Id": "both", "Expression": "a + b"}, *({"Id": name, "MetricStat": {}} for name in "ab")]
    assert month("AWS::CloudWatch::Alarm", MetricName="Errors") == pytest.approx(0.1)
    assert month("AWS::CloudWatch::Alarm", Metrics=of_two) == pytest.approx(0.2)


def test_waiting_at_a_queue_costs_unless_the_stage_is_asleep() -> None:
    assert month("AWS::Lambda::EventSourceMapping") == pytest.approx(0.26, abs=0.01)
    assert month("AWS::Lambda::EventSourceMapping", asleep=True) == 0
    assert month("AWS::Lambda::EventSourceMapping", StartingPosition="TRIM_HORIZON") == 0


def test_a_snapshot_is_paid_for_by_memory() -> None:
    assert month("AWS::Lambda::Function", MemorySize=512) == 0
    kept = {"ApplyOn": "PublishedVersions"}
    assert month("AWS::Lambda::Function", MemorySize=512, SnapStart=kept) == pytest.approx(1.95, abs=0.01)


def test_what_jobs_measure_and_put_away_each_minute_is_paid_for(production: Assembly) -> None:
    def of_job(name: str, **more: Any) -> float:
        target = {"Input": json.dumps({"job": name})}
        return month("AWS::Scheduler::Schedule", ScheduleExpression="rate(1 minute)", Target=target, **more)

    minutes = 30 * 24 * 60
    assert of_job("check_components") - of_job("sweep") == pytest.approx(4 * 0.30 + minutes * 5.4e-6)
    assert of_job("watch_backups") - of_job("sweep") == pytest.approx(0.30)
    assert of_job("check_components", asleep=True) == 0
    told = (each["Target"]["Input"] for each in production.resources("AWS::Scheduler::Schedule").values())
    assert set(PRICES.jobs) <= {json.loads(each)["job"] for each in told}


def test_a_kind_of_resource_without_a_price_is_refused() -> None:
    with pytest.raises(UnknownPrice, match="AWS::EC2::NatGateway"):
        month("AWS::EC2::NatGateway")


@pytest.mark.parametrize(
    ("times", "runs"),
    [("rate(1 minute)", 43_200), ("rate(15 minutes)", 2_880), ("rate(1 day)", 30), ("cron(0 2 * * ? *)", 30),
     ("cron(0/15 * * * ? *)", 2_880), ("cron(5 */6 * * ? *)", 120), ("cron(0 6 ? * MON *)", 30 / 7),
     ("cron(0 3 1 * ? *)", 1)],
)  # fmt: skip
def test_schedules_are_counted(times: str, runs: float) -> None:
    assert runs_a_month(times) == pytest.approx(runs)


def test_prices_say_of_which_day_they_are() -> None:
    assert f"on {PRICES.as_of}" in page({"dev": idle_month([], PRICES)}, PRICES)
