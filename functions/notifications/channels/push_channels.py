"""How a message reaches a device: apps by the push service of the cloud (FCM, APNs), browsers by Web Push."""

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.notifications.deliveries import PushDevice
from lyceum.model.notifications.inbox import Notification

from functions.notifications.channels import links, web_push
from functions.notifications.kinds import KINDS

logger = Logger()
_MOST_CHARACTERS = 1000
"""Of a body; the services take 4 KB a message."""
_DEAD = frozenset({"EndpointDisabled", "EndpointDisabledException", "NotFound", "NotFoundException"})
_FINAL = frozenset({"InvalidParameter", "InvalidParameterException"})


class TokenDead(Exception):
    """A device takes no messages any more."""


def reach(device: PushDevice, message: Notification) -> bool:
    """Hand a message to the service of a device and say whether it took it.

    It is not taken where its platform is not set up. Raises TokenDead, or what a failure that may pass fails with.
    """
    return _WAYS[device.platform](device, message)


def _to_browser(device: PushDevice, message: Notification) -> bool:
    kind = KINDS.get(message.type)
    try:
        web_push.send(
            device.token,
            device.web_key,
            device.web_secret,
            _shown(message),
            is_urgent=kind is not None and kind.is_urgent,
        )
    except web_push.Refused as refusal:
        if refusal.is_gone:
            raise TokenDead from None
        if refusal.is_final:
            logger.warning("push refused", extra={"platform": "web", "status": refusal.status})
            return False
        raise
    return True


def _to_app(
    application: Callable[[], str], form: Callable[[Notification], dict[str, Any]]
) -> Callable[[PushDevice, Notification], bool]:
    def to_app(device: PushDevice, message: Notification) -> bool:
        if not application():
            return False
        structure = json.dumps(
            {
                "default": message.words_on("push")[0],
                **{name: json.dumps(value) for name, value in form(message).items()},
            }
        )
        try:
            clients.client("sns").publish(
                TargetArn=_endpoint(device, application()), Message=structure, MessageStructure="json"
            )
        except Exception as error:
            if clients.error_code(error) in _DEAD:
                _drop_endpoint(device)
                raise TokenDead from None
            if clients.error_code(error) in _FINAL:
                logger.warning("push refused", extra={"platform": device.platform})
                return False
            raise
        return True

    return to_app


def _endpoint(device: PushDevice, application: str) -> str:
    """Return what the push service of the cloud calls a device, telling it of the device the first time."""
    if device.endpoint_arn:
        return str(device.endpoint_arn)
    made = clients.client("sns").create_platform_endpoint(PlatformApplicationArn=application, Token=device.token)
    Unit().change(device, PushDevice.endpoint_arn.set(made["EndpointArn"])).commit()
    return str(made["EndpointArn"])


def _drop_endpoint(device: PushDevice) -> None:
    if device.endpoint_arn:
        clients.client("sns").delete_endpoint(EndpointArn=device.endpoint_arn)


def _shown(message: Notification) -> dict[str, Any]:
    title, body = message.words_on("push")
    return {
        "id": message.notification_id,
        "type": message.type,
        "title": title,
        "body": body[:_MOST_CHARACTERS],
        "data": message.data,
        "link": links.of_message(message),
    }


def _for_android(message: Notification) -> dict[str, Any]:
    shown = _shown(message)
    told = {"title": shown["title"], "body": shown["body"]}
    own = {"id": shown["id"], "type": shown["type"], "link": shown["link"], **shown["data"]}
    return {
        "GCM": {
            "fcmV1Message": {"message": {"notification": told, "data": own, "android": {"collapse_key": shown["id"]}}}
        }
    }


def _for_apple(message: Notification) -> dict[str, Any]:
    shown = _shown(message)
    alert = {
        "aps": {"alert": {"title": shown["title"], "body": shown["body"]}, "sound": "default"},
        "id": shown["id"],
        "data": shown["data"],
        "link": shown["link"],
    }
    return {"APNS": alert, "APNS_SANDBOX": alert}


_WAYS: dict[str, Callable[[PushDevice, Notification], bool]] = {
    "web": _to_browser,
    "fcm": _to_app(lambda: settings().fcm_application, _for_android),
    "apns": _to_app(lambda: settings().apns_application, _for_apple),
}
