"""What the guest is made of, and its boots."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import TextIO

from rig.bench import Bench
from rig.debian import Debian
from rig.initramfs import InitialRoot
from rig.machine import Machine
from rig.pictures import bars, png
from rig.thumbnail import thumbnail_backbone

RIG = Path(__file__).resolve().parent.parent
ROOT = RIG.parent.parent
PICTURES, MODEL = ROOT / "toolchain/demo-pictures", ROOT / "models/efficientnet-lite0.linnet"
# What the USB camera shows beside colour bars, in this order.
LABELS = ["cat", "coins", "flower"]


class Unavailable(Exception):
    """The guest cannot be made here; the message says why."""


class Guest:
    """Everything that the guest is made of, and its boots."""

    def __init__(self, architecture: str, linnet: Path | None):
        self.architecture, self.linnet = architecture, linnet
        self.cache = Path(os.environ.get("LINNET_VM_CACHE") or ROOT / ".build/camera-vm").resolve()
        self.folder = self.cache / architecture
        self._debian = Debian(architecture, self.cache)
        self._root = self.folder / "root.cpio"
        self._lock: TextIO | None = None
        self._machine: Machine | None = None
        # When every boot ends, on the monotonic clock.
        self.deadline = 0.0

    def prepare(self) -> None:
        """Installs, fetches and builds what is missing; raises ``Unavailable`` where QEMU or the kernel cannot be had."""
        self._lock_cache()
        self._fetch()
        self._build_root()

    def _lock_cache(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.cache / f"{self.architecture}.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"camera-vm: waiting for another run that uses {self.cache}", flush=True)
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def _fetch(self) -> None:
        setup = subprocess.run(
            [ROOT / "toolchain/setup", "--camera-vm", self.architecture], stderr=subprocess.PIPE, text=True)
        if setup.returncode:
            raise Unavailable(f"packages are missing and cannot be installed: {setup.stderr.strip()}")
        if not self._debian.is_fetched:
            print(f"camera-vm: fetching a Debian kernel for {self.architecture} (about a minute)", flush=True)
            try:
                self._debian.fetch()
            except (subprocess.CalledProcessError, OSError) as error:
                raise Unavailable(f"no kernel from the Debian archive: {error}") from error

    def _build_root(self) -> None:
        camera = self.folder / "uvc-camera"
        subprocess.run([RIG / "camera/build", self.architecture, self._debian.system, camera], check=True)
        root = InitialRoot(self._debian, RIG / "guest/init")
        root.program(camera, "usr/bin/uvc-camera")
        root.program(built_counter(self.architecture, self.folder), "usr/lib/count.so")
        for label in LABELS:
            root.file(shown(label), f"usr/share/pictures/{label}.jpg")
        if self.linnet:
            root.program(self.linnet, "usr/bin/linnet")
            thumbnail = self.folder / "thumbnail.linnet"
            thumbnail.write_bytes(thumbnail_backbone())
            for model in (thumbnail, MODEL):
                root.file(model, f"usr/share/linnet/{model.name}")
                root.file(learned_head(self.linnet, model, self.folder), f"usr/share/linnet/{model.stem}.head")
        self._root.write_bytes(root.archive.finished())

    @property
    def kernel_version(self) -> str:
        return f"Linux {self._debian.kernel_version}"

    def bench(self) -> Bench:
        """The bench in the guest, which is booted when it does not run."""
        if not self._machine:
            self._machine = Machine(
                self.architecture, self._debian.kernel, self._root, self.folder / "share", self.deadline)
        return Bench(self._machine)

    def stop(self) -> None:
        if self._machine:
            self._machine.stop()
        self._machine = None


def built_counter(architecture: str, folder: Path) -> Path:
    """The library that counts allocations and locks of the program it is preloaded into."""
    counter, compiler = folder / "count.so", {"amd64": "clang", "arm64": "aarch64-linux-gnu-gcc"}[architecture]
    source = ROOT / "toolchain/quiet-run/count.c"
    subprocess.run([compiler, "-std=gnu11", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", counter, source], check=True)
    return counter


def learned_head(linnet: Path, model: Path, folder: Path) -> Path:
    """A head that knows the pictures that the cameras show."""
    store, patterns = folder / f"{model.stem}-store", folder / "patterns"
    shutil.rmtree(store, ignore_errors=True)
    patterns.mkdir(exist_ok=True)
    for percent in (100, 95, 90, 85, 80, 75):
        pattern = bars(640, 480, percent / 100)
        (patterns / f"bars-{percent}.png").write_bytes(png(pattern))
        (patterns / f"grey-bars-{percent}.png").write_bytes(png(pattern.grey()))
    shots = {label: [*(PICTURES / "learn" / label).glob("*.jpg"), shown(label)] for label in LABELS}
    for label in ("bars", "grey-bars"):
        shots[label] = list(patterns.glob(f"{label}-*.png"))
    for label, pictures in shots.items():
        subprocess.run(
            [linnet, "enrol", label, *sorted(pictures), "--store", store, "--model", model],
            check=True, stdout=subprocess.DEVNULL)
    return next(store.glob("heads/*.head"))


def shown(label: str) -> Path:
    """The picture of a label that the USB camera shows."""
    return PICTURES / f"try/{label}/{label}-1.jpg"
