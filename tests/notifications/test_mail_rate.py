"""Mails go at the sender's own rate, and what the mail service has no quota for is no failure."""

from collections.abc import Iterator

import pytest

from infra.functions import FUNCTIONS
from lyceum.kit.manifest import Queue
from lyceum.kit.settings import settings
from lyceum.kit.table.retrying import Pause, pausing
from tests.notifications.conftest import Post, completed, tell
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.jobs import run

from functions.notifications import jobs
from functions.notifications.channels import pace


@pytest.fixture
def waited(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    monkeypatch.setattr(pace, "_free_at", None)
    waits: list[float] = []

    def pass_by(seconds: float) -> None:
        waits.append(seconds)
        clock.advance(seconds=seconds)

    with pausing(Pause(sleep=pass_by)):
        yield waits


@pytest.mark.parametrize("code", ["TooManyRequestsException", "LimitExceededException", "ThrottlingException"])
def test_a_mail_that_there_is_no_quota_for_is_no_failure_and_goes_later(
    client: Client, post: Post, clock: Clock, code: str
) -> None:
    tell(completed(client.as_("student").user_id))
    post.refuse(code)
    for _ in range(5):
        assert post.deliver() == 0, "no receive fails, so none of them is the last"
    assert (post.delivery.state, post.delivery.held_bucket) == ("pending", "2027-01-11T09:15")
    post.instead = None
    clock.advance(minutes=15)
    run(jobs, "held_messages")
    assert post.deliver() == 0
    assert (post.delivery.state, len(post.sent)) == ("sent", 1)


def test_mails_of_one_worker_keep_their_distance(client: Client, post: Post, waited: list[float]) -> None:
    for name in ("ada", "eve", "joe"):
        tell(completed(client.as_(name, "student").user_id))
    assert post.deliver() == 0
    gap = pace.workers() / settings().mails_per_second
    assert (len(post.sent), waited) == (3, pytest.approx([gap, gap]))


def test_who_was_idle_does_not_wait(clock: Clock, waited: list[float]) -> None:
    pace.take_turn()
    clock.advance(seconds=5)
    pace.take_turn()
    assert waited == []


def test_a_wait_is_never_longer_than_the_time_between_two_mails(clock: Clock, waited: list[float]) -> None:
    pace.take_turn()
    clock.advance(hours=-1)
    pace.take_turn()
    assert waited == [pytest.approx(pace.workers() / settings().mails_per_second)]


@pytest.mark.parametrize("rate", [1, 14, 15, 500])
def test_all_workers_together_send_no_faster_and_a_batch_fits_its_time(
    monkeypatch: pytest.MonkeyPatch, rate: int
) -> None:
    (row,) = [row for row in FUNCTIONS if row.name == "notifications-mail"]
    assert isinstance(row.trigger, Queue)
    monkeypatch.setattr(pace, "settings", lambda: settings().model_copy(update={"mails_per_second": rate}))
    assert row.trigger.most_calls(rate) == pace.workers()
    assert row.trigger.batch_size * pace.workers() / rate < row.timeout_seconds
