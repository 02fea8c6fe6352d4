"""Topics from a table: tried dry, written once, known again by their titles; wrong rows are told."""

import csv
from typing import Any

import pytest

from lyceum.kit.table import find_all
from lyceum.model.catalog import Topic
from tests.support.acting import within_rights
from tests.support.http import Client
from tests.support.story import Story

PATH = "/api/admin/import/topics"
TABLE = "title,order,description,tags\nSets,1,What belongs,logic; maths\nMaps,2,,\n"


@pytest.fixture
def course_id(client: Client) -> str:
    """A course with the topic Sets."""
    topic_id = Story(client).topic(client.as_("admin"), client.as_("instructor"))
    return str(Topic.require(topic_id=topic_id).course_id)


def bring(client: Client, course_id: str, text: str = TABLE, **more: Any) -> dict[str, int]:
    with within_rights():
        told = client.as_("admin").post(PATH, {"courseId": course_id, "text": text, **more}).data
    return {name: told[name] for name in ("created", "updated", "unchanged", "wrong") if told[name]}


def test_a_syllabus_is_tried_dry_written_once_and_known_again(client: Client, course_id: str) -> None:
    assert bring(client, course_id) == {"created": 1, "updated": 1}
    assert len(list(find_all(Topic, index="gsi1", course_id=course_id))) == 1, "a dry run"
    assert bring(client, course_id, dryRun=False) == {"created": 1, "updated": 1}
    topics = list(find_all(Topic, index="gsi1", course_id=course_id))
    assert [(topic.title, int(topic.order), topic.syllabus_tags) for topic in topics] == [
        ("Sets", 1, ["logic", "maths"]), ("Maps", 2, []),
    ]  # fmt: skip
    assert bring(client, course_id, dryRun=False) == {"unchanged": 2}
    assert bring(client, course_id, TABLE.replace("Maps,2", "MAPS,7"), dryRun=False) == {"updated": 1, "unchanged": 1}


def test_many_topics_are_written_and_wrong_rows_are_told(client: Client, course_id: str) -> None:
    lines = "".join(f"Topic {number};{number}\n" for number in range(90))
    assert bring(client, course_id, f"title;order\n{lines};4\nLast;-1\n", dryRun=False) == {"created": 90, "wrong": 2}
    assert len(list(find_all(Topic, index="gsi1", course_id=course_id))) == 91


def test_nothing_of_a_table_is_lost_silently(client: Client, course_id: str) -> None:
    text = "title,hours,tags\nSets,3,\nMaps,2,,left over\nSETS,4,again\n"
    told = client.as_("admin").post(PATH, {"courseId": course_id, "text": text}).data
    assert told["notRead"] == ["hours"]
    assert [(row["outcome"], row.get("message")) for row in told["rows"]] == [
        ("unchanged", None), ("wrong", "The row has more cells than the header."), ("wrong", "Row 2 names it too."),
    ]  # fmt: skip


def test_what_can_not_be_read_as_a_table_is_refused(client: Client, course_id: str) -> None:
    csv.field_size_limit(1_000_000)  # as a reader of other tables leaves it for the whole process
    for text in (f"title\n{'x' * 140_000}\n", "title,title\na,b\n", "title\n", "\n"):
        refused = client.as_("admin").post(PATH, {"courseId": course_id, "text": text})
        assert refused.error.fields == {"NO_TOPICS"}, text[:20]


def test_what_is_no_syllabus_is_refused_and_others_may_not(client: Client, course_id: str) -> None:
    admin, body = client.as_("admin"), {"courseId": course_id, "text": "what,else\n1,2\n"}
    assert admin.post(PATH, body).error.fields == {"NO_TOPICS"}
    assert admin.post(PATH, {**body, "courseId": "0" * 26, "text": TABLE}).status == 404
    assert client.as_("moderator").post(PATH, {**body, "text": TABLE}).status == 403
