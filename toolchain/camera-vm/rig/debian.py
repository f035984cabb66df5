"""The kernel and the guest's programs, from the Debian archive that this machine's apt is set up for.

A private apt root: nothing of the host is touched, and no root is needed.
"""

import lzma
import os
import shutil
import struct
import subprocess
from pathlib import Path

SOURCES = [Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list")]

# The guest's programs, and the libraries of `linnet` and of the camera.
PACKAGES = [
    "busybox-static", "bsdutils", "strace", "udev", "v4l-utils", "libjpeg62-turbo", "libpng16-16", "libmd0", "libv4l-0",
    "libstdc++6"]
# What the camera is compiled against where the host's own library is of another architecture.
DEVELOPMENT = {"amd64": [], "arm64": ["libjpeg62-turbo-dev"]}


class Debian:
    """The unpacked kernel and system root of one architecture, under `cache`."""

    def __init__(self, architecture: str, cache: Path):
        self.architecture = architecture
        self.folder = cache / architecture
        self.kernel_tree = self.folder / "kernel"
        self.system = self.folder / "system"
        self.packages = [*PACKAGES, *DEVELOPMENT[architecture]]
        self._done = self.folder / "fetched"

    @property
    def is_fetched(self) -> bool:
        return self._done.exists() and self._done.read_text().split()[1:] == self.packages

    @property
    def kernel_version(self) -> str:
        return self._done.read_text().split()[0]

    @property
    def modules(self) -> Path:
        return self.kernel_tree / "lib/modules" / self.kernel_version

    @property
    def kernel(self) -> Path:
        """What QEMU boots: on amd64 the ELF file, which needs no slow unpacking inside the guest."""
        packed = self.kernel_tree / f"boot/vmlinuz-{self.kernel_version}"
        return packed if self.architecture == "arm64" else self.folder / "vmlinux"

    def fetch(self) -> None:
        """Raises `OSError` or `CalledProcessError` where something cannot be had."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("apt/state/lists/partial", "apt/cache/archives/partial", "apt/empty", "packages"):
            (self.folder / name).mkdir(parents=True)
        environment = {**os.environ, "APT_CONFIG": str(self._configure())}

        def apt(*arguments: str) -> str:
            return subprocess.run(
                arguments, cwd=self.folder / "packages", env=environment, check=True, text=True,
                stdout=subprocess.PIPE).stdout

        apt("apt-get", "-qq", "update")
        depends = apt("apt-cache", "depends", f"linux-image-{self.architecture}").splitlines()
        image = next((line.split()[-1] for line in depends if "Depends: linux-image-" in line), None)
        if not image:
            raise FileNotFoundError(f"apt's sources have no linux-image-{self.architecture}")
        version = image.removeprefix("linux-image-")
        apt("apt-get", "-qq", "download", image)
        apt("apt-get", "-qq", "-y", "--download-only", "install", *self.packages)

        for package in (self.folder / "packages").glob("*.deb"):
            unpack(package, self.kernel_tree)
        for package in (self.folder / "apt/cache/archives").glob("*.deb"):
            unpack(package, self.system)
        subprocess.run(["/sbin/depmod", "-b", self.kernel_tree, version], check=True)
        if self.architecture == "amd64":
            packed = (self.kernel_tree / f"boot/vmlinuz-{version}").read_bytes()
            (self.folder / "vmlinux").write_bytes(kernel_elf(packed))
        for name in ("apt", "packages"):
            shutil.rmtree(self.folder / name)
        self._done.write_text(" ".join([version, *self.packages]) + "\n")

    def _configure(self) -> Path:
        root = self.folder / "apt"
        sources = next((path for path in SOURCES if path.exists()), None)
        if not sources:
            raise FileNotFoundError("apt has no sources for Debian on this machine")
        (root / "status").touch()
        configuration = root / "apt.conf"
        configuration.write_text(f"""
            APT::Architecture "{self.architecture}"; APT::Architectures {{ "{self.architecture}"; }};
            APT::Install-Recommends "false"; APT::Sandbox::User "";
            Dir::State "{root}/state"; Dir::State::status "{root}/status"; Dir::Cache "{root}/cache";
            Dir::Etc::main "/dev/null"; Dir::Etc::parts "{root}/empty"; Dir::Etc::preferencesparts "{root}/empty";
            Dir::Etc::sourcelist "{sources}"; Dir::Etc::sourceparts "{root}/empty";
            """)
        return configuration


def unpack(package: Path, folder: Path) -> None:
    subprocess.run(["dpkg-deb", "-x", package, folder], check=True)


def kernel_elf(packed: bytes) -> bytes:
    """The ELF file inside a bzImage that is packed with xz; offsets as in the kernel's Documentation/arch/x86/boot.rst."""
    sectors = packed[0x1F1] or 4
    offset, _ = struct.unpack_from("<II", packed, 0x248)
    unpacked = lzma.LZMADecompressor(format=lzma.FORMAT_XZ).decompress(packed[(sectors + 1) * 512 + offset :])
    if unpacked[:4] != b"\x7fELF":
        raise ValueError("no ELF file in the kernel image")
    return unpacked
