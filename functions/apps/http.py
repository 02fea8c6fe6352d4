"""Apps over HTTP: the store for everybody, offering and installing for administrators, settings for the apps."""

from lyceum.kit.http import SIGNED, USER, Api, Caller, IfMatch, may
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.apps import installing, store
from functions.apps.schemas import (
    AppList,
    AppSettings,
    AppView,
    InstallApp,
    InstallationView,
    NewApp,
    ReviewApp,
    UninstalledApp,
)

api = Api("apps", recheck=recheck)
handler = api.handler
_ADMIN = may(Permission.MANAGE_APPS)


@api.get("/api/apps", access=USER)
def list_apps(caller: Caller) -> AppList:
    """List the apps that may be installed, and whether they are."""
    return AppList(apps=store.listed(caller))


@api.post("/api/apps", access=_ADMIN.proven(), status=201, limit="60/hour")
def create_app(caller: Caller, body: NewApp) -> AppView:
    """Offer an app; its secrets are shown this once."""
    return store.offer(caller, body)


@api.patch("/api/apps/{appId}", access=_ADMIN.proven(), limit="120/hour")
def change_app(caller: Caller, app_id: str, body: ReviewApp, if_match: IfMatch) -> AppView:
    """List, refuse or withdraw an app that one's own tenant offers."""
    return store.review(caller, app_id, body, if_match)


@api.post("/api/apps/{appId}/install", access=_ADMIN.proven(), status=201, limit="60/hour", idempotent=True)
def add_app(caller: Caller, app_id: str, body: InstallApp) -> InstallationView:
    """Install an app with consent to all that it asks for, or set an installed one anew."""
    return installing.install(caller, app_id, body)


@api.get("/api/apps/{appId}/install", access=_ADMIN)
def show_installation(app_id: str) -> InstallationView:
    """Show an installed app with its settings."""
    return installing.show(app_id)


@api.delete("/api/apps/{appId}/install", access=_ADMIN, limit="60/hour")
def remove_app(caller: Caller, app_id: str) -> UninstalledApp:
    """Uninstall an app with all that it held."""
    return UninstalledApp(app_id=app_id, free_at=installing.uninstall(caller, app_id))


@api.get("/api/apps/{appId}/settings", access=SIGNED, limit="600/minute", refuses=(401,))
def show_app_settings(app_id: str) -> AppSettings:
    """Show an installed app its settings; it proves itself by its client's secret (RFC 6749, 2.3.1)."""
    return installing.own_settings(app_id)
