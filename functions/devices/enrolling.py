"""Devices join by a code that an administrator made, and are revoked."""

from datetime import timedelta

from lyceum.kit import clock, ids
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, find
from lyceum.model.devices import ClassroomDevice, DeviceState, EnrolmentCode
from lyceum.rules import audits

from functions.devices import tokens
from functions.devices.schemas import CodeList, DeviceQuery, DeviceView, Enrol, EnrolledDevice, NewCodes

ONLINE = timedelta(seconds=90)
KEPT = timedelta(days=30)
"""How long a revoked device is listed."""


def make_codes(caller: Principal, wanted: NewCodes) -> CodeList:
    """Make codes, each for one device, which are shown this once (1 transaction)."""
    ends = clock.now() + timedelta(minutes=wanted.valid_minutes)
    codes = [tokens.new_code() for _ in range(wanted.count)]
    unit = Unit()
    for code in codes:
        unit.create(
            EnrolmentCode(
                code_hash=tokens.hash_of_code(code),
                device_kind=wanted.kind,
                label=wanted.label,
                room=wanted.room,
                course_id=wanted.course_id,
                expires_at=ends,
                ttl=ends,
            )
        )
    after = {"kind": wanted.kind, "room": wanted.room, "count": wanted.count}
    audits.note(unit, caller.user_id, None, "device.codes_made", wanted.room, after=after)
    unit.commit()
    return CodeList(codes=codes, expires_at=ends)


def enrol(given: Enrol) -> EnrolledDevice:
    """Let a device join by a code, which is spent by it (1 read and 1 transaction); raises NotFound."""
    unknown = NotFound("There is no such code, or not any more.")
    code = EnrolmentCode.fetch(code_hash=tokens.hash_of_code(given.code), consistent=True)
    if code is None or code.expires_at <= clock.now():
        raise unknown
    key = ids.new_secret()
    device = ClassroomDevice(
        device_id=ids.new_id(),
        device_kind=code.device_kind,
        label=code.label,
        room=code.room,
        course_id=code.course_id,
        key_hash=tokens.hash_of_key(key),
    )
    Unit().remove(code, when=EnrolmentCode.pk.exists(), refuse=unknown).create(device).commit()
    return EnrolledDevice(
        device_id=device.device_id,
        device_key=key,
        kind=device.device_kind,
        label=device.label,
        room=device.room,
        **tokens.issue(device.device_id).model_dump(),
    )


def listed(query: DeviceQuery) -> Slice[DeviceView]:
    """Return a page of devices with when each was last heard of (2 storage requests)."""
    after = query.start_key()
    if query.room is not None:
        found = find(ClassroomDevice, index="gsi2", room=query.room, limit=query.limit, after=after)
    else:
        found = find(ClassroomDevice, index="gsi1", limit=query.limit, after=after)
    states = batch_fetch([DeviceState.at(device_id=each.device_id) for each in found.items]) if found.items else []
    rows = [
        view(device, state if isinstance(state, DeviceState) else None)
        for device, state in zip(found.items, states, strict=True)
    ]
    return Slice(rows, found.last_key)


def view(device: ClassroomDevice, state: DeviceState | None) -> DeviceView:
    """Show a device to an administrator."""
    is_online = state is not None and device.state == "active" and clock.now() - state.seen_at <= ONLINE
    return DeviceView.of(device, state, is_online=is_online)


def revoke(caller: Principal, device_id: str) -> None:
    """Revoke a device: its next report is refused, and it leaves its room (1 read and 1 transaction).

    Raises NotFound, also for one that was revoked.
    """
    device = ClassroomDevice.require(device_id=device_id, consistent=True)
    if device.state != "active":
        raise NotFound("There is no such device.")
    device.state, device.revoked_at, device.ttl = "revoked", clock.now(), clock.now() + KEPT
    unit = Unit().replace(device)
    audits.note(unit, caller.user_id, None, "device.revoked", device_id, before={"room": device.room})
    unit.commit()
