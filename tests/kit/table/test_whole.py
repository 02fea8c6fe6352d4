"""Reading all there is of a partition for an answer: whole, or refused; never cut without a word."""

import pytest

from lyceum.kit.errors import RuleViolation
from lyceum.kit.table import find_whole, write_many
from lyceum.model.insights.sales import ProductMonth

MONTH = "2027-01"


def put(count: int, title: str = "A") -> None:
    write_many(ProductMonth(month=MONTH, currency="NGN", product=f"{n:05d}", title=title) for n in range(count))


def test_more_than_storage_gives_at_a_time_is_read_whole(tenant: str) -> None:
    put(1_200, title="A" * 2_000)
    assert len(find_whole(ProductMonth, month=MONTH)) == 1_200, "more than the megabyte of an answer"


def test_more_than_may_be_read_is_refused(tenant: str) -> None:
    put(21)
    assert len(find_whole(ProductMonth, month=MONTH, most=21)) == 21
    with pytest.raises(RuleViolation) as refused:
        find_whole(ProductMonth, month=MONTH, most=20)
    assert [detail.code for detail in refused.value.details] == ["TOO_MANY_ROWS"]
