"""The code of functions and layers, packed so that a change touches only what it is in."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.layers import BUILT, BUILT_CODE, EVERYWHERE, KIT, is_fresh
from infra.routes import FUNCTIONS_FOLDER, KIT_FOLDER, ROOT
from infra.settings import Stage

_CACHES = ["**/__pycache__", "**/*.pyc"]
ARCHITECTURE = lambda_.Architecture.ARM_64
RUNTIME = lambda_.Runtime.PYTHON_3_13


def domain_code(domain: str, stage: Stage) -> lambda_.AssetCode:
    """Return the asset with the root package, one domain's folder and nothing else.

    The copy with bytecode is taken while it is that of the code as it stands; the emulator has another Python.
    """
    built = BUILT_CODE / domain
    if not stage.is_local and is_fresh(built / "functions" / domain, FUNCTIONS_FOLDER / domain):
        return lambda_.Code.from_asset(str(built))
    kept = ["!/functions", "!/functions/__init__.py", f"!/functions/{domain}", f"!/functions/{domain}/**"]
    exclude = ["/*", *kept[:1], "/functions/*", *kept[1:], "lambdas.py", *_CACHES]
    return lambda_.Code.from_asset(str(ROOT), exclude=exclude, ignore_mode=cdk.IgnoreMode.GIT)


class Layers:
    """The layers of one domain's stack, each made when its first function asks for it."""

    def __init__(self, scope: Construct, stage: Stage, domain: str) -> None:
        self.scope = scope
        self.stage = stage
        self.domain = domain
        self._made: dict[str, lambda_.LayerVersion] = {}

    def of(self, extra: Iterable[str]) -> list[lambda_.ILayerVersion]:
        """Return a function's layers; the emulator's environment has third-party code already."""
        names = [KIT] if self.stage.is_local else [KIT, EVERYWHERE, *extra]
        return list(self._layers(names))

    def _layers(self, names: Iterable[str]) -> Iterator[lambda_.LayerVersion]:
        for name in names:
            if name not in self._made:
                self._made[name] = self._make(name)
            yield self._made[name]

    def _make(self, name: str) -> lambda_.LayerVersion:
        folder = _folder(name, self.stage)
        caches = _CACHES if folder == KIT_FOLDER.parent else []
        return lambda_.LayerVersion(
            self.scope,
            f"{name.capitalize()}Layer",
            layer_version_name=self.stage.name_of(f"{self.domain}-{name}"),
            code=lambda_.Code.from_asset(str(folder), exclude=caches, ignore_mode=cdk.IgnoreMode.GIT),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[ARCHITECTURE],
        )


def _folder(name: str, stage: Stage) -> Path:
    if name == KIT:
        compiled = BUILT_CODE / KIT
        return compiled if not stage.is_local and is_fresh(compiled / "python", KIT_FOLDER) else KIT_FOLDER.parent
    built = BUILT / name
    return built if built.is_dir() else _placeholder()


def _placeholder() -> Path:
    """Return an empty layer: a synth that deploys nothing needs no third-party code."""
    folder = ROOT / "build" / "placeholder"
    (folder / "python").mkdir(parents=True, exist_ok=True)
    (folder / "python" / "README").write_text("Run `make layers`.\n")
    return folder
