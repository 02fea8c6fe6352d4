"""The CDK app; it finds the shared layer where it stands in the repository."""

import sys
from pathlib import Path

_LAYER = str(Path(__file__).resolve().parent.parent / "layers" / "lyceum" / "python")
if _LAYER not in sys.path:
    sys.path.insert(0, _LAYER)
