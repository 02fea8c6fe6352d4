"""Apps and devices in the deployed stack: a clicker quiz, and attendance that reaches the sample app by webhook."""

import importlib.util
import json
import threading
from dataclasses import replace
from http.server import HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lyceum.kit import ids
from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]
ADMIN = "/api/admin/classroom-devices"
EXAMPLE = Path(__file__).parents[2] / "examples" / "attendance"


def attendance() -> ModuleType:
    """Load the sample app."""
    spec = importlib.util.spec_from_file_location("attendance", EXAMPLE / "attendance.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def joined(stack: Stack, admin: Remote, **wanted: Any) -> tuple[str, Remote]:
    """Let a device join; returns its id and a client with its token."""
    codes = admin.post(f"{ADMIN}/codes", {"label": "Row 1", **wanted}).data["codes"]
    made = stack.api.post("/api/classroom-devices/enrol", {"code": codes[0]}).data
    return str(made["deviceId"]), replace(stack.api, token=made["token"])


def report(device: Remote, batch: int, **more: Any) -> dict[str, Any]:
    """Send a batch of a device."""
    found: dict[str, Any] = device.post("/api/classroom-devices/telemetry", {"batch": batch, **more}).data
    return found


def test_a_clicker_quiz_is_told_answered_and_counted(stack: Stack) -> None:
    admin, teacher, room = stack.as_("admin"), stack.as_("instructor"), f"R-{ids.new_id()[-8:]}"
    clickers = [joined(stack, admin, kind="clicker", room=room) for _ in range(2)]
    wanted = {"room": room, "title": "Sets", "questions": [{"label": "1", "choices": 4}]}
    quiz = teacher.post("/api/clicker-quizzes", wanted).data
    for (_, clicker), choice in zip(clickers, "AB", strict=True):
        (command,) = report(clicker, 1)["commands"]
        answer = {"kind": "answer", "quizId": command["arguments"]["quizId"], "question": 1, "choice": choice}
        came = [{"commandId": command["commandId"], "state": "done"}]
        assert report(clicker, 2, readings=[answer], acknowledged=came)["accepted"] == 1
    shown = teacher.get(f"/api/clicker-quizzes/{quiz['quizId']}").data
    assert shown["questions"][0]["counts"] == {"A": 1, "B": 1, "C": 0, "D": 0}
    device_id, clicker = clickers[0]
    assert admin.send("DELETE", f"{ADMIN}/{device_id}", None, {}).status == 200
    assert clicker.post("/api/classroom-devices/telemetry", {"batch": 3}).status == 401


def test_an_app_is_installed_told_and_uninstalled(stack: Stack, tmp_path: Path) -> None:
    sample, admin = attendance(), stack.as_("admin")
    book = sample.AttendanceList(tmp_path / "list.csv")
    with HTTPServer(("127.0.0.1", 0), sample.handler_of("", book)) as server:
        url = f"http://127.0.0.1:{server.server_port}/lyceum"
        offer = json.loads((EXAMPLE / "app.json").read_text())
        offer["webhooks"] = [{"url": url, "events": ["attendance.read"]}]
        app = admin.post("/api/apps", offer).data
        server.RequestHandlerClass = sample.handler_of(app["webhookSecret"], book)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = f"/api/apps/{app['appId']}/install"
        assert admin.post(path, {"consent": {"scopes": [], "events": ["attendance.read"]}}).status == 201
        named = {"deviceId": ids.new_id(), "courseId": ids.new_id(), "userId": ids.new_id()}
        stack.publish("attendance.read", **named)
        eventually(lambda: any(person == named["userId"] for _, _, person in book.known), "the message")
        assert admin.send("DELETE", path, None, {}).status == 200
        assert admin.get(path).status == 404
        server.shutdown()
