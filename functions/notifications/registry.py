"""Every kind of notification by its type."""

from types import ModuleType

from functions.notifications import account_kinds, kinds, study_kinds
from functions.notifications.kind import Kind

_MODULES: tuple[ModuleType, ...] = (kinds, study_kinds, account_kinds)
KINDS: dict[str, Kind] = {
    kind.type: kind for module in _MODULES for kind in vars(module).values() if isinstance(kind, Kind)
}
"""All kinds; a new one belongs into one of the modules above."""
