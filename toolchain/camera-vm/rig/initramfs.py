"""The guest's root file system: busybox, udev, the modules, programs and the libraries that they need."""

import os
import re
import stat
import subprocess
from pathlib import Path

from rig.debian import Debian

MODULES = ["9p", "9pnet_virtio", "virtio_pci", "virtio_console", "vivid", "uvcvideo", "vhci-hcd"]
FOLDERS = ["dev", "etc/modprobe.d", "proc", "run", "share", "sys", "tmp", "root", "var"]
LINKS = {"bin": "usr/bin", "sbin": "usr/bin", "usr/sbin": "bin", "lib": "usr/lib", "lib64": "usr/lib"}
ACCOUNTS = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nmaker:x:1000:1000:maker:/tmp:/bin/sh\n",
    "etc/group": "root:x:0:\nvideo:x:44:\nmaker:x:1000:\n",
}
UDEV_RULES = ["50-udev-default.rules", "60-persistent-v4l.rules"]


class Archive:
    """A cpio archive in the kernel's "newc" format; everything belongs to root."""

    def __init__(self):
        self._bytes = bytearray()
        self._names: set[str] = set()

    def folder(self, name: str) -> None:
        for parent in reversed(Path(name).parents[:-1]):
            self._folder(str(parent))
        self._folder(name)

    def _folder(self, name: str) -> None:
        if name not in self._names:
            self._entry(name, stat.S_IFDIR | 0o755, b"")

    def file(self, name: str, content: bytes, mode: int = 0o644) -> None:
        if str(Path(name).parent) != ".":
            self.folder(str(Path(name).parent))
        self._entry(name, stat.S_IFREG | mode, content)

    def link(self, name: str, target: str) -> None:
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def _entry(self, name: str, mode: int, content: bytes) -> None:
        self._names.add(name)
        self._append(name, mode, content, inode=len(self._names))

    def _append(self, name: str, mode: int, content: bytes, inode: int = 0) -> None:
        stored = name.encode() + b"\0"
        fields = [inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(stored), 0]
        self._bytes += b"070701" + b"".join(b"%08X" % field for field in fields) + stored
        self._bytes += bytes(-len(self._bytes) % 4) + content
        self._bytes += bytes(-len(self._bytes) % 4)

    def finished(self) -> bytes:
        self._append("TRAILER!!!", 0, b"")
        return bytes(self._bytes)


class InitialRoot:
    """Collects the guest's files. Libraries are searched in the system root, then where a program's RUNPATH says."""

    def __init__(self, debian: Debian, init: Path):
        self.debian = debian
        self.archive = Archive()
        for name in ("usr/bin", "usr/lib", "usr/lib/udev/rules.d", *FOLDERS):
            self.archive.folder(name)
        for name, target in LINKS.items():
            self.archive.link(name, target)
        for name, text in ACCOUNTS.items():
            self.archive.file(name, text.encode())
        self.archive.file("init", init.read_bytes(), 0o755)
        self._system("bin/busybox", "usr/bin/busybox")
        for program in ("usr/bin/v4l2-ctl", "usr/bin/script", "usr/bin/strace", "bin/udevadm", "lib/udev/v4l_id"):
            self.program(debian.system / program, f"usr/{program.removeprefix('usr/')}")
        self.archive.link("usr/lib/udev/udevd", "../../bin/udevadm")
        self.archive.link("usr/bin/systemd-udevd", "udevadm")
        for rules in UDEV_RULES:
            self._system(f"lib/udev/rules.d/{rules}", f"usr/lib/udev/rules.d/{rules}")
        self._modules()

    def program(self, path: Path, name: str) -> None:
        """Adds a program and every library that it needs."""
        self.archive.file(name, path.read_bytes(), 0o755)
        self._libraries(path)

    def file(self, path: Path, name: str) -> None:
        self.archive.file(name, path.read_bytes())

    def _system(self, path: str, name: str) -> None:
        source = self.debian.system / path
        self.archive.file(name, source.read_bytes(), source.stat().st_mode & 0o777)

    def _libraries(self, path: Path, also: tuple[str, ...] = ()) -> None:
        described = subprocess.run(
            ["readelf", "--dynamic", "--program-headers", "--wide", path], capture_output=True, text=True).stdout
        runpath = tuple(re.findall(r"RUNPATH.*\[(.*)\]", described))
        folders = tuple(folder for row in runpath for folder in row.split(":") if folder.startswith("/")) + also
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", described)
        needed += [Path(name).name for name in re.findall(r"interpreter: (.*)\]", described)]
        for name in needed:
            if f"usr/lib/{name}" in self.archive:
                continue
            library = self._library(name, folders, path)
            self.archive.file(f"usr/lib/{name}", library.read_bytes(), 0o755)
            self._libraries(library, folders)

    def _library(self, name: str, folders: tuple[str, ...], path: Path) -> Path:
        triple = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[self.debian.architecture]
        system = self.debian.system
        inside = [system / part / triple for part in ("lib", "usr/lib")] + [system / "lib64", system / "lib"]
        for folder in [*inside, *map(Path, folders)]:
            if (folder / name).exists():
                return Path(os.path.realpath(folder / name))
        raise FileNotFoundError(f"{path} needs {name}, which no package of the guest has")

    def _modules(self) -> None:
        modules, version = self.debian.modules, self.debian.kernel_version
        dependencies = {}
        for line in (modules / "modules.dep").read_text().splitlines():
            name, _, needed = line.partition(":")
            dependencies[Path(name).name.split(".ko")[0].replace("-", "_")] = [name, *needed.split()]
        files = {file for module in MODULES for file in dependencies.get(module.replace("-", "_"), [])}
        for file in sorted(files):
            self.archive.file(f"usr/lib/modules/{version}/{file}", (modules / file).read_bytes())
        kept = [line for line in (modules / "modules.dep").read_text().splitlines() if line.partition(":")[0] in files]
        self.archive.file(f"usr/lib/modules/{version}/modules.dep", ("\n".join(kept) + "\n").encode())
