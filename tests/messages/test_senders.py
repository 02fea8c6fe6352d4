"""Mails come from the tenant's name, at the deployment's address."""

from email.headerregistry import Address
from email.parser import HeaderParser
from email.policy import default

import pytest

from lyceum.kit.aws import clients, mail
from lyceum.kit.settings import settings
from lyceum.messages.mails import code_mail, sender
from tests.messages.test_appearance import Enter, enter

__all__ = ["enter"]


def sent_from(monkeypatch: pytest.MonkeyPatch, name: str) -> Address:
    found: dict[str, str] = {}

    class Service:
        def send_email(self, **asked: object) -> dict[str, str]:
            found["from"] = str(asked["FromEmailAddress"])
            return {"MessageId": "m"}

    monkeypatch.setattr(clients, "client", lambda _: Service())
    mail.send("ada@example.com", code_mail("en", "reset", name=None, code="1", minutes=1), sender=name)
    assert found["from"].isascii()
    assert "\n" not in found["from"]
    header = HeaderParser(policy=default).parsestr(f"From: {found['from']}\n\n")["From"]
    address: Address = header.addresses[0]
    return address


@pytest.mark.parametrize("tenant", ["school", "another"])
def test_a_mail_shows_the_tenants_name(enter: Enter, monkeypatch: pytest.MonkeyPatch, tenant: str) -> None:
    enter(tenant)
    address = sent_from(monkeypatch, sender())
    assert address.addr_spec == settings().mail_from
    assert address.display_name == {"school": "École Zoé", "another": "Lyceum"}[tenant]


@pytest.mark.parametrize("name", ['St. Mary, "Ikeja"', "Two\r\nBcc: eve@example.com", "学校 <eve@example.com>"])
def test_no_name_breaks_out_of_its_header(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    address = sent_from(monkeypatch, name)
    assert address.addr_spec == settings().mail_from
    assert address.display_name == " ".join(name.split())


def test_without_a_name_the_address_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sent_from(monkeypatch, "").display_name == ""
