"""What a stage costs a month while nobody uses it, read from its templates, and what a million requests cost.

All of it is at the list prices of `prices.toml`.

`python -m infra.cost` prints it and writes docs/cost.md; it fails when a stage costs more than its ceiling.
"""

import contextlib
import json
import re
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from infra import request_costs
from infra.request_costs import RequestCost
from infra.routes import ROOT
from infra.settings import Stage

PRICES = Path(__file__).with_name("prices.toml")
PAGE = ROOT / "docs" / "cost.md"
CEILINGS = {"dev": 35, "dev, asleep": 12, "prod": 45}
"""USD a month that an idle stage may cost at most."""
_DAYS = 30
_MONTH_SECONDS = _DAYS * 24 * 3600
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_UNIT_SECONDS = {"minute": 60, "hour": 3600, "day": 24 * 3600}
_EACH_VALUE = re.compile(r"(\*|\d+)/(\d+)")

Resource = Mapping[str, Any]
Costs = Mapping[str, float]
"""USD a month, by kind of resource."""


class UnknownPrice(LookupError):
    """A template has a kind of resource of which `prices.toml` says nothing."""


@dataclass(frozen=True)
class Prices:
    """List prices of one day: by month, by use, how an idle and a busy stage and single jobs behave, what is free."""

    as_of: str
    region: str
    month: Mapping[str, float]
    use: Mapping[str, float]
    idle: Mapping[str, float]
    busy: Mapping[str, float]
    jobs: Mapping[str, Mapping[str, float]]
    free: frozenset[str]

    @classmethod
    def load(cls) -> "Prices":
        """Read the prices from their file."""
        given = tomllib.loads(PRICES.read_text())
        free = frozenset(given["free"]["types"])
        month, use, idle, busy, jobs = (given[name] for name in ("month", "use", "idle", "busy", "jobs"))
        return cls(str(given["as_of"]), given["region"], month, use, idle, busy, jobs, free)


def looked_at(folder: Path) -> cdk.App:
    """Return an app whose templates are looked at and not deployed: code and layers are not copied into the folder."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return cdk.App(outdir=str(folder), context=context | {"aws:cdk:disable-asset-staging": True})


def synthesise(stage: Stage, folder: Path) -> list[dict[str, Any]]:
    """Write the templates of a stage into a folder and return them."""
    from infra.app import build

    app = looked_at(folder)
    build(app, stage)
    with contextlib.suppress(RuntimeError):  # raised for what cdk-nag finds, of which a test tells
        app.synth()
    return [json.loads(path.read_text()) for path in sorted(folder.glob("lyceum-*.template.json"))]


def idle_month(templates: Iterable[Mapping[str, Any]], prices: Prices, *, asleep: bool = False) -> Costs:
    """Return the USD a month of an idle stage, by kind of resource.

    Of a stage that is asleep no queue is polled and no schedule runs. Raises UnknownPrice.
    """
    costs: dict[str, float] = defaultdict(float)
    unknown = set()
    for template in templates:
        for resource in template["Resources"].values():
            kind, properties = resource["Type"], resource.get("Properties", {})
            if kind not in _PRICED and kind not in prices.free:
                unknown.add(kind)
            if not (asleep and kind in _SLEEPING):
                for label, price in _PRICED.get(kind, {}).items():
                    costs[label] += price(properties, prices, template)
    if unknown:
        raise UnknownPrice(f"infra/prices.toml says nothing of {', '.join(sorted(unknown))}")
    return {label: cost for label, cost in costs.items() if cost}


def total(costs: Costs) -> float:
    """Return what all kinds cost together."""
    return sum(costs.values())


def _alarm(alarm: Resource, prices: Prices, _: Resource) -> float:
    analysed = sum("MetricStat" in metric for metric in alarm.get("Metrics", [])) or 1
    return analysed * prices.month["alarm_metric"]


def _poller(mapping: Resource, prices: Prices, _: Resource) -> float:
    """Price the waiting at a queue; reading a table's stream is free."""
    if "StartingPosition" in mapping:
        return 0
    calls = prices.idle["pollers"] * _MONTH_SECONDS / prices.idle["poll_seconds"]
    return calls * prices.use["queue_request"]


