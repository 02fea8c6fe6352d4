"""Everything that reaches people without being asked: notifications, live updates, and the mail service behind them."""

from collections.abc import Sequence

from aws_cdk import aws_events as events
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.api import ApiStack
from infra.stage import Stage
from infra.storage import StorageStack
from infra.workers import WorkersStack
from lyceum.kit.manifest import Function

DOMAINS = frozenset({"notifications", "realtime"})
"""Whose workers and schedules are here."""


class MessagesStack(WorkersStack):
    """The workers of notifications and live updates, the sender of mails, and what becomes of mails that come back."""

    part = "messages"

    def __init__(
        self, scope: Construct, stage: Stage, storage: StorageStack, api: ApiStack, functions: Sequence[Function]
    ) -> None:
        super().__init__(scope, stage, storage, api, functions)
        if stage.has_own_domain:
            ses.EmailIdentity(self, "Mail", identity=ses.Identity.domain(stage.mail_from.split("@")[1]))
        if stage.mail_set:
            self._returned_mail()

    def _returned_mail(self) -> None:
        """Let the mail service tell the account's default bus of bounces and complaints."""
        reported = ses.ConfigurationSet(
            self, "MailSet", configuration_set_name=self.stage.mail_set, reputation_metrics=True
        )
        default = events.EventBus.from_event_bus_name(self, "DefaultBus", "default")
        reported.add_event_destination(
            "Returned",
            destination=ses.EventDestination.event_bus(default),
            events=[ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT],
        )
