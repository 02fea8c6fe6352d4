"""The publisher is woken only for changes that leave messages."""

import json

import pytest

from lyceum.events.questions import QuestionRetired
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit
from lyceum.rules.stream.saved_answers import KINDS
from lyceum.search.sources import SOURCES
from tests.infra.conftest import Assembly
from tests.support.cloud import Cloud

pytestmark = pytest.mark.filterwarnings("ignore")


def retired() -> QuestionRetired:
    return QuestionRetired(question_id="q", topic_id="t", course_id="c")


def test_the_stream_looks_for_the_count_of_messages(production: Assembly) -> None:
    (reading,) = [
        mapping
        for mapping in production.resources("AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" in mapping
    ]
    wanted, sheets, messages, *found = [json.loads(each["Pattern"]) for each in reading["FilterCriteria"]["Filters"]]
    assert wanted == {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"NewImage": {"outbox_size": {"N": [{"exists": True}]}}},
    }
    assert sheets["dynamodb"] == {"NewImage": {"kind": {"S": list(KINDS)}, "state": {"S": ["running"]}}}
    assert messages == {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": ["notification"]}}}}
    kinds = [{"dynamodb": {image: {"kind": {"S": sorted(SOURCES)}}}} for image in ("NewImage", "OldImage")]
    assert found == kinds, "and else only for saves of answers, for messages, and for what search finds"
    assert len(found) + 3 <= 5, "a mapping has at most so many patterns"


def test_every_way_to_write_counts_what_it_leaves(cloud: Cloud, tenant: str) -> None:
    item = OutboxItem(event_id="e")

    def counted() -> tuple[int, int]:
        (stored,) = cloud.items(tenant)
        return int(stored.get("outbox_size", {}).get("N", 0)), len(stored.get("outbox", {}).get("L", ()))

    Unit().create(item, retired()).commit()
    assert counted() == (1, 1)
    Unit().put(item).commit()
    assert counted() == (0, 0)
    Unit().change(item, OutboxItem.ttl.set(99), events=[retired(), retired()]).commit()
    assert counted() == (2, 2)
    Unit().change(item, OutboxItem.ttl.set(98)).commit()
    assert counted() == (0, 0)
    Unit().amend(item, "event_id", events=[retired()]).commit()
    assert counted() == (1, 1)
