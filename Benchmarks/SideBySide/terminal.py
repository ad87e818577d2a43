"""Runs a program, with or without a terminal, and says what it took."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

ROWS, COLUMNS = 24, 80


@dataclass
class Usage:
    wall: float
    """Seconds that passed."""
    processor: float
    """Seconds of processor time, all threads."""
    megabytes: float
    """The most memory it had at once."""
    busiest: float = 0.0
    """Seconds of processor time of its busiest thread, where threads were looked at."""


def _end(pid: int, start: float, command: Sequence[object], busiest: float = 0.0) -> Usage:
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with status {code}")
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale, busiest)


def run(command: Sequence[object]) -> Usage:
    start = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL)
    usage = _end(process.pid, start, command)
    process.returncode = 0
    return usage


def _open(command: Sequence[object]) -> tuple[int, int]:
    """The process and its terminal's other end."""
    pid, terminal = pty.fork()
    if pid == 0:
        # waits for a line: the size has to be there before the program looks
        os.read(0, 1)
        os.environ["TERM"] = "xterm-256color"
        os.execv(str(command[0]), [str(word) for word in command])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    os.write(terminal, b"\n")
    return pid, terminal


END = "@#@#@#"
"""What a scenario says at its end, to be seen here: no other text has these characters, so curses writes all of them."""


def on_screen(command: Sequence[object], limit: float = 300.0) -> Usage:
    """Plays a scenario that says END on a screen, and leaves by the key q; the time is that until END is seen."""
    pid, terminal = _open(command)
    start = time.perf_counter()
    busiest, wall, seen = 0.0, 0.0, b""
    while True:
        ready, _, _ = select.select([terminal], [], [], 0.02)
        busiest = max(busiest, _busiest_thread(pid))
        if time.perf_counter() - start > limit:
            os.kill(pid, signal.SIGTERM)
            sys.exit(f"bench: {' '.join(map(str, command))} did not come to its end within {limit:g} s")
        if not ready:
            continue
        try:
            new = os.read(terminal, 1 << 16)
        except OSError:  # the other end is closed
            break
        seen = seen[-len(END):] + new
        if wall == 0 and END.encode() in seen:
            wall = time.perf_counter() - start
            os.write(terminal, b"q")
    if wall == 0:
        sys.exit(f"bench: {' '.join(map(str, command))} ended before its scenario")
    usage = _end(pid, start, command, busiest)
    os.close(terminal)
    usage.wall = wall
    return usage


def _busiest_thread(pid: int) -> float:
    """Seconds of processor time of the busiest thread so far; 0 where the system does not tell."""
    times = [0]
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            times.append(int(task.read_text().split()[0]))
        except (OSError, IndexError, ValueError):
            continue
    return max(times) * 1e-9


def first_frame(command: Sequence[object]) -> float:
    """Seconds until everything of the first frame has been written: what comes before a pause in the output."""
    pid, terminal = _open(command)
    start = time.perf_counter()
    seen, last = b"", start
    while True:
        ready, _, _ = select.select([terminal], [], [], 0.05)
        if ready:
            seen += os.read(terminal, 1 << 16)
            last = time.perf_counter()
        # the name stands in the first line, the help key in the last
        if b"clipscope" in seen and b"help" in seen:
            break
        if time.perf_counter() - start > 10:
            sys.exit("bench: no frame within 10 s")
    os.write(terminal, b"q")
    while True:
        try:
            if not os.read(terminal, 1 << 16):
                break
        except OSError:
            break
    os.waitpid(pid, 0)
    os.close(terminal)
    return last - start
