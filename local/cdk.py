"""Running the CDK command line against the emulator."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.place import REGION, ROOT, STAGE, LocalFailure, Place

_CDK = ROOT / "node_modules" / ".bin" / "cdk"
_TAIL_LINES = 30
_AT_ONCE = 6
"""Stacks that are deployed at the same time."""
Say = Callable[[str], None]


def bootstrap(place: Place, say: Say) -> None:
    """Run `cdk bootstrap` unless that was done.

    Its bucket refuses plain http, which is all that the emulator speaks, so that policy is taken off afterwards. It
    runs in a folder without an app, which it would synthesise for nothing.
    """
    if stack_status(place, "CDKToolkit") == "CREATE_COMPLETE":
        return
    account = place.client("sts").get_caller_identity()["Account"]
    say("cdk bootstrap")
    _cdk(place, say, place.home, "bootstrap", f"aws://{account}/{REGION}")
    place.client("s3").delete_bucket_policy(Bucket=f"cdk-hnb659fds-assets-{account}-{REGION}")


def deploy(place: Place, say: Say) -> dict[str, str]:
    """Run `cdk deploy` for all stacks of the local stage; returns their outputs."""
    outputs = place.home / "outputs.json"
    say("cdk deploy")
    _cdk(
        place,
        say,
        ROOT,
        "deploy",
        "--all",
        "--require-approval",
        "never",
        "--method",
        "direct",
        "--concurrency",
        str(_AT_ONCE),
        "--outputs-file",
        str(outputs),
    )
    values: dict[str, dict[str, str]] = json.loads(outputs.read_text())
    return {key: value for stack in values.values() for key, value in stack.items() if not key.startswith("Exports")}


def stacks(place: Place) -> list[str]:
    """Return the names of the stacks that the app asked for when it was last deployed here; none before that."""
    try:
        artifacts = json.loads((place.home / "cdk.out" / "manifest.json").read_text())["artifacts"]
    except OSError:
        return []
    return [name for name, artifact in artifacts.items() if artifact["type"] == "aws:cloudformation:stack"]


def stack_status(place: Place, name: str) -> str:
    """Return the state that CloudFormation gives a stack, or an empty text for one that does not exist."""
    from botocore.exceptions import ClientError

    try:
        stacks: list[dict[str, Any]] = place.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError:
        return ""
    return str(stacks[0]["StackStatus"]) if stacks else ""


def _cdk(place: Place, say: Say, folder: Path, *arguments: str) -> None:
    if not _CDK.exists():
        raise LocalFailure("the CDK command line is not installed; run `npm ci`")
    command = [str(_CDK), *arguments, "-c", f"stage={STAGE}", "--output", str(place.home / "cdk.out"), "--no-color"]
    log = place.home / "cdk.log"
    environment = place.environment() | {
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
    }
    started = time.monotonic()
    with (
        log.open("w") as kept,
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        for line in process.stdout or ():
            kept.write(line)
            if step := _step(line):
                say(f"{step} ({time.monotonic() - started:.0f} s)")
    if process.returncode:
        raise LocalFailure(_explain(arguments[0], log))


def _step(line: str) -> str:
    """Return what a line of the command line's output tells a person, if anything."""
    text = line.strip()
    if text.endswith(("deploying...", "success: Published", "(no changes)")) or text.startswith("✨  Synthesis"):
        return text.strip("✨ ")
    return text.removeprefix("✅").strip() if text.startswith("✅") else ""


def _explain(command: str, log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join([f"`cdk {command}` failed; the end of its output ({log}):", *lines[-_TAIL_LINES:]])
