"""The command line of `linnet-convert`."""

import argparse
import os
import sys

import numpy as np

from . import bounds, container, head_file, model_file, passes, pictures, preprocessing, requantise_weights, taps
from .errors import USAGE, ConversionError

DESCRIPTION = """\
Turns a network into a model that Linnet runs. It reads full-integer .tflite (int8 or uint8), QDQ ONNX, and float ONNX,
which ONNX Runtime quantises first with pictures of yours; also EfficientNet-Lite0's float weights (.pth). By default the
network is cut at its embedding, and the classifier behind it can be kept as a head file."""

EPILOGUE = """\
preprocessing: by default the recipe follows the quantisation of the input, so that pixel p of 0…255 becomes code
p − 128: mean = zero point + 128, deviation = 1 / scale; a centred square of 0.875 of the shorter side, bicubic, RGB.
For float ONNX: torchvision's mean 123.675,116.28,103.53 and deviation 58.395,57.12,57.375.
A preprocessing file is a JSON object with any of fit, crop, filter, mean, deviation, order.

exit codes: 0 done; 1 the network cannot be converted; 64 wrong usage; 66 an input cannot be read; 74 the output
cannot be written."""


TORCH = b"\x80\x02\x8a\x0a"


class Parser(argparse.ArgumentParser):
    def error(self, message: str):
        raise ConversionError(f"{message}. Run linnet-convert --help for the usage.", USAGE)


