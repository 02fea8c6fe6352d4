"""Limits, quotas, retention and defaults of a tenant, changed while the product runs."""

from typing import Any

from pydantic.alias_generators import to_camel

from lyceum.kit import context
from lyceum.kit.configuration import known, limits
from lyceum.kit.configuration.limits import SETTINGS, Setting
from lyceum.kit.configuration.records import FeatureFlag, RoleSet, SettingValues
from lyceum.kit.errors import Detail, ValidationFailed
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit
from lyceum.rules import audits

from functions.admin.configuration.schemas import SetSettings, SettingList, SettingView

__all__ = ["FeatureFlag", "RoleSet", "change", "listed"]


def listed() -> SettingList:
    """Return every setting with what holds in this tenant (1 request)."""
    stored = SettingValues.fetch(consistent=True)
    return _list(stored.values if stored else {}, int(stored.version) if stored else 0)


def change(caller: Principal, wanted: SetSettings, expect: int | None) -> SettingList:
    """Set values, audited; in force everywhere within ten seconds (1 read and 1 transaction).

    Raises ValidationFailed for a value over the operator's ceiling, PreconditionFailed when they are
    not as the caller read them.
    """
    changes: dict[str, int | None] = {name: getattr(wanted.values, name) for name in wanted.values.model_fields_set}
    wrong = [detail for name, value in changes.items() for detail in _over_ceiling(caller, SETTINGS[name], value)]
    if wrong:
        raise ValidationFailed("Some values are over the ceiling.", details=wrong)
    stored = SettingValues.fetch(consistent=True) or SettingValues()
    before = {name: stored.values.get(name) for name in changes}
    kept = {name: value for name, value in {**stored.values, **changes}.items() if value is not None}
    stored.values = kept
    unit = Unit().save(stored, expect=expect)
    audits.note(
        unit, caller.user_id, None, "settings.change", "settings", before=before, after=changes,
        reason=wanted.reason,
    )  # fmt: skip
    unit.commit()
    known.forget(caller.tenant)
    return _list(kept, int(stored.version))


def _over_ceiling(caller: Principal, setting: Setting, value: int | None) -> list[Detail]:
    ceiling = _ceiling(setting, caller.tenant)
    if value is None or ceiling is None or value <= ceiling:
        return []
    return [Detail(f"values.{to_camel(setting.name)}", f"The operator lets a tenant have {ceiling} at most.")]


def _ceiling(setting: Setting, tenant: str) -> int | None:
    if tenant == context.MAIN_TENANT or not setting.is_ceiling:
        return None
    return limits.value(setting.name, context.MAIN_TENANT)


def _list(own: dict[str, Any], version: int) -> SettingList:
    views = [_view(setting, own.get(name)) for name, setting in SETTINGS.items()]
    return SettingList(settings=sorted(views, key=lambda view: (view.group, view.name)), version=version)


def _view(setting: Setting, own: int | None) -> SettingView:
    ceiling = _ceiling(setting, context.tenant())
    inherited = limits.shipped(setting)
    if context.tenant() != context.MAIN_TENANT:
        inherited = limits.value(setting.name, context.MAIN_TENANT)
    holds = inherited if own is None else own
    return SettingView(
        name=setting.name,
        group=setting.group,
        unit=setting.unit,
        description=setting.description,
        value=holds if ceiling is None else min(holds, ceiling),
        own=own,
        shipped=limits.shipped(setting),
        ceiling=ceiling,
        least=setting.least,
        most=setting.most,
    )
