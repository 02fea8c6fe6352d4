"""Where the local stack lives: its folder, its port, and the environment that its programs are given."""

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REGION = "us-east-1"
STAGE = "local"
_KEPT_VARIABLES = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TERM",
    "USER",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
    "XDG_CACHE_HOME",
    "JSII_RUNTIME_PACKAGE_CACHE_ROOT",
)


@dataclass(frozen=True)
class Place:
    """One local stack: `home` keeps everything that it writes, `port` is where the emulator listens on loopback."""

    home: Path
    port: int

    @classmethod
    def from_environment(cls) -> "Place":
        """Read `LYCEUM_HOME` and `LYCEUM_PORT`; without them it is `.lyceum/` and 4566."""
        home = Path(os.environ.get("LYCEUM_HOME") or ROOT / ".lyceum").resolve()
        return cls(home, int(os.environ.get("LYCEUM_PORT") or 4566))

    @property
    def url(self) -> str:
        """The emulator's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def emulator(self) -> Path:
        """The folder with the emulator's state, files and log."""
        return self.home / "emulator"

    @property
    def stack_file(self) -> Path:
        """The file that tells tests, tools and clients about the deployed stack."""
        return self.home / "stack.json"

    @property
    def record_file(self) -> Path:
        """The file that remembers what was deployed last."""
        return self.home / "deployed.json"

    def environment(self) -> dict[str, str]:
        """Return a clean environment for programs that talk to the emulator; nothing else about AWS leaks into it."""
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
        return kept | {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @cached_property
    def session(self) -> Any:
        """A session of the emulator's root user."""
        import boto3

        return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)  # noqa: S106 - the emulator's own

    def client(self, service: str) -> Any:
        """Return a client of one of the emulated services."""
        from botocore.config import Config

        config = Config(retries={"total_max_attempts": 2}, read_timeout=120, s3={"addressing_style": "path"})
        return self.session.client(service, endpoint_url=self.url, config=config)


class LocalFailure(RuntimeError):
    """A step of the local stack failed; the message says what, and what to do about it."""