def parser() -> argparse.ArgumentParser:
    p = Parser(prog="linnet-convert", description=DESCRIPTION, epilog=EPILOGUE, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("input", metavar="IN", help="the network: a .tflite, .onnx or .pth file")
    p.add_argument("-o", "--output", metavar="OUT.linnet", required=True, help="the model file to write")
    p.add_argument("--whole", action="store_true", help="keep the network to its output instead of cutting it at the embedding")
    p.add_argument("--head", metavar="OUT.head", help="write the classifier that follows the embedding as a head file")
    p.add_argument("--labels", metavar="FILE", help="the classes of the head, a line each (default: class 0, class 1, …)")
    p.add_argument("--tap", metavar="MAP", nargs="+", default=[], help="inner feature maps whose channel means and deviations "
                   "stand behind the embedding: names as `linnet inspect` shows them, or a number: the last map of so many channels")
    p.add_argument("--calibration", metavar="FOLDER", help="pictures like those to come, with which a float network is quantised (100 or more)")
    p.add_argument("--name", help="the model's short name (default: the input file's)")
    p.add_argument("--source", default="", help="where the weights come from (default: the input file's name)")
    p.add_argument("--license", default="unknown", help="licence of the weights, an SPDX identifier or words")
    recipe = p.add_argument_group("preprocessing")
    recipe.add_argument("--preprocessing", metavar="FILE", help="a JSON file; the options below go before it")
    recipe.add_argument("--fit", choices=("crop", "stretch"), help="take a centred square, or the whole picture out of proportion")
    recipe.add_argument("--crop", metavar="FRACTION", help="the square's side, as a fraction of the picture's shorter side")
    recipe.add_argument("--filter", choices=("bicubic", "bilinear"), help="how the part is resized")
    recipe.add_argument("--mean", metavar="M[,M,M]", help="pixel value that stands for zero, a channel or all")
    recipe.add_argument("--deviation", metavar="D[,D,D]", help="pixel steps that stand for one, a channel or all")
    recipe.add_argument("--order", choices=("RGB", "BGR"), help="the order of the channels")
    return p


def given_recipe(arguments) -> tuple[dict, dict]:
    """The values of the preprocessing file and of the options."""
    values = preprocessing.read(arguments.preprocessing) if arguments.preprocessing else {}
    names = ("fit", "crop", "filter", "mean", "deviation", "order")
    return values, {n: getattr(arguments, n) for n in names if getattr(arguments, n) is not None}


def recipe(arguments, chosen: preprocessing.Preprocessing | None) -> preprocessing.Preprocessing | None:
    """The defaults, then what the file says, then the options."""
    values, options = given_recipe(arguments)
    if chosen is None:
        if values or options:
            raise ConversionError(f"{arguments.input} takes no picture of three colours; leave preprocessing out.", USAGE)
        return None
    chosen = preprocessing.with_values(chosen, values, arguments.preprocessing)
    return preprocessing.with_values(chosen, options, "the command line")


def load(arguments):
    """Graph, recipe and classifier of the input file, which is recognised by its content."""
    path = arguments.input
    content = container.read_bytes(path)
    if not content:
        raise ConversionError(f"{path} is empty.")
    if content[:4] == TORCH:
        return load_weights(arguments, content)
    if content[4:8] == b"TFL3":
        from . import tflite_reader

        graph, chosen = tflite_reader.read(content, path), None
    else:
        from . import onnx_quantise, onnx_reader

        model, chosen = onnx_reader.parse(content, path), None
        if not onnx_reader.is_quantised(model):
            chosen = recipe(arguments, onnx_quantise.TORCHVISION)
            model = onnx_quantise.quantised(model, path, arguments.calibration, chosen)
        graph = onnx_reader.read(model, path)
    passes.simplify(graph, path)
    chosen = chosen or recipe(arguments, preprocessing.default(graph.input))
    operator = None if arguments.whole else passes.cut_at_embedding(graph)
    passes.rename(graph)
    requantise_weights.narrow(graph)
    if operator is None:
        return graph, chosen, None
    requantise_weights.shrink(operator)
    return graph, chosen, head_file.of_operator(operator)


def load_weights(arguments, content: bytes):
    """The same of EfficientNet-Lite0's float weights, quantised with the pictures given."""
    from .efficientnet_lite0 import network, quantiser, torch_file

    if arguments.whole or arguments.calibration is None:
        what = "cannot be kept --whole" if arguments.whole else "need --calibration with a folder of pictures"
        raise ConversionError(f"{arguments.input}: float weights {what}.", USAGE)
    tensors = torch_file.read(content, arguments.input)
    layers, chosen = network.equalised(tensors), recipe(arguments, network.RECIPE)
    if (chosen.mean, chosen.deviation) != (network.RECIPE.mean, network.RECIPE.deviation):
        raise ConversionError("EfficientNet-Lite0 wants mean 127 and deviation 128.", USAGE)
    extents = (network.EXTENT, network.EXTENT)
    views = [pictures.pixels(p, chosen, extents) for p in pictures.under(arguments.calibration)]
    graph = quantiser.quantised(layers, np.stack(views))
    return graph, chosen, network.classifier(tensors)


def convert(arguments) -> None:
    if arguments.head and arguments.whole:
        raise ConversionError("--head needs the cut at the embedding, so it cannot stand beside --whole.", USAGE)
    graph, chosen, classifier = load(arguments)
    taps.add(graph, arguments.tap, arguments.input)
    bounds.satisfy(graph, arguments.input)
    if arguments.head and classifier is None:
        raise ConversionError(f"{arguments.input} has no classifier after its embedding; leave --head out.")
    provenance = model_file.Provenance(
        arguments.name or graph.name, arguments.source or os.path.basename(arguments.input), arguments.license)
    content, digest = model_file.encode(graph, chosen, provenance)
    head = None
    if arguments.head:
        classes = head_file.class_names(arguments.labels, len(classifier.weights))
        head = head_file.encode(classifier, classes, digest, provenance, graph.dimension)
    container.write(arguments.output, content)
    shape = "×".join(str(n) for n in graph.output.shape)
    tapped = "".join(f", tap {t.name} {t.shape[2]}" for t in graph.taps)
    print(f"{arguments.output}: {provenance.name}, {len(graph.operators)} operators, output {shape}{tapped}, {len(content)} bytes")
    if head is not None:
        container.write(arguments.head, head)
        print(f"{arguments.head}: linear head, {len(head)} bytes")


def main(argv: list[str] | None = None) -> int:
    try:
        convert(parser().parse_args(argv))
    except ConversionError as error:
        print(f"linnet-convert: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130
    return 0
