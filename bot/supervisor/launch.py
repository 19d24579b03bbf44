"""Starts a command that must not outlive the process that started it.

Run as a file (`python -I -S launch.py PARENT_PID SIGNAL LIFELINE_FD COMMAND…`), so that it costs some 20 ms and shadows
nothing. Linux: the kernel is asked to send SIGNAL when the parent dies, and the request survives exec, so this process
becomes the command. Elsewhere there is no such request: this process stays as a guard that watches LIFELINE_FD, the
reading end of a pipe whose writing end only the parent holds; its end of file means that the parent is gone.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading

PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h
PARENT_GONE = 71  # EX_OSERR of sysexits.h
GRACE_SECONDS = 5.0


def follow_parent(parent: int, death_signal: int) -> None:
    """Ask the kernel, then make sure that the parent had not died before the question."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        sys.exit(PARENT_GONE)


def guard(command: list[str], lifeline: int, death_signal: int) -> int:
    """Run `command` until it ends or the parent does. Returns its exit code."""
    os.set_inheritable(lifeline, False)
    child = subprocess.Popen(command, close_fds=False)  # locks passed to us are passed on
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: child.send_signal(received))

    def watch() -> None:
        while os.read(lifeline, 64):
            continue
        child.send_signal(death_signal)
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()

    threading.Thread(target=watch, daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


def main(arguments: list[str]) -> None:
    parent, death_signal, lifeline = (int(value) for value in arguments[:3])
    command = arguments[3:]
    if lifeline >= 0:
        sys.exit(guard(command, lifeline, death_signal))
    follow_parent(parent, death_signal)
    os.execv(command[0], command)  # noqa: S606 - a shell is what we avoid


if __name__ == "__main__":
    main(sys.argv[1:])
