"""A small network of many operators, as a model file, for counting instructions: the same bytes on every machine.

Its weights are noise and its scales arbitrary: what a run costs does not depend on them.
"""

import hashlib
import json
import random
import struct
from pathlib import Path

INT8 = {"type": "int8", "scale": 0.02, "zero_point": 0}


class Sketch:
    def __init__(self, height: int, width: int, channels: int):
        self.noise = random.Random(20)
        self.tensors = [{"name": "image", "shape": [height, width, channels], **INT8}]
        self.operators: list[dict] = []
        self.entries: dict[str, dict] = {}
        self.data = bytearray()

    def shape(self, tensor: int) -> list[int]:
        return self.tensors[tensor]["shape"]

    def append(self, kind: str, inputs: list[int], shape: list[int], of=INT8, **attributes) -> int:
        output = len(self.tensors)
        name = f"{len(self.operators)}-{kind}"
        self.tensors.append({"name": name, "shape": shape, **of})
        self.operators.append({"kind": kind, "name": name, "inputs": inputs, "output": output, **attributes})
        return output

    def weights(self, runs: int, run_length: int, channels: int) -> dict:
        """Tensors in the layout k4n16 of FORMAT.md, whose fillings hold zeros."""
        depth, panels = -(-run_length // 4) * 4, -(-channels // 16)
        packed = bytearray(panels * runs * depth * 16)
        multiplier = [0.0] * (panels * 16)
        for channel in range(channels):
            for k in (run * depth + tap for run in range(runs) for tap in range(run_length)):
                place = ((channel // 16 * (runs * depth // 4) + k // 4) * 16 + channel % 16) * 4 + k % 4
                packed[place] = self.noise.randrange(-127, 128) & 0xFF
            multiplier[channel] = 0.5 / (runs * run_length) ** 0.5 / 73
        stem = str(len(self.operators))
        rounded = panels * 16
        for name, dtype, shape, data in (
            ("weights", "I8", [panels, runs * depth // 4, 16, 4], packed),
            ("bias", "I32", [2, rounded], bytes(8 * rounded)),
            ("multiplier", "F32", [rounded], struct.pack(f"<{rounded}f", *multiplier)),
        ):
            self.entries[f"{stem}.{name}"] = {
                "dtype": dtype, "shape": shape, "data_offsets": [len(self.data), len(self.data) + len(data)]}
            self.data += data
        return {name: f"{stem}.{name}" for name in ("weights", "bias", "multiplier")}

    def window(self, x: int, kernel: int, stride: int) -> tuple[list[int], dict]:
        """TensorFlow's SAME: output extents and attributes."""
        extents, margins = [], []
        for extent in self.shape(x)[:2]:
            extents.append(-(-extent // stride))
            margins.append(max(0, (extents[-1] - 1) * stride + kernel - extent))
        padding = [margins[0] // 2, margins[1] // 2, -(-margins[0] // 2), -(-margins[1] // 2)]
        return extents, {"kernel": [kernel] * 2, "stride": [stride] * 2, "padding": padding}

    def convolution(self, x: int, channels: int, kernel: int = 1, stride: int = 1, least: int = 0) -> int:
        extents, window = self.window(x, kernel, stride)
        weights = self.weights(kernel, kernel * self.shape(x)[2], channels)
        return self.append("convolution", [x], [*extents, channels], **window, groups=1, range=[least, 127], **weights)

    def depthwise(self, x: int, kernel: int, stride: int) -> int:
        extents, window = self.window(x, kernel, stride)
        channels = self.shape(x)[2]
        weights = self.weights(kernel, kernel, channels)
        return self.append("depthwise", [x], [*extents, channels], **window, range=[0, 127], **weights)

    def inverted_residual(self, x: int, expansion: int, channels: int, kernel: int, stride: int) -> int:
        y = self.convolution(x, self.shape(x)[2] * expansion)
        y = self.depthwise(y, kernel, stride)
        y = self.convolution(y, channels, least=-128)
        return self.append("add", [x, y], self.shape(y), range=[-128, 127]) if self.shape(x) == self.shape(y) else y

    def write(self, path: Path, name: str) -> None:
        graph = json.dumps({
            "tensors": self.tensors, "operators": self.operators, "input": 0, "output": len(self.tensors) - 1})
        digest = hashlib.sha256(graph.encode() + self.data).hexdigest()
        header = json.dumps({"__metadata__": {
            "linnet.format": "1", "linnet.name": name, "linnet.source": "noise", "linnet.license": "none",
            "linnet.graph": graph, "linnet.digest": f"sha256:{digest}"}, **self.entries}).encode()
        header += b" " * (-(8 + len(header)) % 64)
        path.write_bytes(struct.pack("<Q", len(header)) + header + self.data)


def write_small_network(path: Path) -> None:
    """A MobileNet of 96 × 96 pixels: both kinds of depthwise kernels, odd channels, a residual, a classifier."""
    sketch = Sketch(96, 96, 3)
    x = sketch.convolution(0, 12, kernel=3, stride=2)
    for channels, stride in ((21, 1), (32, 2)):
        x = sketch.convolution(sketch.depthwise(x, 3, stride), channels)
    for expansion, channels, kernel, stride in ((4, 32, 3, 1), (6, 40, 5, 2), (6, 40, 5, 1), (6, 72, 3, 2)):
        x = sketch.inverted_residual(x, expansion, channels, kernel, stride)
    x = sketch.convolution(x, 160)
    x = sketch.append("mean", [x], [1, 1, 160])
    x = sketch.append(
        "fully_connected", [x], [1, 1, 10], range=[-128, 127], **sketch.weights(1, 160, 10))
    sketch.append("softmax", [x], [1, 1, 10], of={"type": "float32"})
    sketch.write(path, "small")
