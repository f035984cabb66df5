"""Golden vectors: small networks of every operator kind, with inputs and the reference interpreter's outputs."""

import os
import sys

import numpy as np

from . import bounds, container, model_file, taps
from .interpreter import Interpreter
from .sketch import Sketch

PROVENANCE = ("random weights", "Apache-2.0")


def pointwise():
    s = Sketch("pointwise", (5, 7, 3), 1)
    x = s.convolution(s.input, 13)
    x = s.convolution(x, 33, range=(-20, 90), zero_point=-128)
    return s.finish(s.convolution(x, 17, stride=(2, 3), zero_point=127))


def kernels():
    s = Sketch("kernels", (11, 9, 3), 2, zero_point=-128)
    x = s.convolution(s.input, 5, (3, 3), (2, 2), (0, 0, 1, 1))
    x = s.convolution(x, 7, (2, 3), padding=(1, 2, 0, 1))
    x = s.convolution(x, 6, (5, 5), padding=(2, 2, 2, 2), zero_point=-60)
    x = s.convolution(x, 4, (7, 7), padding=(3, 3, 3, 3))
    x = s.convolution(x, 5, (1, 7), padding=(0, 3, 0, 3))
    x = s.convolution(x, 3, (7, 1), padding=(3, 0, 3, 0))
    x = s.convolution(x, 19, (4, 6), (3, 2), (1, 2, 3, 3))
    return s.finish(x)


def groups():
    s = Sketch("groups", (6, 5, 6), 3, zero_point=127)
    x = s.convolution(s.input, 10, (3, 3), padding=(1, 1, 1, 1), groups=2)
    x = s.convolution(x, 35, groups=5)
    return s.finish(s.convolution(x, 14, (3, 2), (2, 1), (1, 0, 1, 1), groups=7))


def depthwise():
    s = Sketch("depthwise", (13, 10, 5), 4)
    x = s.depthwise(s.input, padding=(1, 1, 1, 1))
    x = s.depthwise(x, 3, (5, 5), (2, 2), (1, 2, 2, 2), range=(-90, 100))
    x = s.depthwise(x, 1, (7, 7), padding=(3, 3, 3, 3), zero_point=-128)
    x = s.depthwise(x, 2, (2, 3), (1, 3), (1, 1, 0, 1))
    x = s.depthwise(x, 1, (1, 1))
    return s.finish(s.depthwise(x, 1, (4, 1), (3, 1), (1, 0, 2, 0)))


def depthwise_wide():
    s = Sketch("depthwise-wide", (9, 9, 70), 5, zero_point=-128)
    x = s.depthwise(s.input, 1, (3, 3), (2, 2), (0, 0, 1, 1))
    return s.finish(s.depthwise(x, 1, (5, 5), padding=(2, 2, 2, 2)))


def saturation():
    """Multipliers above one, most outputs at the ends of the range, biases that the bounds clamp."""
    s = Sketch("saturation", (4, 4, 9), 6, zero_point=0)
    x = s.convolution(s.input, 20, (3, 3), padding=(1, 1, 1, 1), scale=1e-4, zero_point=0)
    s.graph.operators[-1].bias[::3] *= 60_000
    x = s.convolution(x, 12, gain=0.001, zero_point=127)
    x = s.convolution(x, 18, gain=20)
    return s.finish(s.fully_connected(x, 5, gain=300))


def fully_connected():
    s = Sketch("fully-connected", (3, 5, 7), 7)
    x = s.fully_connected(s.input, 37, range=(-128, 60))
    x = s.fully_connected(x, 16)
    return s.finish(s.fully_connected(x, 1))


def repeats():
    """Weights that no byte holds: 1×1, k×k with and without a border, grouped, in a chain, fully connected."""
    s = Sketch("repeats", (9, 10, 7), 22, zero_point=-19)
    x = s.convolution(s.input, 24, zero_point=-128, great=3)
    x = s.convolution(x, 21, (3, 3), padding=(1, 1, 1, 1), great=2)
    x = s.depthwise(x, padding=(1, 1, 1, 1), zero_point=-128)
    y = s.convolution(x, 40, zero_point=-128, great=1)
    y = s.depthwise(y, padding=(1, 1, 1, 1), zero_point=-128)
    y = s.convolution(y, 21, great=4)
    x = s.add(x, y, float(y.quantisation.scale) * 1.2)
    x = s.convolution(x, 14, (2, 3), great=2)
    x = s.convolution(x, 12, (3, 2), (2, 2), (0, 0, 1, 1), groups=2, great=2)
    return s.finish(s.fully_connected(x, 18, great=5))


