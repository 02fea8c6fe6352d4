"""A notice for very many is addressed from many places at once, to each reader once."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import ids
from lyceum.kit.table import find_all, write_many
from lyceum.model.users.account import User
from lyceum.rules import key_ranges
from lyceum.tasks.notifications import DeliverNotice, FanOutNotice
from tests.notifications.conftest import Requests
from tests.notifications.test_fan_out import people, posted
from tests.support.cloud import Cloud

from functions.notifications.events import fan_out

PAGE = 4


@given(st.text(max_size=12), st.text(max_size=12))
def test_the_middle_lies_between(one: str, other: str) -> None:
    low, high = sorted((one, other))
    middle = key_ranges.middle(low, high)
    if middle is None:
        assert high <= f"{low}\0\0", "there is none of neighbours alone"
    else:
        assert low < middle < high
        middle.encode()


def test_the_middle_of_names_is_one_that_halves_the_alphabet() -> None:
    assert key_ranges.middle("abiola", "zubairu") == "m"
    assert key_ranges.middle("b", "a") is None


def addressed(cloud: Cloud, tenant: str) -> list[str]:
    sent = [json.loads(each["Detail"]) for each in cloud.published(tenant) if each["DetailType"] == DeliverNotice.name]
    return sorted(user_id for detail in sent for user_id in detail["userIds"])


def rounds(requests: Requests, cloud: Cloud, tenant: str) -> int:
    """Hand tasks on until there is none that is new; returns how often."""
    known = -1
    for number in range(100):
        pages = sum(each["DetailType"] == FanOutNotice.name for each in cloud.published(tenant))
        if pages == known:
            return number - 1
        known = pages
        assert requests.hand_to(fan_out) == 0
    raise AssertionError("it does not end")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "_PAGE", PAGE)


@pytest.mark.usefixtures("small_pages")
def test_a_long_list_is_halved_again_and_again(cloud: Cloud, tenant: str, requests: Requests) -> None:
    names = [f"{first}{second}" for first in "abcdefghijklmnop" for second in "aeiou"]
    users = [
        User(user_id=ids.new_id(), username=f"u{name}", first_name="U", last_name=name.title(), role="student")
        for name in names
    ]
    write_many(users)
    requests.publish(posted())
    taken = rounds(requests, cloud, tenant)
    assert addressed(cloud, tenant) == sorted(user.user_id for user in users)
    assert taken <= 2 * math.ceil(math.log2(len(names) / PAGE)) < len(names) / PAGE


@pytest.mark.usefixtures("small_pages")
def test_people_of_one_name_are_each_addressed_once(cloud: Cloud, tenant: str, requests: Requests) -> None:
    users = people(23)
    requests.publish(posted())
    rounds(requests, cloud, tenant)
    assert addressed(cloud, tenant) == sorted(users)


@pytest.mark.usefixtures("small_pages")
def test_a_task_from_before_there_were_ranges_goes_on_behind_its_page(
    cloud: Cloud, tenant: str, requests: Requests
) -> None:
    users = people(9)
    keys = sorted((str(user.gsi1sk), str(user.user_id)) for user in find_all(User, index="gsi1"))
    after = {"GSI1SK": {"S": keys[3][0]}}
    requests.publish(FanOutNotice(kind="announcement.posted", data={"announcementId": "a", "title": "t"}, after=after))
    rounds(requests, cloud, tenant)
    assert addressed(cloud, tenant) == sorted(user_id for _, user_id in keys[4:])
    assert len(users) == len(keys)


def test_nobody_at_all_is_no_failure(tenant: str, requests: Requests, cloud: Cloud) -> None:
    requests.publish(posted())
    assert rounds(requests, cloud, tenant) <= 2
    assert addressed(cloud, tenant) == []