def _snapshot(function: Resource, prices: Prices, _: Resource) -> float:
    if function.get("SnapStart", {}).get("ApplyOn") != "PublishedVersions":
        return 0
    memory_gb: float = function.get("MemorySize", 128) / 1024
    return memory_gb * _MONTH_SECONDS * prices.use["snapshot_gb_second"]


def _schedule(schedule: Resource, prices: Prices, template: Resource) -> float:
    use, idle = prices.use, prices.idle
    largest = max(
        (
            each["Properties"].get("MemorySize", 128)
            for each in template["Resources"].values()
            if each["Type"] == "AWS::Lambda::Function"
        ),
        default=128,
    )
    run = use["schedule_invocation"] + use["lambda_request"] + use["trace"]
    run += idle["job_seconds"] * largest / 1024 * use["lambda_gb_second"]
    run += idle["job_log_bytes"] / 1e9 * use["log_gb"] + idle["job_read_units"] * use["read_unit"]
    run += _of_job(schedule, prices, "files") * (use["file_put"] + use["file_get"])
    return runs_a_month(schedule["ScheduleExpression"]) * run


def _metrics(schedule: Resource, prices: Prices, _: Resource) -> float:
    return _of_job(schedule, prices, "metrics") * prices.month["metric"]


def _of_job(schedule: Resource, prices: Prices, what: str) -> float:
    """Return how much of something the job of a schedule writes, beside what all jobs do."""
    job = json.loads(schedule["Target"]["Input"])["job"]
    return prices.jobs.get(job, {}).get(what, 0)


def _table(table: Resource, prices: Prices, _: Resource) -> float:
    is_restorable = table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled")
    gb = prices.idle["table_gb"]
    return gb * (prices.use["storage_gb"] + (prices.use["backup_gb"] if is_restorable else 0))


def _replicated_table(table: Resource, prices: Prices, template: Resource) -> float:
    return sum(_table(copy, prices, template) for copy in table["Replicas"])


def _web_acl(acl: Resource, prices: Prices, _: Resource) -> float:
    return prices.month["web_acl"] + len(acl.get("Rules", [])) * prices.month["web_rule"]


def _flat(name: str) -> Callable[[Resource, Prices, Resource], float]:
    return lambda _, prices, __: prices.month[name]


_PRICED: dict[str, dict[str, Callable[[Resource, Prices, Resource], float]]] = {
    "AWS::CloudFront::MonitoringSubscription": {"counts of the content network": _flat("edge_metrics")},
    "AWS::CloudWatch::Alarm": {"alarms": _alarm},
    "AWS::CloudWatch::Dashboard": {"dashboard": _flat("dashboard")},
    "AWS::DynamoDB::GlobalTable": {"table": _replicated_table},
    "AWS::DynamoDB::Table": {"table": _table},
    "AWS::KMS::Key": {"keys": _flat("key")},
    "AWS::Lambda::EventSourceMapping": {"waiting at queues": _poller},
    "AWS::Lambda::Function": {"snapshots": _snapshot},
    "AWS::Scheduler::Schedule": {"scheduled jobs": _schedule, "metrics": _metrics},
    "AWS::SecretsManager::Secret": {"secrets": _flat("secret")},
    "AWS::WAFv2::WebACL": {"web firewall": _web_acl},
}
_SLEEPING = frozenset({"AWS::Lambda::EventSourceMapping", "AWS::Scheduler::Schedule"})
"""What `make sleep` switches off."""


def runs_a_month(times: str) -> float:
    """Return how often a schedule runs in 30 days, from its `rate(...)` or `cron(...)`."""
    rate = _RATE.fullmatch(times)
    if rate:
        return _MONTH_SECONDS / (int(rate[1]) * _UNIT_SECONDS[rate[2]])
    minutes, hours, days, _, weekdays, _ = times.removeprefix("cron(").removesuffix(")").split()
    runs_a_day = _values(minutes, 60) * _values(hours, 24)
    if weekdays not in {"*", "?"}:
        return runs_a_day * _DAYS * len(weekdays.split(",")) / 7
    return runs_a_day * (_DAYS if days in {"*", "?"} else len(days.split(",")))


