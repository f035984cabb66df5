"""The safetensors container: 8 bytes of header length, a JSON header, raw little-endian tensors."""

import json
import os
import struct
import tempfile

import numpy as np

from .errors import INPUT_OUTPUT, NO_INPUT, ConversionError

ALIGNMENT = 64
NAMES = {"int8": "I8", "uint8": "U8", "int32": "I32", "float32": "F32"}
TYPES = {name: np.dtype(kind).newbyteorder("<") for kind, name in NAMES.items()}


def data_section(tensors: dict[str, np.ndarray]) -> bytes:
    """The tensors' bytes in the order given, without gaps."""
    return b"".join(np.ascontiguousarray(t, TYPES[NAMES[t.dtype.name]]).tobytes() for t in tensors.values())


def encode(tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> bytes:
    """A whole file; the data begins at a multiple of 64 bytes. The same arguments give the same bytes."""
    header: dict = {"__metadata__": metadata}
    offset = 0
    for name, tensor in tensors.items():
        header[name] = {
            "dtype": NAMES[tensor.dtype.name],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + tensor.nbytes],
        }
        offset += tensor.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    return struct.pack("<Q", len(text)) + text + data_section(tensors)


def write(path: str, content: bytes) -> None:
    """Puts the file in place whole or not at all."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".linnet-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(temporary, 0o666 & ~mask)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise ConversionError(f"{path} cannot be written: {error.strerror}.", INPUT_OUTPUT) from None


def read_bytes(path: str) -> bytes:
    """The bytes of an input file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ConversionError(f"{path} cannot be read: {error.strerror}.", NO_INPUT) from None


def decode(content: bytes, path: str) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Tensors and metadata of a container, checked as far as reading it needs."""
    if len(content) < 8:
        raise ConversionError(f"{path} is not a safetensors file: it has only {len(content)} bytes.")
    length = struct.unpack("<Q", content[:8])[0]
    if length > len(content) - 8:
        raise ConversionError(f"{path} is not a safetensors file: its header does not fit in the file.")
    try:
        header = json.loads(content[8 : 8 + length])
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            data = content[8 + length + begin : 8 + length + end]
            tensors[name] = np.frombuffer(data, TYPES[entry["dtype"]]).reshape(entry["shape"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConversionError(f"{path} is not a safetensors file: {error}.") from None
    return tensors, metadata
