"""What a scenario works with: the guest, its cameras and their faults, and `linnet`."""

import shlex
import time
from pathlib import Path

from rig.machine import Job, Machine
from rig.watching import Watch

VIVID_DEVICE = "vivid.0"
PLATFORM_DRIVER = "/sys/bus/platform/drivers/vivid"


def nodes_named(machine: Machine, name: str) -> list[str]:
    """The video nodes with this in their names, lowest number first."""
    found = machine.run(
        f"for d in /sys/class/video4linux/*; do grep -q '{name}' \"$d/name\" && echo \"/dev/${{d##*/}}\"; done 2>/dev/null; true")
    return sorted(found.output.split(), key=lambda node: int(node.removeprefix("/dev/video")))


class Vivid:
    """The kernel's virtual video driver: a webcam of test patterns, with faults that its controls inject."""

    def __init__(self, machine: Machine, options: str):
        self.machine = machine
        machine.run(f"modprobe vivid n_devs=1 node_types=0x1 {options}")
        machine.run("udevadm settle")
        self.node = nodes_named(machine, "vivid")[0]
        # A picture without the clock and frame count that the driver writes into it.
        self.set(osd_text_mode=2)

    def set(self, **controls: int) -> None:
        """Sets controls by the names that `v4l2-ctl` gives them."""
        values = ",".join(f"{name}={value}" for name, value in controls.items())
        self.machine.run(f"v4l2-ctl --device {self.node} --set-ctrl {values}")

    def unbind(self) -> None:
        self.machine.run(f"echo {VIVID_DEVICE} >{PLATFORM_DRIVER}/unbind")

    def bind(self) -> None:
        self.machine.run(f"echo {VIVID_DEVICE} >{PLATFORM_DRIVER}/bind && udevadm settle")

    @property
    def is_bound(self) -> bool:
        return bool(nodes_named(self.machine, "vivid"))

    def remove(self) -> None:
        self.machine.run("modprobe -r vivid")


class UsbCamera:
    """The user-space camera on the kernel's own `uvcvideo` driver."""

    def __init__(self, machine: Machine, formats: str, options: str):
        self.machine = machine
        machine.run(f"modprobe vhci-hcd && modprobe uvcvideo {options}")
        machine.run("rm -f /tmp/commands; mkfifo /tmp/commands")
        self.job = machine.start(f"exec uvc-camera /tmp/commands {formats} /usr/share/pictures/*.jpg")
        self._until("start", 1, 20)
        self.appeared()

    def tell(self, *commands: str) -> None:
        """Gives commands and waits until they are in effect."""
        for command in commands:
            count = self._answers(command) + 1
            self.machine.run(f"echo {command} >/tmp/commands")
            self._until(command, count, 15)

    def _answers(self, command: str) -> int:
        return self.job.output.splitlines().count(f"did {command}")

    def _until(self, command: str, count: int, seconds: float) -> None:
        self.machine.until(lambda: self._answers(command) >= count, seconds, f"the camera to obey `{command}`")

    def nodes(self) -> list[str]:
        """The device's nodes that give pictures or data about them, lowest number first."""
        return nodes_named(self.machine, "Rig Camera")

    @property
    def node(self) -> str:
        return self.nodes()[0]

    @property
    def by_id(self) -> str:
        return self.machine.run("ls /dev/v4l/by-id/*-video-index0").output.strip()

    def appeared(self) -> None:
        self.machine.until(lambda: len(self.nodes()) == 2, 15, "the USB camera's device nodes")
        self.machine.run("udevadm settle")

    def remove(self) -> None:
        self.machine.run("echo quit >/tmp/commands")
        self.job.wait(10)
        self.machine.run(
            "for i in $(seq 50); do modprobe -r uvcvideo vhci-hcd 2>/dev/null && exit 0; sleep 0.1; done; exit 1", 20)


class Bench:
    """The guest with what scenarios share. Cameras and programs of a scenario are taken away after it."""

    def __init__(self, machine: Machine):
        self.machine = machine
        self._cameras: list[Vivid | UsbCamera] = []
        self._programs: list[Job] = []

    def vivid(self, options: str = "num_inputs=1 input_types=0x0") -> Vivid:
        self._cameras.append(Vivid(self.machine, options))
        return self._cameras[-1]

    def usb_camera(self, formats: str = "MJPG,YUYV", options: str = "") -> UsbCamera:
        self._cameras.append(UsbCamera(self.machine, formats, options))
        return self._cameras[-1]

    def share(self, name: str) -> Path:
        """A file that guest and host share, as the host names it; the guest's name is /share/NAME."""
        return self.machine.folder / name

    def start(self, command: str) -> Job:
        self._programs.append(self.machine.start(command))
        return self._programs[-1]

    def watch(self, arguments: str, backbone: str = "thumbnail", taught: bool = False, user: str = "root") -> Watch:
        """Starts `linnet watch`, which looks at every frame and writes JSON lines. The head is the one that knows what the
        cameras show, or that which was `taught` to the store."""
        files = f"--model /usr/share/linnet/{backbone}.linnet"
        if not taught:
            files += f" --head /usr/share/linnet/{backbone}.head"
        command = f"exec linnet watch {files} --json --every-frame --motion 0 {arguments}"
        return Watch(self.start(command if user == "root" else f"exec su {user} -c {shlex.quote(command)}"))

    def pause(self, seconds: float) -> None:
        """Lets time pass in the guest, of which nothing is to be seen."""
        time.sleep(seconds)

    def clear(self) -> None:
        """Takes away what a scenario left."""
        for program in self._programs:
            if program.status is None:
                program.kill()
                program.wait(10)
        self._programs.clear()
        while self._cameras:
            self._cameras.pop().remove()
        self.machine.until(lambda: not self._nodes_left(), 10, "the device nodes to go")

    def _nodes_left(self) -> str:
        return self.machine.run("ls /dev/video* 2>/dev/null", check=False).output