def residual():
    """Two inverted residual blocks; a tensor that two operators read, and one that is added to itself."""
    s = Sketch("residual", (8, 8, 3), 8, zero_point=-1)
    x = s.convolution(s.input, 8, (3, 3), (2, 2), (0, 0, 1, 1), range=(-128, 127), zero_point=-128)
    for factor in (0.9, 1.4):
        y = s.convolution(x, 24, range=(-128, 120), zero_point=-128)
        y = s.depthwise(y, padding=(1, 1, 1, 1), range=(-128, 127), zero_point=-128)
        y = s.convolution(y, 8, zero_point=9)
        x = s.add(x, y, float(y.quantisation.scale) * factor, zero_point=-12)
    x = s.add(x, x, float(x.quantisation.scale) * 2.2, zero_point=0, range=(-50, 90))
    return s.finish(s.mean(x))


def additions():
    """Ratios of scales from the least to the greatest that the format allows, and the two inputs far apart."""
    s = Sketch("additions", (3, 3, 18), 9)
    x, unit = s.input, float(s.input.quantisation.scale)
    a = s.requantise(x, unit * 40, 17)
    b = s.requantise(x, unit / 30, -90)
    c = s.add(a, b, unit * 30)
    d = s.add(x, b, unit * 1.01, zero_point=127)
    e = s.add(c, d, unit * 900, zero_point=-100)
    f = s.add(e, x, unit * 8, range=(-100, 101))
    return s.finish(s.add(f, a, unit / 6, zero_point=1))


def pools():
    s = Sketch("pools", (10, 11, 6), 10, zero_point=20)
    x = s.pool("average_pool", s.input, (2, 2), (1, 1), (0, 0, 1, 1))
    x = s.pool("maximum_pool", x, (3, 3), (2, 2), (1, 1, 1, 1), range=(-70, 100))
    x = s.pool("average_pool", x, (3, 3), (1, 1), (1, 1, 1, 1), range=(-60, 60))
    x = s.pool("average_pool", x, (2, 4), (2, 1), scale=0.011, zero_point=-33)
    x = s.pool("average_pool", x, (1, 1), range=(-33, 100))
    return s.finish(s.pool("maximum_pool", x, (2, 1)))


def average_whole():
    s = Sketch("average-whole", (8, 8, 21), 11, zero_point=-128)
    return s.finish(s.pool("average_pool", s.input, (8, 8)))


def mean_codes():
    s = Sketch("mean-codes", (7, 6, 19), 12)
    return s.finish(s.mean(s.input, scale=0.004, zero_point=-9))


def mean_halves():
    """Means of which every second is a half: where rounding and the zero point meet."""
    s = Sketch("mean-halves", (1, 2, 64), 21, zero_point=3)
    return s.finish(s.mean(s.input, scale=0.017, zero_point=-8))


def mean_real():
    s = Sketch("mean-real", (7, 7, 35), 13, zero_point=-128)
    return s.finish(s.mean(s.input))


def shapes():
    s = Sketch("shapes", (4, 6, 3), 14, zero_point=44)
    x = s.pad(s.input, (1, 0, 2, 3))
    x = s.pool("maximum_pool", x, (2, 2))
    x = s.reshape(x, (8, 3, 6))
    x = s.pad(x, (0, 1, 0, 0))
    return s.finish(s.reshape(x, (1, 1, x.count)))


def concatenations():
    s = Sketch("concatenations", (5, 4, 5), 15)
    a = s.convolution(s.input, 7)
    b = s.depthwise(s.input, padding=(1, 1, 1, 1))
    c = s.concatenation([a, s.input, b], float(a.quantisation.scale), a.quantisation.zero_point)
    d = s.concatenation([c, c], float(c.quantisation.scale) * 0.7, -20)
    return s.finish(s.convolution(d, 9))


def requantised():
    s = Sketch("requantised", (3, 4, 17), 16)
    x = s.requantise(s.input, 0.009, 60)
    x = s.requantise(x, 0.07, -128)
    x = s.requantise(x, 0.07 * 300, 9)
    return s.finish(s.requantise(x, 0.07, -31))


def real_codes():
    s = Sketch("real-codes", (3, 4, 5), 17)
    return s.finish(s.dequantise(s.requantise(s.input, 0.03, 12)))


def softmax_codes():
    s = Sketch("softmax-codes", (2, 2, 8), 18)
    return s.finish(s.softmax(s.fully_connected(s.input, 23)))


def softmax_real():
    s = Sketch("softmax-real", (2, 3, 11), 19)
    return s.finish(s.softmax(s.requantise(s.input, 0.09, 30), is_float=True))


def classifier():
    """A whole small network from picture to probabilities."""
    s = Sketch("classifier", (16, 16, 3), 20, zero_point=-1)
    x = s.convolution(s.input, 8, (3, 3), (2, 2), (0, 0, 1, 1), zero_point=-128)
    x = s.depthwise(x, padding=(1, 1, 1, 1), zero_point=-128)
    x = s.convolution(x, 16, zero_point=3)
    y = s.depthwise(x, kernel=(5, 5), padding=(2, 2, 2, 2), zero_point=-128)
    y = s.convolution(y, 16, zero_point=-2)
    x = s.add(x, y, float(y.quantisation.scale) * 1.3)
    x = s.pool("maximum_pool", x, (2, 2), (2, 2))
    x = s.mean(x, scale=float(x.quantisation.scale) / 2)
    return s.finish(s.softmax(s.fully_connected(x, 10, gain=0.5)))


