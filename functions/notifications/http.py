"""The inbox, preferences and devices over HTTP; for administrators templates and campaigns."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, USER, Answer, Api, Caller, IfMatch, Listing, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.messages.pages import PAGE_POLICY
from lyceum.model.notifications.deliveries import PushDevice
from lyceum.model.notifications.inbox import Notification
from lyceum.rules.sessions import recheck

from functions.notifications import message_page, preference_settings
from functions.notifications.campaigns import campaigns
from functions.notifications.campaigns.schemas import CampaignView, ChangeCampaign, NewCampaign
from functions.notifications.channels import devices
from functions.notifications.inbox import messages
from functions.notifications.schemas import (
    Counts,
    DeviceView,
    InboxQuery,
    Marked,
    MarkRead,
    Message,
    MessageLink,
    PreferencesView,
    RegisterDevice,
    RemovedDevice,
    UnsubscribeLink,
    UpdatePreferences,
)
from functions.notifications.templates import editing, listing
from functions.notifications.templates.schemas import EditTemplate, TemplateQuery, TemplateView
from functions.notifications.unsubscribe import confirmation_page, leave

api = Api("notifications", recheck=recheck)
handler = api.handler
_ADMIN = may(Permission.MANAGE_NOTIFICATIONS)
_PAGE = "text/html; charset=utf-8"


@api.get("/api/notifications", access=USER)
def list_notifications(caller: Caller, query: Annotated[InboxQuery, Query()]) -> Page[Message]:
    """List the caller's messages, the newest first; the pagination counts all and the unread."""
    return messages.page(caller, query)


@api.patch("/api/notifications/{notificationId}/read", access=USER, owner_of=Notification)
def mark_read(caller: Caller, notification_id: str) -> Message:
    """Mark a message read."""
    return messages.mark_read(caller, notification_id)


@api.patch("/api/notifications/read-all", access=USER)
def mark_all_read(caller: Caller) -> Counts:
    """Mark every message read."""
    return messages.mark_all(caller)


@api.post("/api/notifications/read", access=USER)
def mark_some_read(caller: Caller, body: MarkRead) -> Marked:
    """Mark a list of messages read."""
    return messages.mark_some(caller, body.notification_ids)


@api.delete("/api/notifications/{notificationId}", access=USER, owner_of=Notification)
def delete_notification(caller: Caller, notification_id: str) -> Counts:
    """Delete a message."""
    return messages.delete(caller, notification_id)


@api.get("/api/notifications/preferences", access=USER)
def show_preferences(caller: Caller) -> PreferencesView:
    """Show what the caller wants to be told, on which channels and when."""
    return preference_settings.show(caller)


@api.put("/api/notifications/preferences", access=USER)
def update_preferences(caller: Caller, body: UpdatePreferences, if_match: IfMatch) -> PreferencesView:
    """Replace what the caller wants to be told, on which channels and when."""
    return preference_settings.update(caller, body, if_match)


@api.get("/api/notifications/unsubscribe", access=PUBLIC, raw=_PAGE)
def show_unsubscribe(query: Annotated[UnsubscribeLink, Query()], answer: Answer) -> str:
    """Return the page on which the reader of a mail leaves; it changes nothing by itself."""
    answer.headers["Content-Security-Policy"] = PAGE_POLICY
    return confirmation_page(query.token)


@api.post("/api/notifications/unsubscribe", access=PUBLIC, raw=_PAGE, reads_body=False, max_body_bytes=1024)
def unsubscribe(query: Annotated[UnsubscribeLink, Query()], answer: Answer) -> str:
    """Stop mails of one type to one address (RFC 8058)."""
    answer.headers["Content-Security-Policy"] = PAGE_POLICY
    return leave(query.token)


@api.get("/api/notifications/message", access=PUBLIC, raw=_PAGE)
def show_message(query: Annotated[MessageLink, Query()], answer: Answer) -> str:
    """Return the plain page to which the button of a mail leads where the client has no page for it."""
    answer.headers["Content-Security-Policy"] = PAGE_POLICY
    return message_page.page(query.token)


@api.post("/api/devices", access=USER, status=201, limit="60/hour")
def register_device(caller: Caller, body: RegisterDevice) -> DeviceView:
    """Register a device for push messages, or rename it."""
    return DeviceView.model_validate(devices.register(caller, body))


@api.get("/api/devices", access=USER)
def list_devices(caller: Caller, query: Annotated[Listing, Query()]) -> Page[DeviceView]:
    """List the caller's devices."""
    return query.page(devices.listed(caller, query), DeviceView.model_validate)


@api.delete("/api/devices/{deviceId}", access=USER, owner_of=PushDevice)
def remove_device(caller: Caller, device_id: str) -> RemovedDevice:
    """Remove a device: nothing is pushed to it any more."""
    devices.remove(caller.user_id, device_id)
    return RemovedDevice(device_id=device_id)


@api.get("/api/admin/notification-templates", access=_ADMIN)
def list_templates(query: Annotated[TemplateQuery, Query()]) -> Page[TemplateView]:
    """List the words of notifications by type, channel and language, with what may stand in them."""
    return listing.page(query)


@api.put("/api/admin/notification-templates/{templateId}", access=_ADMIN, limit="600/hour")
def edit_template(caller: Caller, template_id: str, body: EditTemplate, if_match: IfMatch) -> TemplateView:
    """Preview words of a notification, save them, restore a version, or go back to the product's own."""
    return editing.edit(caller, template_id, body, if_match)


@api.post("/api/admin/campaigns", access=_ADMIN, status=201, limit="20/hour", idempotent=True)
def create_campaign(caller: Caller, body: NewCampaign) -> CampaignView:
    """Begin to tell a segment of people something, at a bounded pace; who wants no marketing is not told."""
    return campaigns.create(caller, body)


@api.patch("/api/admin/campaigns/{campaignId}", access=_ADMIN, limit="600/hour")
def change_campaign(caller: Caller, campaign_id: str, body: ChangeCampaign, if_match: IfMatch) -> CampaignView:
    """Pause a campaign, resume it, or stop it for good."""
    return campaigns.change(caller, campaign_id, body, if_match)


@api.get("/api/admin/campaigns/{campaignId}", access=_ADMIN)
def show_campaign(campaign_id: str) -> CampaignView:
    """Show a campaign's progress and what became of those whom it addressed."""
    return campaigns.show(campaign_id)
