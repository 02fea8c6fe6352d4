"""A session that was removed before its message is read leaves nothing to count, and fails nobody."""

from lyceum.kit.table import Unit
from tests.exams.conftest import Bank, Start
from tests.support import workers
from tests.support.http import Client


def test_every_worker_passes_over_a_session_that_is_gone(start: Start, bank: Bank, client: Client) -> None:
    running = start(topicIds=[bank.topic(1)], count=1)
    running.submit()
    client.cloud.published(client.tenant)
    Unit().remove(running.marks).commit()
    assert workers.deliver(client.cloud, client.tenant) == 0