def tapped():
    """Taps of a map inside what would be one chain, of one that is added to, of one of many positions, and of constants."""
    s = Sketch("tapped", (13, 12, 5), 23, zero_point=-1)
    a = s.convolution(s.input, 21, (3, 3), padding=(1, 1, 1, 1), zero_point=-128)
    b = s.depthwise(a, padding=(1, 1, 1, 1), zero_point=19)
    c = s.convolution(b, 16, (3, 3), (2, 2), (0, 0, 1, 1), zero_point=3)
    d = s.convolution(c, 16, zero_point=-2)
    e = s.add(c, d, float(d.quantisation.scale) * 1.3)
    f = s.convolution(e, 34, zero_point=127, range=(90, 127))
    s.mean(s.convolution(f, 33), scale=float(f.quantisation.scale))
    graph = s.finish(s.graph.operators[-1].output)
    for tensor in (c, e, b, f, s.input):
        taps.tap(graph, tensor)
    return graph


def cascade(seed: int):
    """A chain of operators, extents and channels drawn at random."""
    s = Sketch(f"cascade-{seed}", (9, 8, 1 + seed * 5 % 7), 100 + seed, zero_point=int(37 * seed % 255) - 128)
    r, x = np.random.default_rng(seed), s.input
    draw = lambda low, high: int(r.integers(low, high + 1))
    for _ in range(7):
        kernel = (draw(1, min(5, x.shape[0])), draw(1, min(5, x.shape[1])))
        padding = tuple(draw(0, kernel[i % 2] - 1) for i in range(4))
        window = {"kernel": kernel, "stride": (draw(1, 2), draw(1, 2)), "padding": padding}
        zero_point, least = draw(-128, 127), draw(-128, -20)
        kind = draw(0, 5)
        if kind <= 1:
            x = s.convolution(x, draw(1, 20), zero_point=zero_point, range=(least, draw(20, 127)), **window)
        elif kind == 2:
            x = s.depthwise(x, draw(1, 2) if x.shape[2] < 16 else 1, zero_point=zero_point, **window)
        elif kind == 3:
            x = s.pool("average_pool" if draw(0, 1) else "maximum_pool", x, kernel, window["stride"], padding)
        elif kind == 4:
            y = s.convolution(x, x.shape[2], zero_point=zero_point)
            x = s.add(x, y, float(y.quantisation.scale) * draw(1, 9) / 4, zero_point=draw(-128, 127))
        else:
            y = s.convolution(x, draw(1, 6), (1, 1), zero_point=zero_point)
            x = s.concatenation([y, x], float(x.quantisation.scale) * draw(2, 9) / 4, draw(-128, 127))
    return s.finish(s.mean(x))


NETWORKS = [
    pointwise, kernels, groups, depthwise, depthwise_wide, saturation, fully_connected, residual, additions, pools,
    average_whole, mean_codes, mean_real, shapes, concatenations, requantised, real_codes, softmax_codes, softmax_real,
    classifier, mean_halves,
]


def inputs(shape: tuple[int, int, int], seed: int) -> np.ndarray:
    """Random codes, the two ends, and rows that jump between the ends."""
    random = np.random.default_rng(seed)
    batch = random.integers(-128, 128, (5, *shape)).astype(np.int8)
    batch[1], batch[2] = -128, 127
    batch[3] = np.where(random.integers(0, 2, shape) == 1, 127, -128)
    return batch


def write(folder: str) -> None:
    """NAME.linnet and NAME.golden.safetensors for each network: tensors `input`, `output` and, where it has taps, `vector`,
    the batch leading."""
    os.makedirs(folder, exist_ok=True)
    total = 0
    graphs = [make() for make in NETWORKS] + [cascade(n) for n in range(1, 13)] + [repeats(), tapped()]
    for seed, graph in enumerate(graphs):
        bounds.satisfy(graph, graph.name)
        content, _ = model_file.encode(graph, None, model_file.Provenance(graph.name, *PROVENANCE))
        codes = inputs(graph.input.shape, seed)
        model = Interpreter(content)
        tensors = {"input": codes, "output": model.run(codes), "vector": model.vectors(codes)}
        golden = container.encode(tensors if graph.taps else dict(list(tensors.items())[:2]), {"network": graph.name})
        container.write(os.path.join(folder, f"{graph.name}.linnet"), content)
        container.write(os.path.join(folder, f"{graph.name}.golden.safetensors"), golden)
        total += len(content) + len(golden)
    print(f"{folder}: {seed + 1} networks, {total} bytes")


if __name__ == "__main__":
    write(sys.argv[1])
