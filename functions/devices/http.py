"""Classroom devices over HTTP: for the devices by their tokens, for administrators, and for teachers with clickers."""

from typing import Annotated

from lyceum.kit.http import SIGNED, Api, Caller, Page, Query, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.model.devices import ClickerQuiz
from lyceum.rules.sessions import recheck

from functions.devices import enrolling, reporting, tokens
from functions.devices.quizzes import running
from functions.devices.quizzes.schemas import ClickerQuizView, StartQuiz
from functions.devices.schemas import (
    CodeList,
    CommandView,
    DeviceQuery,
    DeviceView,
    Enrol,
    EnrolledDevice,
    NewCodes,
    RenewToken,
    SendCommand,
    Telemetry,
    TelemetryAnswer,
    TokenView,
)

api = Api("devices", recheck=recheck)
handler = api.handler
_ADMIN = may(Permission.MANAGE_DEVICES)
_TEACHER = may(Permission.MANAGE_CLASSES)


@api.post("/api/classroom-devices/enrol", access=SIGNED, status=201, limit="120/hour", refuses=(404,))
def enrol_classroom_device(body: Enrol) -> EnrolledDevice:
    """Let a device join by its code; its key is shown this once."""
    return enrolling.enrol(body)


@api.post("/api/classroom-devices/token", access=SIGNED, limit="600/hour", refuses=(401,))
def renew_device_token(body: RenewToken) -> TokenView:
    """Give a device a new token for its key."""
    return tokens.renew(body)


@api.post("/api/classroom-devices/telemetry", access=SIGNED, limit="12000/minute", refuses=(401, 409))
def report_telemetry(body: Telemetry) -> TelemetryAnswer:
    """Take a batch of a device, proven by its token, and answer with the commands that wait for it."""
    return reporting.report(body)


@api.post("/api/admin/classroom-devices/codes", access=_ADMIN.proven(), status=201, limit="60/hour")
def create_enrolment_codes(caller: Caller, body: NewCodes) -> CodeList:
    """Make codes by which devices join, each for one; they are shown this once."""
    return enrolling.make_codes(caller, body)


@api.get("/api/admin/classroom-devices", access=_ADMIN)
def list_classroom_devices(query: Annotated[DeviceQuery, Query()]) -> Page[DeviceView]:
    """List the devices of the tenant, and when each was last heard of."""
    return query.page(enrolling.listed(query), DeviceView.model_validate)


@api.delete("/api/admin/classroom-devices/{deviceId}", access=_ADMIN)
def revoke_classroom_device(caller: Caller, device_id: str) -> Removed:
    """Revoke a device; its next report is refused."""
    enrolling.revoke(caller, device_id)
    return Removed(id=device_id)


@api.post("/api/admin/classroom-devices/{deviceId}/commands", access=_ADMIN, status=202, limit="600/hour")
def send_device_command(caller: Caller, device_id: str, body: SendCommand) -> CommandView:
    """Leave a command for a device, which gets it with the answer to its next report."""
    return reporting.command(caller, device_id, body)


@api.post("/api/clicker-quizzes", access=_TEACHER, status=201, limit="60/hour", idempotent=True)
def start_clicker_quiz(caller: Caller, body: StartQuiz) -> ClickerQuizView:
    """Start a quiz that the clickers of a room answer."""
    return running.start(caller, body)


@api.get("/api/clicker-quizzes/{quizId}", access=_TEACHER, owner_of=ClickerQuiz)
def show_clicker_quiz(caller: Caller, quiz_id: str) -> ClickerQuizView:
    """Show a clicker quiz of one's own, counted by question and by device."""
    return running.show(caller, quiz_id)


@api.post("/api/clicker-quizzes/{quizId}/end", access=_TEACHER, owner_of=ClickerQuiz, refuses=(409,))
def end_clicker_quiz(caller: Caller, quiz_id: str) -> ClickerQuizView:
    """End a clicker quiz of one's own before its time."""
    return running.end(caller, quiz_id)
