"""The stages that Lyceum is deployed in and what differs between them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs import Node

LOCAL = "local"
STAGES = (LOCAL, "dev", "staging", "prod")
PLACEHOLDER_DOMAIN = "example.com"
"""What mail is sent from where no domain is given; RFC 2606 keeps it for examples."""
_DEV_ORIGINS = ("http://localhost:3000", "http://localhost:5173", "http://127.0.0.1:3000", "http://127.0.0.1:5173")


_EDGE = {"edge_domain": "edgeDomain", "edge_public_key": "edgePublicKey", "edge_key_id": "edgeKeyId"}


class UnknownStage(ValueError):
    """The app was asked for a stage that does not exist, or without what the stage needs."""


@dataclass(frozen=True)
class Stage:
    """One deployment: its name, its address and how carefully its data is kept."""

    name: str
    domain: str
    mail_from: str
    origins: tuple[str, ...]
    alarm_mail: str = ""
    signs_with_other_key: bool = False
    edge_domain: str = ""
    edge_public_key: str = ""
    edge_key_id: str = ""

    @property
    def scans_for_malware(self) -> bool:
        """Whether the cloud's own malware scan looks at every file that is sent."""
        return not self.is_local

    @property
    def has_edge(self) -> bool:
        """Whether files are handed out by the content network."""
        return bool(self.edge_public_key) and not self.is_local

    sends_texts: bool = False
    fcm_application: str = ""
    apns_application: str = ""

    @property
    def channels(self) -> str:
        """The channels that notifications can be sent on, beside the inbox, and the platforms of apps that can be pushed to."""
        on: dict[str, bool | str] = {
            "email": self.is_local or self.has_own_domain,
            "sms": self.is_local or self.sends_texts,
            "push": True,
        }
        on |= {"fcm": self.fcm_application, "apns": self.apns_application}
        return ",".join(name for name, is_on in on.items() if is_on)

    @property
    def push_applications(self) -> tuple[str, ...]:
        """The platform applications of the push service, by which apps are reached."""
        return tuple(filter(None, (self.fcm_application, self.apns_application)))

    @property
    def mail_set(self) -> str:
        """The configuration set by which the mail service tells of mails that came back; the emulator has none."""
        return "" if self.is_local else self.name_of("mail")

    @property
    def is_local(self) -> bool:
        """Whether it runs in the emulator on the developer's machine."""
        return self.name == LOCAL

    @property
    def keeps_data(self) -> bool:
        """Whether its data outlives a deleted stack."""
        return self.name in {"staging", "prod"}

    @property
    def is_production(self) -> bool:
        """Whether people rely on it."""
        return self.name == "prod"

    @property
    def has_own_domain(self) -> bool:
        """Whether its domain is one that mail can be sent from, and not a placeholder."""
        return self.domain not in {"localhost", PLACEHOLDER_DOMAIN}

    def name_of(self, part: str) -> str:
        """Return the name of one of its resources, such as `lyceum-dev-exams`."""
        return f"lyceum-{self.name}-{part}"

    @classmethod
    def from_context(cls, node: "Node") -> "Stage":
        """Read the stage from the context (`-c stage=dev -c domain=... -c origins=...`); raises UnknownStage."""
        name = _text(node, "stage") or "dev"
        if name not in STAGES:
            raise UnknownStage(f"there is no stage {name!r}; choose one of {', '.join(STAGES)}")
        domain = _text(node, "domain") or ("localhost" if name == LOCAL else PLACEHOLDER_DOMAIN)
        origins = tuple(filter(None, _text(node, "origins").split(","))) or (
            _DEV_ORIGINS if name in {LOCAL, "dev"} else (f"https://{domain}",)
        )
        mail_from = _text(node, "mailFrom") or f"no-reply@{PLACEHOLDER_DOMAIN if name == LOCAL else domain}"
        edge = {name: _text(node, key) for name, key in _EDGE.items()}
        return cls(
            name,
            domain,
            mail_from,
            origins,
            _text(node, "alarmMail"),
            _text(node, "signingKey") == "other",
            sends_texts=_text(node, "sms") == "true",
            fcm_application=_text(node, "fcmApplication"),
            apns_application=_text(node, "apnsApplication"),
            **edge,
        )


def _text(node: "Node", key: str) -> str:
    return str(node.try_get_context(key) or "")
