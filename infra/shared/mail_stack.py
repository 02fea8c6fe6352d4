"""The sender of mails: its identity, and what becomes of mails that come back."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.constructs.retention import kept
from infra.settings import Stage


class MailStack(cdk.Stack):
    """A stage's part of the mail service; one stage of an account registers the sender's domain for all."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        name = stage.name_of("mail")
        super().__init__(scope, name, stack_name=name, termination_protection=stage.is_production)
        if stage.owns_mail_identity:
            self._sender(stage, stage.mail_from.partition("@")[2])
        reported = ses.ConfigurationSet(self, "MailSet", configuration_set_name=stage.mail_set, reputation_metrics=True)
        reported.add_event_destination(
            "Returned",
            destination=ses.EventDestination.event_bus(
                events.EventBus.from_event_bus_name(self, "DefaultBus", "default")
            ),
            events=[ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT],
        )

    def _sender(self, stage: Stage, domain: str) -> None:
        """Register the domain; the outputs are the DNS records (CNAME) that prove it and sign its mails."""
        identity = ses.EmailIdentity(self, "Mail", identity=ses.Identity.domain(domain))
        identity.apply_removal_policy(kept(stage))
        for number, record in enumerate(identity.dkim_records, start=1):
            cdk.CfnOutput(self, f"DkimName{number}", value=record.name)
            cdk.CfnOutput(self, f"DkimValue{number}", value=record.value)
