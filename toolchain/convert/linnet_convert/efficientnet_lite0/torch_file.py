"""Reads a file of weights in PyTorch's serialisation of before version 1.6, without running anything it holds.

The file is five pickles (magic number, version, system facts, the object, the keys of its storages) and then the
storages: an int64 count and the raw elements each. The unpickler knows four names, all of which are bound to
functions of this file; any other name ends the reading.
"""

import io
import pickle
import struct

import numpy as np

from ..errors import ConversionError

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
LIMIT = 1 << 28


class Storage:
    """A flat array that tensors are views of; its elements stand at the end of the file."""

    def __init__(self, kind: np.dtype, count: int):
        self.kind, self.count, self.elements = kind, count, None


class View:
    """A tensor before its storage has been read."""

    def __init__(self, storage, offset, shape, strides, *_):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def array(self) -> np.ndarray:
        sizes = (self.offset, *self.shape, *self.strides)
        if len(self.shape) != len(self.strides) or not all(isinstance(n, int) and 0 <= n <= LIMIT for n in sizes):
            raise ValueError("a tensor has an impossible shape")
        last = self.offset + sum((n - 1) * stride for n, stride in zip(self.shape, self.strides))
        if 0 in self.shape or last >= self.storage.count:
            raise ValueError("a tensor does not lie in its storage")
        elements = self.storage.elements[self.offset :]
        steps = [stride * elements.itemsize for stride in self.strides]
        return np.ascontiguousarray(np.lib.stride_tricks.as_strided(elements, self.shape, steps, writeable=False))


class Named(dict):
    """Tensors by name; the file hangs a note on it that is not used."""


KINDS = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
NAMES = {
    ("collections", "OrderedDict"): Named,
    ("torch._utils", "_rebuild_tensor_v2"): View,
    ("torch", "FloatStorage"): "FloatStorage",
    ("torch", "LongStorage"): "LongStorage",
}


class RestrictedUnpickler(pickle.Unpickler):
    """Builds dictionaries, numbers, texts and views; nothing else can be named."""

    def __init__(self, file):
        super().__init__(file)
        self.storages: dict[str, Storage] = {}

    def find_class(self, module, name):
        try:
            return NAMES[module, name]
        except KeyError:
            raise ValueError(f"it names {module}.{name}") from None

    def persistent_load(self, identity):
        what, kind, key, _, count, view = identity
        if what != "storage" or view is not None or not 0 <= count <= LIMIT:
            raise ValueError("it holds something else than storages")
        return self.storages.setdefault(key, Storage(KINDS[kind], count))


def _read(file: io.BytesIO) -> dict[str, np.ndarray]:
    if RestrictedUnpickler(file).load() != MAGIC or RestrictedUnpickler(file).load() != VERSION:
        raise ValueError("its first numbers are others")
    RestrictedUnpickler(file).load()
    unpickler = RestrictedUnpickler(file)
    views = unpickler.load()
    for key in RestrictedUnpickler(file).load():
        storage = unpickler.storages[key]
        (count,) = struct.unpack("<q", file.read(8))
        content = file.read(storage.count * storage.kind.itemsize)
        if count != storage.count or len(content) != storage.count * storage.kind.itemsize:
            raise ValueError("it ends too early")
        storage.elements = np.frombuffer(content, storage.kind)
    return {name: view.array() for name, view in views.items()}


def read(content: bytes, path: str) -> dict[str, np.ndarray]:
    """The named tensors of the file."""
    try:
        return _read(io.BytesIO(content))
    except (pickle.UnpicklingError, ValueError, TypeError, KeyError, EOFError, struct.error, AttributeError,
            IndexError, OverflowError, MemoryError) as error:
        raise ConversionError(f"{path} is not the file of weights that is expected: {error}.") from None
