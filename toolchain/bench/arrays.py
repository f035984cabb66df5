"""Reads NumPy's .npy and .npz files without NumPy: float16, float32, float64 and Unicode strings, row-major."""

import ast
import struct
import zipfile
from pathlib import Path


def npy(data: bytes) -> tuple[tuple[int, ...], list]:
    """The shape and the flat values of one array."""
    if data[:6] != b"\x93NUMPY":
        raise ValueError("not a .npy file")
    size = 2 if data[6] == 1 else 4
    start = 8 + size + int.from_bytes(data[8 : 8 + size], "little")
    header = ast.literal_eval(data[8 + size : start].decode("latin1"))
    shape, kind, body = header["shape"], header["descr"], data[start:]
    if header["fortran_order"]:
        raise ValueError("column-major arrays are not read")
    count = 1
    for extent in shape:
        count *= extent
    if kind.startswith("<U"):
        width = 4 * int(kind[2:])
        return shape, [body[i * width : (i + 1) * width].decode("utf-32-le").rstrip("\0") for i in range(count)]
    letters = {"<f2": "e", "<f4": "f", "<f8": "d"}
    if kind not in letters:
        raise ValueError(f"arrays of {kind} are not read")
    return shape, list(struct.unpack_from(f"<{count}{letters[kind]}", body))


def rows(array: tuple[tuple[int, ...], list]) -> list[list]:
    """A two-dimensional array as a list of rows."""
    (height, width), values = array
    return [values[i * width : (i + 1) * width] for i in range(height)]


def npz(path: Path) -> dict[str, tuple[tuple[int, ...], list]]:
    with zipfile.ZipFile(path) as archive:
        return {name.removesuffix(".npy"): npy(archive.read(name)) for name in archive.namelist()}
