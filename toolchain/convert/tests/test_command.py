import json
import os

import numpy as np
import pytest
from PIL import Image

import onnx_networks
import tflite_files as files
from linnet_convert import container
from linnet_convert.command import main
from linnet_convert.interpreter import Interpreter


def network() -> bytes:
    f = files.File()
    x = f.tensor("x", [1, 8, 8, 3], scale=1 / 128, zero_point=-1)
    middle = f.tensor("m", [1, 8, 8, 5], scale=0.02, zero_point=-128)
    pooled = f.tensor("p", [1, 1, 1, 5], scale=0.02, zero_point=-128)
    y = f.tensor("y", [1, 1, 1, 4], scale=0.1, zero_point=3)
    files.convolution(f, x, 5, middle, activation=files.RELU)
    f.operator("AVERAGE_POOL_2D", [middle], [pooled], "Pool2DOptions", Padding=files.VALID, StrideH=1, StrideW=1, FilterHeight=8, FilterWidth=8)
    files.convolution(f, pooled, 4, y, kernel=(1, 1))
    return f.finish([x], [y])


@pytest.fixture
def place(tmp_path):
    (tmp_path / "net.tflite").write_bytes(network())
    return tmp_path


def run(place, *arguments):
    return main([str(place / a) if "." in a and a[0].isalpha() else a for a in arguments])


def test_a_model_and_its_head(place):
    (place / "labels.txt").write_text("a\nb\n\nc d\ne\n")
    assert run(place, "net.tflite", "-o", "net.linnet", "--head", "net.head", "--labels", "labels.txt", "--license", "MIT") == 0
    model = Interpreter((place / "net.linnet").read_bytes())
    tensors, metadata = container.decode((place / "net.head").read_bytes(), "head")
    assert metadata["linnet.backbone"] == model.metadata["linnet.digest"] and metadata["linnet.license"] == "MIT"
    assert json.loads(metadata["linnet.classes"]) == ["a", "b", "c d", "e"] and metadata["linnet.dimension"] == "5"
    assert run(place, "net.tflite", "-o", "whole.linnet", "--whole") == 0
    whole = Interpreter((place / "whole.linnet").read_bytes())
    codes = np.random.default_rng(0).integers(-128, 128, (9, 8, 8, 3)).astype(np.int8)
    embedding = model.run(codes).reshape(9, 5)
    logits = embedding @ (tensors["weights"] * tensors["weights.scale"][:, None]).T + tensors["bias"]
    codes_of_whole = whole.run(codes).reshape(9, 4)
    saturated = np.abs(codes_of_whole.astype(int)) >= 127
    assert np.abs((codes_of_whole - 3) * 0.1 - logits)[~saturated].max() < 0.12


def test_the_same_input_gives_the_same_bytes(place):
    run(place, "net.tflite", "-o", "a.linnet", "--name", "n")
    run(place, "net.tflite", "-o", "b.linnet", "--name", "n")
    assert (place / "a.linnet").read_bytes() == (place / "b.linnet").read_bytes()


def test_the_recipe_of_options(place):
    assert run(place, "net.tflite", "-o", "net.linnet", "--crop", "0.9", "--mean", "1,2,3", "--order", "BGR") == 0
    recipe = json.loads(container.decode((place / "net.linnet").read_bytes(), "m")[1]["linnet.graph"])["preprocessing"]
    assert recipe == {"fit": "crop", "crop": 0.9, "filter": "bicubic", "mean": [1, 2, 3], "deviation": [128, 128, 128], "order": "BGR"}


def test_float_onnx_is_quantised_with_the_pictures_given(place):
    s = onnx_networks.Sketch([1, 3, 16, 16])
    x = s.node("GlobalAveragePool", [s.node("Relu", [s.conv("x", 3, 6, 3)])])
    (place / "net.onnx").write_bytes(s.model(s.gemm(s.node("Flatten", [x]), 6, 3)).SerializeToString())
    random = np.random.default_rng(0)
    for i in range(4):
        Image.fromarray(random.integers(0, 256, (20, 24, 3)).astype(np.uint8)).save(place / f"p{i}.png")
    assert run(place, "net.onnx", "-o", "net.linnet", "--head", "net.head", "--calibration", str(place)) == 0
    assert Interpreter((place / "net.linnet").read_bytes()).input_shape() == (16, 16, 3)


def failures():
    yield 66, "cannot be read", ["absent.tflite", "-o", "x.linnet"]
    yield 66, "cannot be read", ["folder.d", "-o", "x.linnet"]
    yield 1, "is empty", ["empty.tflite", "-o", "x.linnet"]
    yield 1, "damaged", ["cut.tflite", "-o", "x.linnet"]
    yield 1, "neither a .tflite nor a sound .onnx", ["text.tflite", "-o", "x.linnet"]
    yield 64, "--help", ["net.tflite"]
    yield 64, "--help", ["net.tflite", "-o", "x.linnet", "--nonsense"]
    yield 64, "--whole", ["net.tflite", "-o", "x.linnet", "--whole", "--head", "x.head"]
    yield 64, "names 2 classes but the classifier has 4", ["net.tflite", "-o", "x.linnet", "--head", "x.head", "--labels", "two.txt"]
    yield 66, "cannot be read", ["net.tflite", "-o", "x.linnet", "--head", "x.head", "--labels", "absent.txt"]
    yield 64, "not JSON", ["net.tflite", "-o", "x.linnet", "--preprocessing", "two.txt"]
    yield 64, "crop", ["net.tflite", "-o", "x.linnet", "--crop", "2"]
    yield 74, "cannot be written", ["net.tflite", "-o", "none.d/x.linnet"]
    yield 64, "give --calibration", ["float.onnx", "-o", "x.linnet"]
    yield 64, "need --calibration", ["weights.pth", "-o", "x.linnet"]
    yield 1, "is not the file of weights", ["weights.pth", "-o", "x.linnet", "--calibration", "folder.d"]
    yield 66, "holds no .jpg or .png", ["float.onnx", "-o", "x.linnet", "--calibration", "folder.d"]


@pytest.mark.parametrize("code,sentence,arguments", list(failures()))
def test_failures_are_one_sentence_and_leave_nothing(place, capsys, code, sentence, arguments):
    (place / "folder.d").mkdir()
    (place / "empty.tflite").write_bytes(b"")
    (place / "cut.tflite").write_bytes(network()[:700])
    (place / "text.tflite").write_text("hello, this is no network")
    (place / "weights.pth").write_bytes(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.")
    (place / "two.txt").write_text("a\nb\n")
    (place / "float.onnx").write_bytes(onnx_networks.picture_network().SerializeToString())
    before = sorted(os.listdir(place))
    assert run(place, *arguments) == code
    message = capsys.readouterr().err
    assert message.startswith("linnet-convert: ") and message.count("\n") == 1 and sentence in message
    assert sorted(os.listdir(place)) == before
