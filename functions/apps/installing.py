"""Apps of a tenant: installed with consent, and uninstalled with all that they held."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from lyceum.kit import clock, context, ids
from lyceum.kit.errors import Conflict, Detail, NotFound, RuleViolation
from lyceum.kit.identity import Principal, revocations
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, fetch_many
from lyceum.model.apps import App, Installation
from lyceum.model.oauth import GRANT_SHARDS, OAuthClient
from lyceum.model.webhooks import Webhook
from lyceum.rules import audits
from lyceum.rules.apps import oauth
from lyceum.rules.webhooks import subscriptions
from lyceum.tasks.auth import RevokeAppGrants

from functions.apps import store, values
from functions.apps.schemas import AppSettings, InstallApp, InstallationView

_FEED = timedelta(minutes=6)
"""How much longer than a token the feed of ended rights names a client."""


def install(caller: Principal, app_id: str, wanted: InstallApp) -> InstallationView:
    """Install an app, or give an installed one other settings (at most 5 storage requests and 1 transaction).

    Raises NotFound, RuleViolation CONSENT_INCOMPLETE when the consent does not name all that the app asks for,
    TOO_MANY_WEBHOOKS, Conflict APP_LEAVING while tokens of an earlier installation may be left, and ValidationFailed
    for wrong settings.
    """
    app, home = store.installable(app_id)
    _require_consent(app, wanted)
    given = values.checked(app.settings_schema, wanted.settings)
    shown, sealed = values.parted(app.settings_schema, given)
    installation, own = fetch_many(Installation.at(app_id=app_id), OAuthClient.at(client_id=app.client_id))
    if installation is not None and installation.removed_at is None:
        return _set(caller, installation, shown, sealed)
    now = clock.now()
    if installation is not None and installation.free_at is not None and installation.free_at > now:
        raise Conflict("It was uninstalled a moment ago; its tokens end first.", code="APP_LEAVING")
    subscriptions.require_room(len(app.webhooks))
    unit = Unit()
    hooks = [_webhook(caller, app, each) for each in app.webhooks]
    for hook in hooks:
        unit.create(hook)
    fresh = store.client_of(app, _secret_hash(app, home, own), is_active=True)
    fresh.version = own.version if own else 0
    unit.save(fresh)
    new = Installation(
        app_id=app_id,
        name=app.name,
        home=home,
        client_id=app.client_id,
        scopes=app.scopes,
        events=_events(app) or None,
        settings=shown,
        secrets=sealed,
        webhook_ids=[hook.webhook_id for hook in hooks],
        installed_at=now,
        version=installation.version if installation else 0,
    )
    unit.save(new)
    after = {"scopes": sorted(app.scopes or ()), "events": sorted(_events(app))}
    audits.note(unit, caller.user_id, None, "app.installed", app_id, after=after)
    unit.commit()
    return view(new)


def _require_consent(app: App, wanted: InstallApp) -> None:
    given = {"consent.scopes": set(wanted.consent.scopes), "consent.events": set(wanted.consent.events)}
    asked = {"consent.scopes": set(app.scopes or ()), "consent.events": _events(app)}
    differing = [name for name in asked if asked[name] != given[name]]
    if differing:
        told = {name: f"It asks for: {', '.join(sorted(asked[name])) or 'nothing'}." for name in differing}
        details = [Detail(name, told[name], "CONSENT_INCOMPLETE") for name in differing]
        raise RuleViolation("The consent names all that the app asks for, and nothing else.", details=details)


def _events(app: App) -> set[str]:
    return {event for each in app.webhooks for event in each["events"]}


def _set(caller: Principal, installation: Installation, shown: dict[str, Any], sealed: str | None) -> InstallationView:
    installation.settings, installation.secrets = shown, sealed
    unit = Unit().replace(installation)
    audits.note(unit, caller.user_id, None, "app.settings_changed", installation.app_id, after={"set": sorted(shown)})
    unit.commit()
    return view(installation)


def _webhook(caller: Principal, app: App, asked: dict[str, Any]) -> Webhook:
    """Build a webhook of an app; its address names the tenant, so that the app knows whose message it is."""
    mark = "&" if "?" in asked["url"] else "?"
    return Webhook(
        webhook_id=ids.new_id(),
        url=subscriptions.checked(asked["url"] + mark + urlencode({"organization": context.tenant()})),
        description=app.name,
        events=list(asked["events"]),
        maker_id=caller.user_id,
        app_id=app.app_id,
        secret=str(app.webhook_secret),
    )


def _secret_hash(app: App, home: str, own: OAuthClient | None) -> str | None:
    """Return the hash of the client's secret, which the tenant that offers the app keeps (at most 1 request)."""
    if home == context.tenant():
        return own.secret_hash if own else None
    with context.working(context.RequestContext(home, usage=context.current().usage)):
        offered = OAuthClient.fetch(client_id=app.client_id)
    if offered is None:
        raise NotFound("There is no such app.")
    return offered.secret_hash