def _values(field: str, whole: int) -> int:
    """Return how many values a field of a cron expression takes, of the `whole` that there are."""
    stepped = _EACH_VALUE.fullmatch(field)
    if stepped:
        start = 0 if stepped[1] == "*" else int(stepped[1])
        return len(range(start, whole, int(stepped[2])))
    return whole if field == "*" else len(field.split(","))


def stages() -> dict[str, Costs]:
    """Return what each of the stages costs that have a ceiling, by kind of resource."""
    prices = Prices.load()
    with tempfile.TemporaryDirectory() as folder:
        dev, prod = (synthesise(Stage.load(name), Path(folder) / name) for name in ("dev", "prod"))
    return {
        "dev": idle_month(dev, prices),
        "dev, asleep": idle_month(dev, prices, asleep=True),
        "prod": idle_month(prod, prices),
    }


def requests(prices: Prices) -> dict[str, RequestCost]:
    """Return what a million of each main request costs, by its name."""
    known = request_costs.measured()
    return {name: request_costs.cost_of(known[name], prices.use, prices.busy) for name in request_costs.MAIN}


def parts(prices: Prices) -> dict[str, dict[str, RequestCost]]:
    """Return what a million of each further request costs, by the title of its part."""
    return {
        title: {
            name: request_costs.cost_of(each, prices.use, prices.busy)
            for name, each in request_costs.measured(part).items()
        }
        for part, title in request_costs.PARTS.items()
    }


def page(found: Mapping[str, Costs], prices: Prices) -> str:
    """Return the page that shows what idle stages cost."""
    labels = sorted({label for costs in found.values() for label in costs})
    lines = [
        "# Cost",
        "",
        "Generated by `make cost` from the templates of each stage and the list prices in `infra/prices.toml`, in USD:",
        f"those of {prices.region} on {prices.as_of}, without the free tier. A month has 30 days.",
        "",
        "## A stage that nobody uses",
        "",
        "| a month | " + " | ".join(found) + " |",
        "|---" + "|--:" * len(found) + "|",
        *(
            f"| {label} | " + " | ".join(f"{costs.get(label, 0):.2f}" for costs in found.values()) + " |"
            for label in labels
        ),
        "| **together** | " + " | ".join(f"**{total(costs):.2f}**" for costs in found.values()) + " |",
        "| at most | " + " | ".join(f"{CEILINGS[name]}.00" for name in found) + " |",
        "",
        "Tests hold the last line. How idle stages are taken to behave (how often queues are asked, how long a job",
        "takes that finds nothing to do) is in the same file; a kind of resource without a price is refused. A domain",
        f"that is used writes four metrics, {4 * prices.month['metric']:.2f} a month as long as it is.",
        "",
        "`make sleep STAGE=dev` switches off what waits at queues and all schedules; messages stay for four days.",
        "`make wake STAGE=dev` switches them on again.",
        "",
        "## A million requests",
        "",
        "Of the ten requests that a student's day is made of, in USD. Capacity units follow from the sizes of",
        "items, and a test holds them; CPU is what `make bench PART=requests` measured. How much is logged and traced,",
        "and how long storage takes to answer, stands in the price file. Transfer is reckoned without compression.",
        "",
        *request_costs.rows(requests(prices)),
        "",
        "Of further requests, as the other parts of the bench measured them.",
    ]
    for title, rows in parts(prices).items():
        lines += ["", f"### {title}", "", *request_costs.rows(rows)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print and write down what idle stages and requests cost; returns the exit status."""
    found = stages()
    PAGE.write_text(page(found, Prices.load()))
    for name, costs in found.items():
        sys.stdout.write(f"{name}: {total(costs):.2f} USD a month, at most {CEILINGS[name]}\n")
        for label, cost in sorted(costs.items(), key=lambda item: -item[1]):
            sys.stdout.write(f"  {cost:8.2f}  {label}\n")
    sys.stdout.write("a million requests:\n")
    for name, request in requests(Prices.load()).items():
        sys.stdout.write(f"  {request.together:8.2f}  {name}\n")
    return 1 if any(total(costs) > CEILINGS[name] for name, costs in found.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
