"""Text messages: cut to what one or two parts hold, with a ceiling on their price."""

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The characters that take one of a message's 160 places (3GPP TS 23.038, 6.2.1); with any other it has 70."""
_GSM_PLACES = 160
_OTHER_PLACES = 70


def fit(text: str) -> str:
    """Cut a text so that it is one message; what was cut ends in three dots."""
    places = _GSM_PLACES if _GSM.issuperset(text) else _OTHER_PLACES
    size = len(text) if places == _GSM_PLACES else len(text.encode("utf-16-le")) // 2
    if size <= places:
        return text
    cut = (
        text[: places - 3]
        if places == _GSM_PLACES
        else text.encode("utf-16-le")[: 2 * (places - 3)].decode("utf-16-le", "ignore")
    )
    return cut.rstrip() + "..."


def send(number: str, text: str) -> str:
    """Send one message to a number (E.164) and return the service's id for it; raises what the service refuses with."""
    attributes = {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.SNS.SMS.MaxPrice": settings().sms_most_usd}
    if settings().sms_sender:
        attributes["AWS.SNS.SMS.SenderID"] = settings().sms_sender
    described = {
        name: {"DataType": "Number" if name.endswith("Price") else "String", "StringValue": value}
        for name, value in attributes.items()
    }
    return str(
        clients.client("sns").publish(PhoneNumber=number, Message=fit(text), MessageAttributes=described)["MessageId"]
    )
