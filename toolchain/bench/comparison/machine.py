"""The machine that was measured: what a reader needs to place the figures."""

import os
import platform
from pathlib import Path

EXTENSIONS = {
    "sse4_1": "SSE4.1", "avx2": "AVX2", "avx_vnni": "AVX-VNNI", "avx512_vnni": "AVX-512 VNNI", "amx_int8": "AMX",
    "neon": "NEON", "asimd": "NEON", "asimddp": "dot product", "i8mm": "i8mm", "sve": "SVE",
}

BUSY = 0.5


def _fields() -> dict[str, str]:
    """The first processor of /proc/cpuinfo."""
    lines = (line.partition(":") for line in Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def _size(level: int) -> str | None:
    """A cache that serves data, as the system reports it."""
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind, found = ((index / name).read_text().strip() for name in ("type", "level"))
        if kind in ("Data", "Unified") and int(found) == level:
            return (index / "size").read_text().strip()
    return None


def describe() -> dict:
    fields = _fields()
    board = Path("/proc/device-tree/model")
    name = fields.get("model name") or (board.read_text().strip("\0\n") if board.exists() else platform.processor())
    if "cpu family" in fields:
        name += f", family {fields['cpu family']} model {fields.get('model', '?')}"
    flags = set(fields.get("flags", fields.get("Features", "")).split())
    extensions = list(dict.fromkeys(label for flag, label in EXTENSIONS.items() if flag in flags))
    return {
        "cpu": name, "architecture": platform.machine(), "cores": len(os.sched_getaffinity(0)), "instructions": extensions,
        "l1d": _size(1), "l2": _size(2), "l3": _size(3), "virtual": "hypervisor" in flags,
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20, "kernel": platform.release(),
        "load_average_before": os.getloadavg()[0],
    }


def warning(machine: dict) -> str | None:
    """What to say of a machine that does other work."""
    load, cores = machine["load_average_before"], machine["cores"]
    if load < BUSY * cores:
        return None
    return (f"this machine is busy (load average {load:.1f} on {cores} core{'s' * (cores != 1)}): medians and starts mean "
            "little, the least times more; run again when it is quiet")


def sentence(machine: dict) -> str:
    caches = ", ".join(f"{level.upper()} {machine[level]}" for level in ("l1d", "l2", "l3") if machine[level])
    return (f"{machine['cpu']}{' (virtual)' if machine['virtual'] else ''}; {', '.join(machine['instructions'])}; "
            f"{machine['cores']} core{'s' * (machine['cores'] != 1)}; {caches}; "
            f"load average before {machine['load_average_before']:.1f}")
