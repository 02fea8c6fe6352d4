"""What devices and their administrators send and get."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from lyceum.kit.http.pages import Listing
from lyceum.kit.http.schemas import Id, Request, Schema, Timestamp
from lyceum.kit.values.text import Line
from lyceum.model.devices import ClassroomDevice, DeviceCommand, DeviceState

Kind = Literal["smart_board", "clicker", "attendance_reader", "exam_hall_box"]
Room = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")]
Code = Annotated[str, StringConstraints(min_length=10, max_length=12, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(min_length=40, max_length=60)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9]{0,39}$")]
Version = Annotated[str, StringConstraints(max_length=40, pattern=r"^[A-Za-z0-9._+-]+$")]
ShortText = Annotated[str, StringConstraints(max_length=200)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Question = Annotated[int, Field(ge=1, le=20)]


class NewCodes(Request):
    """Codes for devices of one kind in a room, each good for one device.

    - `courseId`: whose students an attendance reader knows.
    - `validMinutes`: for how long they may be typed; a day unless it says otherwise, a week at most.
    """

    kind: Kind
    label: Line
    room: Room
    course_id: Id | None = None
    count: Annotated[int, Field(ge=1, le=40)] = 1
    valid_minutes: Annotated[int, Field(ge=5, le=10_080)] = 1440


class CodeList(Schema):
    """Codes, which are shown this once."""

    codes: list[str]
    expires_at: Timestamp


class Enrol(Request):
    """The code that is typed on a device."""

    code: Code


class TokenView(Schema):
    """A token of a device, to be sent as a bearer token."""

    token: str
    token_expires_at: Timestamp


class EnrolledDevice(TokenView):
    """A device that joined; its key is shown this once, and gets it new tokens."""

    device_id: str
    device_key: str
    kind: Kind
    label: str
    room: str


class RenewToken(Request):
    """A device that was off for longer than its token lasts."""

    device_id: Id
    device_key: Key


class Measurement(Request):
    """Something that a device measured, in the unit that its name says, such as `temperatureCelsius`."""

    kind: Literal["measurement"]
    name: Name
    value: Finite


class Presence(Request):
    """Somebody showed their card to an attendance reader."""

    kind: Literal["presence"]
    person_id: Id


class ClickerAnswer(Request):
    """A button of a clicker was pressed; the last one of a question counts."""

    kind: Literal["answer"]
    quiz_id: Id
    question: Question
    choice: Annotated[str, StringConstraints(pattern=r"^[A-H]$")]


Reading = Annotated[Measurement | Presence | ClickerAnswer, Field(discriminator="kind")]


class Heartbeat(Request):
    """What a device says of itself."""

    firmware: Version | None = None
    battery_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    uptime_seconds: Annotated[int, Field(ge=0, le=10**9)] | None = None


class Acknowledgement(Request):
    """What came of a command."""

    command_id: Id
    state: Literal["done", "failed"]
    result: ShortText | None = None


class Telemetry(Request):
    """A batch of a device: its number, which grows, how it is, what it read, and what came of its commands."""

    batch: Annotated[int, Field(ge=1, le=10**12 - 1)]
    heartbeat: Heartbeat = Heartbeat()
    readings: Annotated[list[Reading], Field(max_length=50)] = []
    acknowledged: Annotated[list[Acknowledgement], Field(max_length=20)] = []


class IgnoredReading(Schema):
    """A reading that was not taken, by its place in the batch, and why."""

    reading: int
    reason: Literal["not_this_kind", "no_course", "unknown_person", "unknown_quiz", "quiz_closed", "no_such_choice"]


class CommandView(Schema):
    """A command for a device."""

    command_id: str
    command: str
    arguments: dict[str, Any]
    state: Literal["waiting", "done", "failed"]
    result: str | None = None
    expires_at: Timestamp


class TelemetryAnswer(TokenView):
    """What a device is told: the commands that wait, a new token, and when to report next.

    - `isRepeated`: the batch was taken before, and nothing was done again.
    - `lastBatch`: the last one that was taken.
    """

    last_batch: int
    is_repeated: bool
    accepted: int
    ignored: list[IgnoredReading]
    commands: list[CommandView]
    report_after_seconds: int


class ShowMessage(Request):
    """Show a text."""

    command: Literal["show_message"]
    text: ShortText
    seconds: Annotated[int, Field(ge=1, le=3600)] = 60


class Restart(Request):
    """Start anew."""

    command: Literal["restart"]


class Configure(Request):
    """Take other settings, by the names that the device knows."""

    command: Literal["configure"]
    settings: Annotated[dict[Name, bool | int | Finite | ShortText], Field(min_length=1, max_length=20)]


class SendCommand(Request):
    """A command, and for how long it waits for the device."""

    order: Annotated[ShowMessage | Restart | Configure, Field(discriminator="command")]
    valid_minutes: Annotated[int, Field(ge=1, le=1440)] = 60


class DeviceQuery(Listing):
    """Which devices.

    - `room`: only those of a room that are not revoked.
    """

    room: Room | None = None


class DeviceView(Schema):
    """A device, and when it was last heard of; `isOnline` while that is no more than 90 seconds ago."""

    device_id: str
    kind: Kind
    label: str
    room: str
    course_id: str | None = None
    state: Literal["active", "revoked"]
    is_online: bool
    seen_at: Timestamp | None = None
    firmware: str | None = None
    battery_percent: int | None = None
    uptime_seconds: int | None = None
    created_at: Timestamp

    @classmethod
    def of(cls, device: ClassroomDevice, state: DeviceState | None, *, is_online: bool) -> "DeviceView":
        """Show a device as it is stored, without the hash of its key."""
        own = ("device_id", "label", "room", "course_id", "state", "created_at")
        said = ("seen_at", "firmware", "battery_percent", "uptime_seconds")
        shown = {name: getattr(device, name) for name in own} | {name: getattr(state, name, None) for name in said}
        return cls.model_validate({**shown, "kind": device.device_kind, "is_online": is_online})


def command_view(command: DeviceCommand) -> CommandView:
    """Show a command as it is stored."""
    return CommandView.model_validate(command)
