"""Both clients as processes, driven by lines of JSON: what a scenario asks of one it asks of the other."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
TYPESCRIPT = ROOT / "clients/typescript/tests/driver.mjs"
COMMANDS = {
    "python": [sys.executable, str(ROOT / "tests/clients/python_driver.py")],
    "typescript": ["node", "--experimental-websocket", "--no-warnings", str(TYPESCRIPT)],
}


class DriverError(Exception):
    """What a client raised: its code and, where somebody answered, the status."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(json.dumps(error))
        self.code, self.status = error.get("code"), error.get("status", 0)


@dataclass
class Driver:
    """A client in a process of its own."""

    command: list[str]
    asked: int = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(10)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def do(self, verb: str, **args: Any) -> Any:
        """Ask for something and return what came of it; raises DriverError for what the client raised."""
        self.asked += 1
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        assert pipe_in is not None
        assert pipe_out is not None
        pipe_in.write(json.dumps({"id": self.asked, "do": verb, "args": args}) + "\n")
        pipe_in.flush()
        line = pipe_out.readline()
        assert line, f"the driver ended while it was asked to {verb}"
        answer = json.loads(line)
        assert answer["id"] == self.asked
        if "error" in answer:
            raise DriverError(answer["error"])
        return answer["ok"]

    def do_until(self, verb: str, tries: int = 12, **args: Any) -> Any:
        """Ask again as long as nobody answers, as an app does when the line comes back."""
        for _ in range(tries - 1):
            try:
                return self.do(verb, **args)
            except DriverError as error:
                if error.status not in {0, 429, 502, 503, 504}:
                    raise
        return self.do(verb, **args)
