"""E-mail: text and HTML, sent from the deployment's address."""

from email.utils import formataddr
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


def send(address: str, message: dict[str, Any], *, sender: str = "", **tags: str) -> str:
    """Send a composed mail to one address and return the service's id for it; raises what the service refuses with.

    `sender` is the name that mail programs show instead of the deployment's address (RFC 5322, 3.4; RFC 2047).
    The tags, and the tenant with them, come back with what the service tells of the mail later, such as a bounce.
    """
    named = {**tags, "tenant": context.tenant()}
    reported = {"ConfigurationSetName": settings().mail_set} if settings().mail_set else {}
    answer = clients.client("sesv2").send_email(
        FromEmailAddress=formataddr((" ".join(sender.split()), settings().mail_from)),
        Destination={"ToAddresses": [address]},
        Content={"Simple": message},
        EmailTags=[{"Name": name, "Value": value} for name, value in named.items()],
        **reported,
    )
    return str(answer["MessageId"])
