"""The networks to compare on, in the form that each engine reads."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from linnet_convert import bounds, command, container, model_file, requantise_weights
from linnet_convert.errors import ConversionError
from linnet_convert.graph import WEIGHTED, Graph, Operator
from PIL import Image

from . import linnet_reader, qdq_onnx

USUAL = {
    "tflite/efficientnet_lite0_224_int8.tflite": "EfficientNet-Lite0 224, int8",
    "weights/coral/tf2_mobilenet_v2_1.0_224_ptq.tflite": "MobileNetV2 1.0 224, int8",
    "tflite/mobilenet_v2_1.0_224_quant.tflite": "MobileNetV2 1.0 224, uint8",
    "tflite/mobilenet_v1_1.0_224_quant_embedding_extractor.tflite": "MobileNetV1 1.0 224 embedding, uint8",
    "tflite/mobilenet_v1_0.25_128_quant.tflite": "MobileNetV1 0.25 128, uint8",
    "tflite/vww_96_int8.tflite": "VWW 96, int8",
    "tflite/pretrainedResnet_quant.tflite": "ResNet-8 32, int8",
}
SHIPPED = "models/efficientnet-lite0.linnet"
CROP = 224 / 256


@dataclass
class Network:
    """One network and the files made of it."""

    title: str
    source: Path
    graph: Graph
    linnet: Path
    tflite: Path | None
    onnx_uint8: Path | None
    onnx_int8: Path | None

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.graph.input.shape


def macs(operator: Operator) -> int:
    """Multiply-accumulates of an operator that has weights."""
    positions = operator.output.shape[0] * operator.output.shape[1]
    return int(np.prod(operator.weights.shape)) * (1 if operator.kind == "fully_connected" else positions)


def total_macs(graph: Graph) -> int:
    return sum(macs(operator) for operator in graph.operators if operator.kind in WEIGHTED)


def prepare(source: Path, folder: Path) -> Network:
    """Converts a network once: what Linnet runs, and the same graph as QDQ ONNX. Raises ConversionError.

    Weights that Linnet meets twice are scaled down for the others, who want int8."""
    stem = folder / source.stem
    linnet = stem.with_name(f"{stem.name}.linnet")
    graph = _graph(source, linnet)
    bounds.satisfy(graph, str(source))
    linnet.write_bytes(model_file.encode(graph, None, model_file.Provenance(graph.name, source.name, "unknown"))[0])
    requantise_weights.shrink_repeated(graph)
    written = {}
    for kind in (np.uint8, np.int8):
        path = stem.with_name(f"{stem.name}.{kind.__name__}.onnx")
        try:
            qdq_onnx.export(graph, path, kind)
            written[kind] = path
        except qdq_onnx.Unsupported:
            written[kind] = None
    titles = USUAL | {SHIPPED: "EfficientNet-Lite0 224, as shipped"}
    title = next((title for name, title in titles.items() if source.name == Path(name).name), source.stem)
    tflite = source if source.suffix == ".tflite" else None
    return Network(title, source, graph, linnet, tflite, written[np.uint8], written[np.int8])


def _graph(source: Path, target: Path) -> Graph:
    if source.suffix != ".linnet":
        return command.load(command.parser().parse_args([str(source), "--output", str(target), "--whole"]))[0]
    graph = linnet_reader.read(container.read_bytes(str(source)), str(source))
    requantise_weights.narrow(graph)
    return graph


def inputs(network: Network, data: Path, count: int) -> dict[str, np.ndarray]:
    """int8 codes to compare answers on: noise, and pictures for a network that takes them, evenly taken."""
    noise = np.random.default_rng(0).integers(-128, 128, (count, *network.shape)).astype(np.int8)
    files = sorted((data / "imagenet-samples").glob("*.jpg")) if network.shape[2] == 3 else []
    files = [files[i * len(files) // count] for i in range(count)] if files else []
    return {"noise": noise} | ({"pictures": np.stack([_crop(f, network.shape) for f in files])} if files else {})


def _crop(path: Path, shape: tuple[int, int, int]) -> np.ndarray:
    """The centre of a picture as codes, pixel − 128."""
    picture = Image.open(path).convert("RGB")
    side = int(CROP * min(picture.size))
    left, top = ((extent - side + 1) // 2 for extent in picture.size)
    cut = picture.crop((left, top, left + side, top + side)).resize((shape[1], shape[0]), Image.BICUBIC)
    return (np.asarray(cut).astype(np.int16) - 128).astype(np.int8)


__all__ = ["SHIPPED", "USUAL", "ConversionError", "Network", "inputs", "prepare", "total_macs"]
