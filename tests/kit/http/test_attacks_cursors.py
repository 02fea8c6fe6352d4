"""A cursor is of its user: another's opens no list, and leads into nobody's items."""

import pytest

from lyceum.kit.table import write_many
from lyceum.model.notifications.inbox import Notification
from tests.support.http import Client


def notice(user_id: str, number: int) -> Notification:
    name = f"01MC1ZKKM0SKPTWDKF4A3JG96{number}"
    return Notification(user_id=user_id, notification_id=name, type="study.reminder", title="t", body="b", data={})


@pytest.mark.parametrize("name", ["eve", "admin"])
def test_the_cursor_of_another_user_is_refused(client: Client, name: str) -> None:
    student, other = client.as_("student"), client.as_(name, "admin" if name == "admin" else "student")
    write_many([notice(student.user_id, number) for number in range(3)])
    write_many([notice(other.user_id, number) for number in range(3)])
    cursor = student.get("/api/notifications", {"limit": 1}).pagination["nextCursor"]
    assert student.get("/api/notifications", {"limit": 1, "cursor": cursor}).status == 200
    refused = other.get("/api/notifications", {"limit": 1, "cursor": cursor})
    assert (refused.status, refused.error.code) == (400, "BAD_REQUEST")
