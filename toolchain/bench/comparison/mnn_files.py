"""A network in MNN's format: in real numbers, and quantised by MNN's own tool.

MNN takes neither QDQ ONNX nor every quantised .tflite, so its converter gets real numbers and its calibration the inputs
that the answers are compared on. The tools are called below their command line, which would report its use over the network.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from . import real_onnx
from .networks import Network
from .runners import Failed, shortened

TOOL = "import sys, _tools; getattr(_tools, sys.argv[1])(sys.argv[1:])"
SAMPLES = 20


def _call(*arguments: str) -> None:
    run = subprocess.run([sys.executable, "-c", TOOL, *arguments], capture_output=True, text=True)
    if run.returncode:
        raise Failed(shortened(f"{arguments[0]} ended with {run.returncode}: {run.stderr}"))


def in_real_numbers(network: Network, folder: Path) -> Path:
    source = folder / f"{network.source.stem}.real.onnx"
    target = source.with_suffix(".mnn")
    real_onnx.export(network.graph, source)
    _call("mnnconvert", "-f", "ONNX", "--modelFile", str(source), "--MNNModel", str(target), "--bizCode", "x")
    return target


def quantised(network: Network, real: Path, codes: np.ndarray) -> Path:
    """By Kullback-Leibler divergence over the activations and the greatest magnitude of each channel's weights."""
    height, width, channels = network.shape
    if channels != 3:
        raise Failed("its calibration takes colour pictures only")
    pictures = real.with_suffix(".pictures")
    pictures.mkdir()
    for number, values in enumerate(codes[:SAMPLES]):
        Image.fromarray((values.astype(np.int16) + 128).astype(np.uint8)).save(pictures / f"{number}.png")
    quantisation = network.graph.input.quantisation
    recipe, target = real.with_suffix(".json"), real.with_suffix(".int8.mnn")
    recipe.write_text(json.dumps({
        "format": "RGB", "mean": [float(quantisation.zero_point + 128)] * 3, "normal": [float(quantisation.scale)] * 3,
        "width": width, "height": height, "path": f"{pictures}/", "used_sample_num": len(codes[:SAMPLES]), "batch_size": 1,
        "feature_quantize_method": "KL", "weight_quantize_method": "MAX_ABS", "input_type": "image"}))
    _call("mnnquant", str(real), str(target), str(recipe))
    return target
