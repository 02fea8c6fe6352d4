"""Reports of devices and commands for them.

A batch is taken once: its number must be greater than that of the last one, which the write that takes it demands.
A command is handed over with each answer until its device says what came of it, so that none is lost with an answer.
"""

from datetime import timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, fetch_partition
from lyceum.model.devices import ClassroomDevice, DeviceCommand, DeviceReading, DeviceState
from lyceum.rules import audits

from functions.devices import readings, tokens
from functions.devices.schemas import CommandView, SendCommand, Telemetry, TelemetryAnswer, command_view

MOST_WAITING = 20
_TOGETHER = 10
_KEPT = timedelta(days=30)
_USUALLY, _SOON = 30, 1


def report(given: Telemetry) -> TelemetryAnswer:
    """Take a batch and answer with what waits for the device (at most 2 reads and 1 transaction).

    Raises Unauthenticated for a device that is not proven or was revoked, Conflict while the same batch is being taken.
    """
    device_id = tokens.proven()
    found = fetch_partition(ClassroomDevice, device_id=device_id, consistent=True)
    device = next((each for each in found if isinstance(each, ClassroomDevice)), None)
    if device is None or device.state != "active":
        raise tokens.refused()
    waiting = _waiting(found)
    last = max((int(each.last_batch) for each in found if isinstance(each, DeviceState)), default=0)
    if given.batch <= last:
        return _answer(device_id, last, readings.Taken(), waiting, is_repeated=True)
    unit = Unit()
    taken = readings.take(unit, device, given.readings)
    _note_state(unit, device, given, taken)
    told = {each.command_id: each for each in given.acknowledged}
    for command in (each for each in waiting if each.command_id in told):
        came = told[command.command_id]
        command.state, command.result = came.state, came.result
        unit.replace(command)
    if taken.measurements:
        reading = DeviceReading(device_id=device_id, batch=given.batch, measurements=taken.measurements)
        reading.ttl = clock.now() + _KEPT
        unit.put(reading)
    unit.commit()
    left = [each for each in waiting if each.command_id not in told]
    return _answer(device_id, given.batch, taken, left, is_repeated=False)


def _note_state(unit: Unit, device: ClassroomDevice, given: Telemetry, taken: readings.Taken) -> None:
    """Add how the device is to the unit, on condition that no such batch was taken."""
    said = given.heartbeat.model_dump(exclude_none=True)
    actions = [getattr(DeviceState, name).set(value) for name, value in said.items()]
    actions += [DeviceState.last_batch.set(given.batch), DeviceState.seen_at.set(clock.now())]
    unit.change(
        DeviceState.at(device_id=device.device_id),
        *actions,
        when=DeviceState.pk.does_not_exist() | (DeviceState.last_batch < given.batch),
        events=list(taken.present.values()),
        refuse=Conflict("This batch was taken meanwhile.", code="EDIT_CONFLICT"),
        or_create=True,
    )


def _waiting(found: list[Entity]) -> list[DeviceCommand]:
    now = clock.now()
    commands = [each for each in found if isinstance(each, DeviceCommand)]
    return [each for each in commands if each.state == "waiting" and each.expires_at > now]


def _answer(
    device_id: str, last: int, taken: readings.Taken, waiting: list[DeviceCommand], *, is_repeated: bool
) -> TelemetryAnswer:
    is_asked = any(each.command == "open_quiz" for each in waiting) or bool(taken.answers)
    return TelemetryAnswer(
        last_batch=last,
        is_repeated=is_repeated,
        accepted=taken.accepted,
        ignored=taken.ignored,
        commands=[command_view(each) for each in waiting[:_TOGETHER]],
        report_after_seconds=_SOON if is_asked or len(waiting) > _TOGETHER else _USUALLY,
        **tokens.issue(device_id).model_dump(),
    )


def command(caller: Principal, device_id: str, wanted: SendCommand) -> CommandView:
    """Leave a command for a device (1 read and 1 transaction).

    Raises NotFound, and RuleViolation TOO_MANY_COMMANDS while twenty wait.
    """
    found = fetch_partition(ClassroomDevice, device_id=device_id, consistent=True)
    if not any(isinstance(each, ClassroomDevice) and each.state == "active" for each in found):
        raise NotFound("There is no such device.")
    if len(_waiting(found)) >= MOST_WAITING:
        raise rule_violation("TOO_MANY_COMMANDS", f"{MOST_WAITING} commands wait for this device already.")
    ends = clock.now() + timedelta(minutes=wanted.valid_minutes)
    order = DeviceCommand(
        device_id=device_id,
        command_id=ids.new_id(),
        command=wanted.order.command,
        arguments=wanted.order.model_dump(mode="json", by_alias=True, exclude={"command"}),
        expires_at=ends,
        ttl=ends + timedelta(days=1),
    )
    unit = Unit().create(order)
    audits.note(unit, caller.user_id, None, "device.commanded", device_id, after={"command": order.command})
    unit.commit()
    return command_view(order)
