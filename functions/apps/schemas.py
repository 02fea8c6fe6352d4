"""What callers of the app endpoints send and get."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http.schemas import Request, Schema, Timestamp
from lyceum.kit.identity.scopes import SCOPES
from lyceum.kit.values.text import Line
from lyceum.model.apps import App, Installation
from lyceum.rules.webhooks.catalogue import EventName

State = Literal["in_review", "listed", "refused", "withdrawn"]
Address = Annotated[str, StringConstraints(min_length=10, max_length=2000, strip_whitespace=True)]
Summary = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
ScopeName = Annotated[str, Field(json_schema_extra={"enum": list(SCOPES)}, max_length=40)]
SettingName = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9]{0,39}$")]
SettingText = Annotated[str, StringConstraints(max_length=1000)]
SettingValue = bool | int | float | SettingText
Scopes = Annotated[list[ScopeName], Field(max_length=40)]


class Setting(Request):
    """One setting, by the words of JSON Schema (draft 2020-12) that are understood here, and no others.

    - `writeOnly`: of a text that is shown to nobody but the app, such as a key.
    - `maxLength`: of a text, in characters.
    - `minimum`, `maximum`: of a number.
    """

    type: Literal["string", "integer", "number", "boolean"]
    title: Line | None = None
    description: Summary | None = None
    default: SettingValue | None = None
    enum: Annotated[list[SettingText], Field(min_length=1, max_length=50)] | None = None
    max_length: Annotated[int, Field(ge=1, le=1000)] | None = None
    minimum: Annotated[float, Field(allow_inf_nan=False)] | None = None
    maximum: Annotated[float, Field(allow_inf_nan=False)] | None = None
    write_only: bool = False

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        is_text, is_number = self.type == "string", self.type in {"integer", "number"}
        if not is_text and (self.enum or self.max_length or self.write_only):
            raise ValueError("enum, maxLength and writeOnly are words about texts")
        if not is_number and (self.minimum is not None or self.maximum is not None):
            raise ValueError("minimum and maximum are words about numbers")
        if self.write_only and self.default is not None:
            raise ValueError("what is only written has no default")
        return self


class SettingsSchema(Request):
    """What is set when an app is installed: an object of plain values (JSON Schema, draft 2020-12, as far as here)."""

    type: Literal["object"] = "object"
    properties: Annotated[dict[SettingName, Setting], Field(max_length=20)] = {}
    required: Annotated[list[SettingName], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _requires_what_there_is(self) -> Self:
        if unknown := set(self.required) - set(self.properties):
            raise ValueError(f"there is no property {min(unknown)}")
        return self


class AppWebhook(Request):
    """An address of an app and the events that it is told of, in every tenant that installs it."""

    url: Address
    events: Annotated[list[EventName], Field(min_length=1, max_length=60)]


class AppPage(Request):
    """A page of an app that clients link to, and where they do."""

    title: Line
    url: Address
    place: Literal["home", "course", "class", "administration"] = "home"


class NewApp(Request):
    """An app to offer.

    - `redirectUris`: where its client leads people back to, as of every client.
    - `scopes`: the most that it may ask people for, or read by itself.
    - `isConfidential`: whether it can keep a secret.
    - `actsAlone`: whether it may act without a person.
    - `callsPerMinute`: how many calls it may make in a tenant, for all people together.
    """

    name: Line
    summary: Summary
    publisher: Line
    homepage: Address | None = None
    redirect_uris: Annotated[list[Address], Field(max_length=20)] = []
    scopes: Scopes = []
    is_confidential: bool = True
    acts_alone: bool = False
    webhooks: Annotated[list[AppWebhook], Field(max_length=5)] = []
    settings_schema: SettingsSchema = SettingsSchema()
    pages: Annotated[list[AppPage], Field(max_length=10)] = []
    calls_per_minute: Annotated[int, Field(ge=1, le=6000)] = 300


class ReviewApp(Request):
    """What becomes of an app: `listed` for everybody, `refused` with a reason, or `withdrawn` from then on."""

    state: Literal["listed", "refused", "withdrawn"]
    reason: Summary | None = None


class Consent(Request):
    """What an administrator lets an app do in the tenant: all that it asks for, named one by one."""

    scopes: Scopes = []
    events: Annotated[list[EventName], Field(max_length=300)] = []


class InstallApp(Request):
    """A consent, and the values of the app's settings; for an app that is installed, new ones."""

    consent: Consent
    settings: Annotated[dict[SettingName, SettingValue], Field(max_length=20)] = {}


class AppView(Schema):
    """An app; its secrets are in the answer that offers it, and nowhere else.

    - `isOwn`: whether this tenant offers it; the others are of the store that all tenants share.
    - `clientSecret`: proves its client.
    - `webhookSecret`: signs what its webhooks are told.
    """

    app_id: str
    name: str
    summary: str
    publisher: str
    homepage: str | None = None
    state: State
    review_reason: str | None = None
    is_own: bool
    is_installed: bool
    client_id: str
    scopes: list[str]
    webhooks: list[dict[str, Any]]
    settings_schema: dict[str, Any]
    pages: list[dict[str, Any]]
    calls_per_minute: int
    client_secret: str | None = None
    webhook_secret: str | None = None
    created_at: Timestamp

    @classmethod
    def of(cls, app: App, *, is_own: bool, is_installed: bool) -> "AppView":
        """Show an app as it is stored, without its sealed secret."""
        derived = {"is_own", "is_installed", "scopes", "client_secret", "webhook_secret"}
        shown = {name: getattr(app, name) for name in set(cls.model_fields) - derived}
        more = {"is_own": is_own, "is_installed": is_installed, "scopes": sorted(app.scopes or ())}
        return cls.model_validate({**shown, **more})


class AppList(Schema):
    """The apps that may be installed."""

    apps: list[AppView]


class InstallationView(Schema):
    """An installed app.

    - `settings`: values by name; of those that are only written, whether they are set is told by `secretsSet`.
    - `webhookIds`: the webhooks that were made for it.
    """

    app_id: str
    name: str
    client_id: str
    scopes: list[str]
    events: list[str]
    settings: dict[str, Any]
    secrets_set: list[str]
    webhook_ids: list[str]
    installed_at: Timestamp

    @classmethod
    def of(cls, installation: Installation, *, secrets_set: list[str]) -> "InstallationView":
        """Show an installation as it is stored, without its sealed values."""
        derived = {"scopes", "events", "secrets_set"}
        shown = {name: getattr(installation, name) for name in set(cls.model_fields) - derived}
        more = {"scopes": sorted(installation.scopes or ()), "events": sorted(installation.events or ())}
        return cls.model_validate({**shown, **more, "secrets_set": secrets_set})


class AppSettings(Schema):
    """The settings of an installation with what is only written, for the app itself."""

    settings: dict[str, Any]
    scopes: list[str]


class UninstalledApp(Schema):
    """The app that was uninstalled, and when it may be installed again: once no token of before is left."""

    app_id: str
    free_at: Timestamp
