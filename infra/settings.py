"""The settings of a stage: what `settings/<stage>.toml` says, checked before anything is made of it.

`python -m infra.settings prod` says whether a stage is ready to be deployed.
"""

import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from infra.networks import COUNTRY_HEADER, ApiEdge, Edge
from lyceum.kit.manifest import Function
from lyceum.kit.settings import LOCAL, LOCAL_PATIENCE
from lyceum.kit.settings import Settings as Environment
from lyceum.messages import appearance

FOLDER = Path(__file__).with_name("settings")
LONGEST_SECONDS = 900
"""The longest that AWS lets any function take."""
STAGES = (LOCAL, "dev", "staging", "prod")
DERIVED = frozenset(
    {
        "stage", "function", "table", "bus", "bucket", "signing_key", "audit_key", "secret", "parking_queue",
        "malware_scan", "api_edge",
        "credential_key", "issuer", "edge_domain", "edge_key_id", "edge_secret", "api_url", "api_host",
        "country_header", "mail_from",
        "domain", "channels", "mail_set", "fcm_application", "apns_application", "socket_api", "outgoing_loopback",
        "telemetry", "schedule_role",
        "payment_secret",
    }
)  # fmt: skip
"""Variables that follow from resources and from other settings; `[environment]` sets the rest."""
_RESERVED = (".example", ".invalid", ".test", "example.com", "example.net", "example.org")
"""Names that nobody can own (RFC 2606): what a stage has before somebody says better."""
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_NEEDED = ("domain", "mail_from", "alarm_mail", "origins")


class UnfitSettings(ValueError):
    """A stage's settings are missing, wrong or not enough; the message names each of them."""


