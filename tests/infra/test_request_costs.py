"""What a million requests cost follows from what they ask of storage, which is counted here again."""

import pytest

from infra.cost import Prices, parts, requests
from infra.request_costs import MAIN, Measured, cost_of, measured
from tests.bench.units import counted_units, size_of
from tests.support.http import Client
from tests.support.story import Story

PRICES = Prices.load()


def test_storage_asks_for_what_was_measured(client: Client) -> None:
    known, counted = measured(), {}
    for name, call in Story(client).repeatable():
        with counted_units() as units:
            reply = call()
        assert reply.status < 400, (name, reply.body)
        counted[name] = (reply.cost.requests, units.read, units.write)
    assert counted.keys() == known.keys()
    for name, (asked, read, write) in counted.items():
        told = known[name]
        assert asked <= told.storage_requests, name
        # an item's size, and so a unit here and there, depends on ids and texts
        assert read <= told.read_units * 1.2 + 1, name
        assert write <= told.write_units * 1.2 + 2, name


def test_every_part_is_paid_for() -> None:
    use = {"gateway_request": 1.0, "lambda_request": 2.0, "lambda_gb_second": 4.0, "read_unit": 8.0, "write_unit": 16.0}
    use |= {"log_gb": 1e9, "trace": 32.0, "transfer_gb": 1e9}
    busy = {"memory_mb": 1769, "storage_seconds": 0.5, "log_bytes": 3, "traced_share": 0.25}
    cost = cost_of(Measured(500, 1, 2, 3, 5), use, busy)
    million = 1_000_000
    assert cost.gateway == million
    assert cost.function == pytest.approx((2 + 4 * 1769 / 1024) * million)
    assert cost.storage == (2 * 8 + 3 * 16) * million
    assert cost.watching == (3 + 8) * million
    assert cost.transfer == 5 * million
    assert cost.together == pytest.approx(cost.gateway + cost.function + cost.storage + cost.watching + cost.transfer)


def test_less_memory_takes_longer_and_more_than_a_processor_does_not_help() -> None:
    request = Measured(10, 0, 0, 0, 0)
    assert cost_of(request, PRICES.use, PRICES.busy | {"memory_mb": 512}).function == pytest.approx(
        cost_of(request, PRICES.use, PRICES.busy | {"memory_mb": 1769}).function, rel=0.01
    )
    assert (
        cost_of(request, PRICES.use, PRICES.busy | {"memory_mb": 3538}).function
        > cost_of(request, PRICES.use, PRICES.busy | {"memory_mb": 1769}).function
    )


def test_each_of_the_ten_has_its_cost() -> None:
    found = requests(PRICES)
    assert tuple(found) == MAIN and len(MAIN) == 10
    assert all(cost.together > 1 for cost in found.values())


def test_requests_of_each_further_part_have_their_cost() -> None:
    for title, found in parts(PRICES).items():
        assert found, title
        assert all(cost.together > 1 for cost in found.values())


def test_items_are_weighed_as_storage_does() -> None:
    item = {"PK": {"S": "abc"}, "n": {"N": "12"}, "l": {"L": [{"S": "é"}]}, "b": {"BOOL": True}}
    assert size_of(item) == 5 + 4 + 7 + 2
