"""The virtual machine: boots the guest under QEMU's own processor emulation and runs commands in it."""

import os
import select
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

BOOT_SECONDS = 90
COMMAND_LINE = ("quiet loglevel=4 panic=-1 mitigations=off audit=0 random.trust_cpu=on rcupdate.rcu_expedited=1 "
                "usbcore.autosuspend=-1")
QEMU = {
    "amd64": ["qemu-system-x86_64", "-machine", "q35,hpet=off", "-cpu", "max"],
    "arm64": ["qemu-system-aarch64", "-machine", "virt,gic-version=2", "-cpu", "cortex-a72"],
}
CONSOLE = {"amd64": "ttyS0", "arm64": "ttyAMA0"}


class GuestError(Exception):
    """The guest did not do what was asked of it."""


class Job:
    """A command in the guest, running or ended."""

    def __init__(self, machine: "Machine", number: int, folder: Path, command: str):
        self.machine, self.number, self.folder, self.command = machine, number, folder, command

    @property
    def output(self) -> str:
        return self._read("output")

    @property
    def errors(self) -> str:
        return self._read("errors")

    def _read(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def status(self) -> int | None:
        """The exit status, or nothing while it runs."""
        self.machine.listen(0)
        return self.machine.statuses.get(self.number)

    @property
    def process(self) -> int:
        """The process number in the guest."""
        path = self.folder / "process"
        self.machine.until(lambda: path.exists() and path.read_text().endswith("\n"), 10, f"start of `{self.command}`")
        return int(path.read_text())

    def wait(self, seconds: float) -> int:
        self.machine.until(lambda: self.status is not None, seconds, f"end of `{self.command}`")
        return self.machine.statuses[self.number]

    def kill(self, name: str = "KILL") -> None:
        self.machine.run(f"kill -{name} {self.process}", check=False)


class Machine:
    """One boot of the guest. `folder` is shared with it, and keeps the console and every job's output."""

    def __init__(self, architecture: str, kernel: Path, root: Path, folder: Path, deadline: float):
        self.folder, self.deadline = folder, deadline
        self.statuses: dict[int, int] = {}
        self._jobs = 0
        self._unread = b""
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "jobs").mkdir(parents=True)
        # A socket's path may have 107 bytes at most; the name is relative to the shared folder.
        listener = socket.socket(socket.AF_UNIX)
        here = os.getcwd()
        os.chdir(folder)
        try:
            listener.bind("channel")
        finally:
            os.chdir(here)
        listener.listen(1)
        # `timeout` ends the machine at the deadline even where this process was killed.
        limit = max(1, deadline - time.monotonic())
        self._qemu = subprocess.Popen(
            ["timeout", "--kill-after=5", f"{limit:.0f}", *QEMU[architecture], "-accel", "tcg,thread=multi", "-smp", "2",
             "-m", "1024", "-nodefaults", "-display", "none", "-no-reboot", "-serial", "file:console",
             "-kernel", str(kernel), "-initrd", str(root),
             "-append", f"console={CONSOLE[architecture]} {COMMAND_LINE}",
             "-fsdev", "local,id=share,path=.,security_model=none", "-device", "virtio-9p-pci,fsdev=share,mount_tag=share",
             "-chardev", "socket,id=channel,path=channel", "-device", "virtio-serial-pci",
             "-device", "virtserialport,chardev=channel"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(folder / "qemu-errors").open("wb"))
        try:
            listener.settimeout(20)
            self._channel, _ = listener.accept()
            self.until(lambda: self._greeted(), BOOT_SECONDS, "the guest's start")
        except (GuestError, TimeoutError) as error:
            self.stop()
            raise GuestError(f"{error}: see the files `console` and `qemu-errors`") from error
        finally:
            listener.close()

    def _greeted(self) -> bool:
        self.listen(0.1)
        return 0 in self.statuses

    def listen(self, seconds: float) -> None:
        """Takes in the answers that came."""
        if not select.select([self._channel], [], [], seconds)[0]:
            return
        received = self._channel.recv(65536)
        if not received:
            raise GuestError("the guest ended by itself; see the console")
        *lines, self._unread = (self._unread + received).split(b"\n")
        for line in lines:
            first, _, second = line.decode().strip().partition(" ")
            if first == "ready":
                self.statuses[0] = 0
            elif first.isdigit() and second.isdigit():
                self.statuses[int(first)] = int(second)

    def until(self, holds, seconds: float, what: str) -> float:
        """Waits until something holds; the seconds that it took."""
        began = time.monotonic()
        end = min(began + seconds, self.deadline)
        while not holds():
            if time.monotonic() > end:
                raise GuestError(f"waited {time.monotonic() - began:.1f} s in vain for {what}")
            if self._qemu.poll() is not None:
                raise GuestError("the virtual machine ended; see the console")
            time.sleep(0.01)
        return time.monotonic() - began

    def start(self, command: str) -> Job:
        """Starts a shell command in the guest, in a folder of its own under /share; `exec` it to signal it."""
        self._jobs += 1
        folder = self.folder / "jobs" / str(self._jobs)
        folder.mkdir()
        (folder / "script").write_text(f"echo $$ >process\n{command}\n")
        self._channel.sendall(b"%d\n" % self._jobs)
        return Job(self, self._jobs, folder, command)

    def run(self, command: str, seconds: float = 20, check: bool = True) -> Job:
        """Runs a shell command to its end."""
        job = self.start(command)
        status = job.wait(seconds)
        if check and status != 0:
            raise GuestError(f"`{command}` ended with {status}: {job.errors.strip()}")
        return job

    def end(self, process: int, signal: str) -> float:
        """Sends a signal to a process; the seconds until it has ended, by the guest's clock."""
        job = self.run(
            f"read began rest </proc/uptime; kill -{signal} {process}; "
            f"while kill -0 {process} 2>/dev/null; do sleep 0.02; done; read ended rest </proc/uptime; echo $began $ended")
        began, ended = map(float, job.output.split())
        return ended - began

    def stop(self) -> None:
        if self._qemu.poll() is None:
            self._qemu.send_signal(signal.SIGTERM)
            try:
                self._qemu.wait(10)
            except subprocess.TimeoutExpired:
                self._qemu.kill()
                self._qemu.wait()