class Stage(BaseModel):
    """One deployment: its name, its addresses and how carefully its data is kept.

    Attributes:
        domain: Host below which every tenant has its own.
        origins: Origins of web pages that may call the API.
        issuer: Who issues access tokens; a change voids every token.
        api_domain: Own host of the API; empty for the address that the gateway makes up.
        api_certificate: ARN of the regional certificate of `api_domain`.
        mail_from: Address that mail is sent from; empty for none.
        owns_mail_identity: Whether this stage registers the sender's domain; one stage of an account does it for all.
        alarm_mail: Address that alarms are sent to.
        monthly_budget_usd: Spending of the account at which somebody is told; 0 for never.
        sends_texts: Whether the account may send text messages.
        texts_monthly_usd: Spending of the account on text messages in a month at which somebody is told.
        fcm_application: ARN of the platform application for Android.
        apns_application: ARN of the platform application for iOS.
        signs_with_other_key: Whether the second of the two keys signs tokens.
        scans_for_malware: Whether GuardDuty looks at every file that is sent.
        snapshots: Short names of the functions that start from a snapshot, since a person waits for them.
        rollout: How new code takes over: at once, or a tenth of the calls first (`canary`) or more each minute
            (`linear`), with the way back by alarm.
        replicas: Other regions that hold a copy of the table; decided before the first deployment.
        environment: More variables of functions, by the names of `lyceum.kit.settings`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Literal["local", "dev", "staging", "prod"]
    domain: str = ""
    origins: tuple[str, ...] = ()
    issuer: str = Field(pattern=r"^https://")
    api_domain: str = ""
    api_certificate: str = Field(default="", pattern=r"^$|^arn:aws[\w-]*:acm:")
    mail_from: str = ""
    owns_mail_identity: bool = False
    alarm_mail: str = ""
    monthly_budget_usd: int = Field(default=0, ge=0)
    sends_texts: bool = False
    texts_monthly_usd: int = Field(default=20, ge=1)
    fcm_application: str = ""
    apns_application: str = ""
    signs_with_other_key: bool = False
    scans_for_malware: bool = False
    edge: Edge = Edge()
    api_edge: ApiEdge = ApiEdge()
    snapshots: tuple[str, ...] = ()
    rollout: Literal["at_once", "canary", "linear"] = "at_once"
    replicas: tuple[str, ...] = ()
    environment: dict[str, str | int | bool] = {}

    @property
    def mails_per_second(self) -> float:
        """How many notifications by mail the mail service takes in a second."""
        return float(self.environment.get("mails_per_second", Environment.model_fields["mails_per_second"].default))

    @field_validator("environment")
    @classmethod
    def _is_read_by_functions(cls, given: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(given) - set(Environment.model_fields))
        if unknown:
            raise ValueError(f"no function reads {', '.join(unknown)}")
        derived = sorted(set(given) & DERIVED)
        if derived:
            raise ValueError(f"{', '.join(derived)} follows from other settings")
        Environment.model_validate(given)
        appearance.require_valid(str(given.get("appearance", "")))
        return given

    @model_validator(mode="after")
    def _is_whole(self) -> "Stage":
        missing = [name for name in _NEEDED if not getattr(self, name)] if self.is_production else []
        if missing:
            raise ValueError(f"production needs {', '.join(missing)}")
        if bool(self.api_domain) != bool(self.api_certificate):
            raise ValueError("api_domain and api_certificate go together")
        if self.api_edge.target and not (self.api_domain and self.api_edge.certificate):
            raise ValueError("api_edge needs api_domain and a certificate of its own")
        if self.api_edge.network and not self.api_edge.target:
            raise ValueError("api_edge names a network, but no target")
        if self.mail_from and "@" not in self.mail_from:
            raise ValueError("mail_from is no address")
        if len(set(self.replicas)) < len(self.replicas) or not all(map(_REGION.fullmatch, self.replicas)):
            raise ValueError("replicas are names of regions, each once")
        return self

    @classmethod
    def load(cls, name: str, folder: Path = FOLDER) -> "Stage":
        """Read the settings of a stage from its file; raises UnfitSettings."""
        if name not in STAGES:
            raise UnfitSettings(f"there is no stage {name!r}; choose one of {', '.join(STAGES)}")
        file = folder / f"{name}.toml"
        try:
            return cls.model_validate({"name": name, **tomllib.loads(file.read_text())})
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise UnfitSettings(f"{file} can not be read: {error}") from None
        except ValidationError as error:
            wrong = "; ".join(
                f"{'.'.join(map(str, item['loc'])) or name}: {item['msg']}"
                for item in error.errors(include_input=False)
            )
            raise UnfitSettings(f"{file}: {wrong}") from None

    @property
    def placeholders(self) -> list[str]:
        """The settings that still hold a name which nobody can own."""
        hosts = {
            "domain": (self.domain,),
            "issuer": (self.issuer,),
            "api_domain": (self.api_domain,),
            "mail_from": (self.mail_from,),
            "alarm_mail": (self.alarm_mail,),
            "origins": self.origins,
        }
        return [name for name, values in hosts.items() if any(value.endswith(_RESERVED) for value in values)]

    @property
    def has_api_edge(self) -> bool:
        """Whether the content network stands before the API."""
        return bool(self.api_edge.target) and not self.is_local

    @property
    def country_header(self) -> str:
        """The header that names the caller's country: that of the edge which the settings tell of, or of our own."""
        own = COUNTRY_HEADER.lower() if self.has_api_edge else ""
        return self.edge.country_header or own

    @property
    def ends_copies(self) -> bool:
        """Whether the content network before the API is told of what was changed."""
        return self.has_api_edge and bool(self.api_edge.network)

    def deployed(self, functions: Iterable[Function]) -> list[Function]:
        """Return the functions that the stage has: not those that go with something which it does not have."""
        return [function for function in functions if not function.goes_with or self.ends_copies]

    @property
    def moves_by_steps(self) -> bool:
        """Whether new code takes over by steps, and goes back by itself when an alarm is raised."""
        return self.rollout != "at_once" and not self.is_local

    @property
    def has_edge(self) -> bool:
        """Whether files are handed out by the content network."""
        return bool(self.edge.public_key) and not self.is_local

    @property
    def channels(self) -> str:
        """The channels of notifications beside the inbox, and the platforms of apps that can be pushed to."""
        on: dict[str, bool | str] = {"email": self.mail_from, "sms": self.sends_texts, "push": True}
        on |= {"fcm": self.fcm_application, "apns": self.apns_application}
        return ",".join(name for name, is_on in on.items() if is_on)

    @property
    def push_applications(self) -> tuple[str, ...]:
        """The platform applications of the push service, by which apps are reached."""
        return tuple(filter(None, (self.fcm_application, self.apns_application)))

    @property
    def mail_identities(self) -> list[str]:
        """The identities that its mail may be sent as: its address, that one's domain, and the domains above it.

        A stage that registers none sends below the domain of the one that does, as `no-reply@staging.school.org` is
        below `school.org`.
        """
        domain = self.mail_from.partition("@")[2]
        labels = domain.split(".")
        above = [".".join(labels[start:]) for start in range(1, len(labels) - 1)]
        return [self.mail_from, domain, *([] if self.owns_mail_identity else above)]

    @property
    def mail_set(self) -> str:
        """The configuration set by which the mail service tells of mails that came back; the emulator has none."""
        return self.name_of("mail") if self.mail_from and not self.is_local else ""

    @property
    def is_local(self) -> bool:
        """Whether it runs in the emulator on the developer's machine."""
        return self.name == LOCAL

    @property
    def patience(self) -> int:
        """How many times longer a function may take than in AWS: those of a local stack share one machine's cores."""
        return LOCAL_PATIENCE if self.is_local else 1

    @property
    def keeps_data(self) -> bool:
        """Whether its data outlives a deleted stack."""
        return self.name in {"staging", "prod"}

    @property
    def is_production(self) -> bool:
        """Whether people rely on it."""
        return self.name == "prod"

    def name_of(self, part: str) -> str:
        """Return the name of one of its resources, such as `lyceum-dev-exams`."""
        return f"lyceum-{self.name}-{part}"


def main(name: str) -> int:
    """Say what keeps a stage from being deployed; returns the exit status."""
    try:
        placeholders = Stage.load(name).placeholders
    except UnfitSettings as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if placeholders and name != "dev":
        sys.stderr.write(f"infra/settings/{name}.toml: fill in {', '.join(placeholders)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
