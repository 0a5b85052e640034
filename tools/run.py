"""Web server and clock as one command, for one's own machine: when one ends, both end.

Both start shielded from the terminal's Ctrl-C, which comes here, so that each is asked once, politely.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

HOST = "127.0.0.1"
PORT = int(os.environ.get("PORT") or 8000)
PATIENCE = 10.0  # seconds that a process gets to end by itself


def is_answering() -> bool:
    """Whether something accepts connections on our port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, PORT)) == 0


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a module of Python in a process group of its own."""
    return subprocess.Popen([sys.executable, "-m", *arguments], process_group=0)


def stop(_signal: int, _frame: FrameType | None) -> None:
    """Leave the waiting, whatever it waits for."""
    raise KeyboardInterrupt


def main() -> int:
    """Run until a signal or until one of the two has ended; the status is that of the first to end."""
    if is_answering():
        print(f"Port {PORT} is taken: end what uses it or choose another (PORT=8001 make run).", file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    processes: list[subprocess.Popen[bytes]] = []
    said = False
    try:
        processes.append(start("gunicorn", "--bind", f"{HOST}:{PORT}"))
        processes.append(start("flask", "--app", "wsgi", "clock"))
        while all(process.poll() is None for process in processes):
            if not said and is_answering():
                said = True
                print(f"Trappan: http://{HOST}:{PORT}   (Ctrl-C ends it)", flush=True)
                if os.environ.get("TRAPPAN_MODE") == "demo":
                    print("Log in: choose “Logga in” and click the card of a role. No password.", flush=True)
            time.sleep(0.2)
        return next(process.returncode for process in processes if process.returncode is not None)
    except KeyboardInterrupt:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


if __name__ == "__main__":
    sys.exit(main())