def show(app_id: str) -> InstallationView:
    """Show an installation (1 storage request); raises NotFound."""
    return view(_standing(app_id))


def _standing(app_id: str) -> Installation:
    installation = Installation.fetch(app_id=app_id, consistent=True)
    if installation is None or installation.removed_at is not None:
        raise NotFound("This app is not installed.")
    return installation


def view(installation: Installation) -> InstallationView:
    """Show an installation to an administrator."""
    return InstallationView.of(installation, secrets_set=sorted(values.opened(installation.secrets)))


def uninstall(caller: Principal, app_id: str) -> datetime:
    """Uninstall an app and return when it may be installed again (2 storage requests and 1 transaction).

    Its webhooks, settings and secrets go at once, its tokens within seconds, and what people let it do is taken away by
    a worker. Raises NotFound.
    """
    installation = _standing(app_id)
    client = OAuthClient.fetch(client_id=installation.client_id, consistent=True)
    now = clock.now()
    free_at = now + timedelta(seconds=settings().access_token_seconds) + _FEED
    unit = Unit()
    for webhook_id in installation.webhook_ids:
        unit.remove(Webhook.at(webhook_id=webhook_id))
    if client is not None:
        _close(unit, client, installation.home)
    unit.put(revocations.of_session(str(installation.client_id)))
    gone = Installation(
        app_id=app_id,
        name=installation.name,
        home=installation.home,
        client_id=installation.client_id,
        installed_at=installation.installed_at,
        removed_at=now,
        free_at=free_at,
        version=installation.version,
        ttl=free_at,
    )
    tasks = [RevokeAppGrants(client_id=gone.client_id, shard=shard, before=now) for shard in range(GRANT_SHARDS)]
    unit.replace(gone, *tasks)
    before = {"scopes": sorted(installation.scopes or ()), "events": sorted(installation.events or ())}
    audits.note(unit, caller.user_id, None, "app.uninstalled", app_id, before=before)
    unit.commit()
    return free_at


def _close(unit: Unit, client: OAuthClient, home: str) -> None:
    """Let a client in nowhere: it is kept where its app is offered, since its secret's hash stands there."""
    if home == context.tenant():
        client.is_active = False
        unit.replace(client)
    else:
        unit.remove(client)


def own_settings(app_id: str) -> AppSettings:
    """Return the settings of an installation to its app, proven by its secret (1 storage request).

    Raises Unauthenticated invalid_client, also for an app without a secret.
    """
    client_id, secret = oauth.claimed()
    client, installation = fetch_many(
        OAuthClient.at(client_id=client_id), Installation.at(app_id=app_id), consistent=True
    )
    proven = oauth.prove(client, secret)
    if proven.secret_hash is None or proven.app_id != app_id or installation is None:
        raise oauth.wrong_client()
    opened = {**installation.settings, **values.opened(installation.secrets)}
    return AppSettings(settings=opened, scopes=sorted(installation.scopes or ()))
