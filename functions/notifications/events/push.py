"""Pushes notifications to all devices of their readers; a device whose token is dead is removed.

When a device can not be reached for now, the others are remembered and not reached again by the next try.
"""

from contextlib import suppress

from aws_lambda_powertools import Logger

from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.errors import NotFound
from lyceum.kit.table import Unit, find
from lyceum.model.notifications.deliveries import Delivery, PushDevice
from lyceum.model.notifications.inbox import Notification
from lyceum.tasks.notifications import SendPush

from functions.notifications.channels import devices
from functions.notifications.channels.delivery_lease import DeliveryCancelled, carry_out
from functions.notifications.channels.push_channels import TokenDead, reach
from functions.notifications.inbox import departure

consumer = Consumer("notifications-push")
handler = consumer.handler
logger = Logger()


@consumer.on(SendPush)
def push(event: SendPush, _unit: Unit) -> None:
    """Push a notification to every device of its reader, if it waits for that."""
    delivery = Delivery.at(notification_id=event.notification_id, channel="push")

    def send(unit: Unit) -> str:
        reader, message = departure.read_one(event.user_id, event.notification_id)
        departure.require_leaving("push", message, reader, unit)
        reached = _push_to_all(delivery, message)
        if not reached:
            raise DeliveryCancelled("no device could be reached")
        return f"{len(reached)} devices"

    carry_out(delivery, event, send, permanent=())


def _push_to_all(delivery: Delivery, message: Notification) -> set[str]:
    """Push to the devices that were not reached before and return all that were.

    Raises what one failed with that may pass.
    """
    reached: set[str] = set(delivery.reached or ())
    failure: Exception | None = None
    for device in find(PushDevice, user_id=delivery.user_id, limit=devices.MOST_DEVICES).items:
        if device.device_id in reached:
            continue
        try:
            if reach(device, message):
                reached.add(device.device_id)
        except TokenDead:
            _forget(device)
        except Exception as error:
            failure = error
    if failure:
        if reached:
            Unit().change(delivery, Delivery.reached.set(reached)).commit()
        raise failure
    return reached


def _forget(device: PushDevice) -> None:
    logger.info("device removed, its token is dead", extra={"platform": device.platform})
    with suppress(NotFound):  # its user removed it meanwhile
        devices.remove(device.user_id, device.device_id)
