"""Saving what was read or not, items that a change makes, and when storage may remove one."""

from datetime import datetime, timedelta

import pytest
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, PreconditionFailed
from lyceum.kit.table import Unit
from lyceum.kit.table.entity import Entity, Keys, Moment
from tests.support.cloud import Cloud


class Tally(Entity, discriminator="test_tally"):
    """Counts something on a day at a place."""

    keys = Keys("TALLY#{place}", "{day}#{number:04d}")
    noun = "tally"

    place = UnicodeAttribute(attr_name="where")
    day = Moment()
    number = NumberAttribute()
    count = NumberAttribute(default=0)


def parts() -> dict[str, object]:
    return {"place": "hall", "day": clock.parse("2027-01-11T00:00:00Z"), "number": 7}


def stored() -> Tally:
    return Tally.require(consistent=True, **parts())


def test_what_was_not_read_is_created_and_what_was_is_replaced(tenant: str) -> None:
    Unit().save(Tally(**parts(), count=1)).commit()
    assert (stored().count, stored().version, stored().created_by) == (1, 1, "test")
    found = stored()
    found.count = 2
    Unit().save(found).commit()
    assert (stored().count, stored().version, stored().created_by) == (2, 2, "test")


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "in a transaction"])
def test_what_came_meanwhile_is_not_overwritten(tenant: str, others: int) -> None:
    unread = Tally(**parts(), count=1)
    Unit().save(Tally(**parts(), count=5)).commit()
    found = stored()
    Unit().save(stored()).commit()
    for item in (unread, found):
        unit = Unit().create(Tally(place="yard", day=clock.now(), number=1)) if others else Unit()
        with pytest.raises(Conflict, match="changed meanwhile") as refusal:
            unit.save(item).commit()
        assert refusal.value.code == "EDIT_CONFLICT"
    assert stored().count == 5


def test_the_refusal_of_a_save_may_be_named(tenant: str) -> None:
    Unit().save(Tally(**parts())).commit()
    with pytest.raises(Conflict, match="mine"):
        Unit().save(Tally(**parts()), refuse=Conflict("mine")).commit()


def test_a_caller_who_names_a_version_means_that_one(tenant: str) -> None:
    Unit().save(Tally(**parts()), expect=0).commit()
    with pytest.raises(PreconditionFailed):
        Unit().save(Tally(**parts()), expect=1)
    with pytest.raises(PreconditionFailed):
        Unit().save(stored(), expect=0)
    Unit().save(stored(), expect=1).commit()


def test_an_item_that_a_change_makes_knows_the_parts_of_its_key(tenant: str) -> None:
    for _ in range(2):
        Unit().change(Tally.at(**parts()), Tally.count.add(3), or_create=True).commit()
    made = stored()
    assert (made.place, made.day, made.number, made.count, made.version) == ("hall", parts()["day"], 7, 6, 2)
    Unit().save(made).commit()
    assert stored().version == 3


def test_parts_that_a_change_names_itself_are_written_once(tenant: str) -> None:
    named = Tally.at(**parts())
    Unit().change(named, Tally.place.set("hall"), Tally.number.set(7), Tally.count.add(1), or_create=True).commit()
    assert (stored().place, stored().day) == ("hall", parts()["day"])


def test_a_change_of_what_exists_writes_no_parts(cloud: Cloud, tenant: str) -> None:
    Unit().create(Tally(**parts())).commit()
    unit = Unit().change(Tally.at(**parts()), Tally.count.add(1))
    assert "where" not in str(unit._writes[0].arguments["ExpressionAttributeNames"])


@pytest.mark.usefixtures("tenant", "clock")
@pytest.mark.parametrize(
    ("given", "second"),
    [
        (timedelta(days=1), 1_799_744_400),
        (datetime.fromisoformat("2027-01-12T10:00:00+01:00"), 1_799_744_400),
        (datetime.fromisoformat("2027-01-12T08:59:59.001+00:00"), 1_799_744_400),
        (1_799_744_400, 1_799_744_400),
        (None, None),
    ],
)
def test_an_item_goes_at_a_moment_or_after_a_while(given: object, second: int | None) -> None:
    item = Tally(**parts(), ttl=given)
    assert item.ttl == second
    Unit().create(item).commit()
    assert stored().ttl == second
    if given is not None:
        Unit().change(stored(), Tally.ttl.set(given), when=Tally.ttl <= given).commit()
        assert stored().ttl == second


def test_a_moment_without_an_offset_is_no_moment(tenant: str) -> None:
    with pytest.raises(ValueError, match="offset"):
        Tally(**parts(), ttl=datetime.fromisoformat("2027-01-12T10:00:00"))
