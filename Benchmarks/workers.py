"""One side of a benchmark: a process that gets ready once and then measures on demand."""

import json
import subprocess
import time
from dataclasses import dataclass


class Unavailable(Exception):
    """This side cannot do this work: it is not installed, or does not offer it."""


@dataclass
class Measurement:
    seconds: float
    units: int

    @property
    def speed(self):
        return self.units / self.seconds


class Worker:
    def __init__(self, side, arguments):
        self.side = side
        try:
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        except FileNotFoundError as error:
            raise Unavailable(f"{error.filename} is missing") from None
        self.name = self._read()["peer"]

    def measure(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = self._read()
        return Measurement(answer["seconds"], answer["units"])

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise Unavailable(f"ended with exit code {self.process.wait()}")

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        time.sleep(0.2)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
