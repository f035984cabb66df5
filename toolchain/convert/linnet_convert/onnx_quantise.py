"""Float ONNX is quantised by ONNX Runtime's static quantiser with the pictures given, and so becomes QDQ ONNX."""

import os
import tempfile

import numpy as np
import onnx

from .errors import USAGE, ConversionError
from .pictures import tensor, under
from .preprocessing import Preprocessing

TORCHVISION = Preprocessing(mean=(123.675, 116.28, 103.53), deviation=(58.395, 57.12, 57.375))


class Feed:
    """What the quantiser asks for its inputs."""

    def __init__(self, files: list[str], recipe: Preprocessing, name: str, extents: tuple[int, int], first: bool):
        self.files, self.recipe, self.name, self.extents, self.first = iter(files), recipe, name, extents, first

    def get_next(self) -> dict[str, np.ndarray] | None:
        path = next(self.files, None)
        if path is None:
            return None
        real = tensor(path, self.recipe, self.extents)
        return {self.name: real.transpose(2, 0, 1)[None] if self.first else real[None]}


def shape_of_input(model: onnx.ModelProto, path: str) -> tuple[str, tuple[int, int], bool]:
    """Name, extents, and whether channels stand first."""
    stored = {t.name for t in model.graph.initializer}
    inputs = [i for i in model.graph.input if i.name not in stored]
    shape = [d.dim_value for d in inputs[0].type.tensor_type.shape.dim] if len(inputs) == 1 else []
    if len(shape) != 4 or 3 not in (shape[1], shape[3]) or min(shape[1:]) < 1:
        raise ConversionError(f"{path} does not take one picture of three colours and fixed extents, so pictures cannot calibrate it.")
    first = shape[1] == 3
    return inputs[0].name, tuple(shape[2:] if first else shape[1:3]), first


def quantised(model: onnx.ModelProto, path: str, folder: str | None, recipe: Preprocessing) -> onnx.ModelProto:
    """The QDQ model: int8 activations per tensor, int8 weights per channel."""
    if folder is None:
        raise ConversionError(f"{path} is float ONNX; give --calibration a folder of pictures to quantise it with.", USAGE)
    files = under(folder)
    name, extents, first = shape_of_input(model, path)
    import logging

    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    logging.getLogger().setLevel(logging.ERROR)
    reader = type("Reader", (Feed, CalibrationDataReader), {})(files, recipe, name, extents, first)
    with tempfile.TemporaryDirectory() as temporary:
        places = [os.path.join(temporary, part) for part in ("float.onnx", "prepared.onnx", "qdq.onnx")]
        onnx.save(model, places[0])
        try:
            quant_pre_process(places[0], places[1], skip_symbolic_shape=True)
            quantize_static(
                places[1], places[2], reader, quant_format=QuantFormat.QDQ, per_channel=True,
                activation_type=QuantType.QInt8, weight_type=QuantType.QInt8)
        except ConversionError:
            raise
        except Exception as error:
            raise ConversionError(f"{path}: ONNX Runtime cannot quantise it: {str(error).splitlines()[0]}.") from None
        return onnx.load(places[2])
