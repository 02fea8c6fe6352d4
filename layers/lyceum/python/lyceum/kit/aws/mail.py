"""E-mail: text and HTML, sent from the deployment's address."""

from typing import Any

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings


def form(subject: str, text: str, page: str) -> dict[str, Any]:
    """Put a subject and both parts of a mail, plain and HTML, into the mail service's form."""
    return {
        "Subject": {"Data": subject, "Charset": "UTF-8"},
        "Body": {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": page, "Charset": "UTF-8"}},
    }


def send(address: str, message: dict[str, Any], **tags: str) -> str:
    """Send a composed mail to one address and return the service's id for it; raises what the service refuses with.

    The tags, and the tenant with them, come back with what the service tells of the mail later, such as a bounce.
    """
    named = {**tags, "tenant": context.tenant()}
    reported = {"ConfigurationSetName": settings().mail_set} if settings().mail_set else {}
    answer = clients.client("sesv2").send_email(
        FromEmailAddress=settings().mail_from,
        Destination={"ToAddresses": [address]},
        Content={"Simple": message},
        EmailTags=[{"Name": name, "Value": value} for name, value in named.items()],
        **reported,
    )
    return str(answer["MessageId"])
