"""The other engines, each behind the same few calls. A package is imported only in the process that runs it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .networks import Network


class Peer:
    """One engine with one network, in a process of its own."""

    key: str
    title: str
    package: str
    version: str
    # What holds it to a lower instruction set: environment variables by our names. Empty: it has no such option.
    held: dict[str, dict[str, str]] = {}

    @classmethod
    def forms(cls, network: Network, folder: Path, codes: np.ndarray) -> dict[str, Path]:
        """The files from which it can run a network, by a name for each; the fastest is measured. `codes` are inputs."""
        raise NotImplementedError

    def load(self, path: Path, threads: int) -> None:
        """Makes ready to run. The package is imported already: `imported`."""
        raise NotImplementedError

    @classmethod
    def imported(cls) -> None:
        raise NotImplementedError

    def give(self, codes: np.ndarray) -> None:
        """Takes int8 codes, rows × columns × channels, as the input of the next runs."""
        raise NotImplementedError

    def run(self) -> None:
        raise NotImplementedError

    def output(self) -> np.ndarray:
        """The codes of the last run, uint8 shifted by 128."""
        raise NotImplementedError

    def layers(self) -> tuple[int, int] | None:
        """Of the layers with weights, those that run on integers, and all; none if it cannot be told."""
        return None


def as_type(codes: np.ndarray, kind: type) -> np.ndarray:
    """int8 codes as a batch of one of int8 or uint8 codes."""
    return (codes if kind == np.int8 else (codes.astype(np.int16) + 128).astype(np.uint8))[None]


def as_codes(values: np.ndarray) -> np.ndarray:
    return values.ravel().astype(np.int16) - (128 if values.dtype == np.uint8 else 0)


class LiteRT(Peer):
    key, title, package, version = "litert", "LiteRT (XNNPACK)", "ai-edge-litert", "2.3.0"

    @classmethod
    def forms(cls, network, folder, codes):
        if network.tflite is not None:
            return {"tflite": network.tflite}
        from . import tflite_files

        written = folder / f"{network.source.stem}.tflite"
        tflite_files.export(network.graph, written)
        return {"tflite, written here": written}

    @classmethod
    def imported(cls):
        from ai_edge_litert.interpreter import Interpreter

        cls.Interpreter = Interpreter

    def load(self, path, threads):
        self.interpreter = self.Interpreter(str(path), num_threads=threads)
        self.interpreter.allocate_tensors()
        self.source, self.target = self.interpreter.get_input_details()[0], self.interpreter.get_output_details()[0]

    def give(self, codes):
        self.interpreter.set_tensor(self.source["index"], as_type(codes, self.source["dtype"]))

    def run(self):
        self.interpreter.invoke()

    def output(self):
        return as_codes(self.interpreter.get_tensor(self.target["index"]))

    def layers(self):
        kinds = [t["dtype"] for t in self.interpreter.get_tensor_details() if len(t["shape"]) == 4]
        return sum(k in (np.int8, np.uint8) for k in kinds), sum(k in (np.int8, np.uint8, np.float32) for k in kinds)


class ONNXRuntime(Peer):
    key, title, package, version = "onnxruntime", "ONNX Runtime", "onnxruntime", "1.31.1"

    @classmethod
    def forms(cls, network, folder, codes):
        return onnx_forms(network)

    @classmethod
    def imported(cls):
        import onnxruntime

        cls.module = onnxruntime

    def load(self, path, threads):
        options = self.module.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.path, self.options = path, options
        self.session = self.module.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.binding = self.session.io_binding()
        self.binding.bind_output("output")
        self.kind = np.uint8 if "uint8" in self.session.get_inputs()[0].type else np.int8

    def give(self, codes):
        self.given = as_type(codes, self.kind)
        self.binding.bind_cpu_input("input", self.given)

    def run(self):
        self.session.run_with_iobinding(self.binding)

    def output(self):
        return as_codes(self.binding.copy_outputs_to_cpu()[0])

    def layers(self):
        import onnx

        optimised = self.path.with_suffix(f".{os.getpid()}.optimised.onnx")
        self.options.optimized_model_filepath = str(optimised)
        self.module.InferenceSession(str(self.path), self.options, providers=["CPUExecutionProvider"])
        kinds = [node.op_type for node in onnx.load(optimised).graph.node]
        optimised.unlink()
        whole = sum(kind in ("QLinearConv", "QGemm", "ConvInteger", "MatMulInteger") for kind in kinds)
        return whole, whole + sum(kind in ("Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul") for kind in kinds)


class OpenVINO(Peer):
    key, title, package, version = "openvino", "OpenVINO", "openvino", "2026.4.1"
    held = {
        ours: {"ONEDNN_MAX_CPU_ISA": theirs, "OV_CPU_MAX_ISA": theirs}
        for ours, theirs in {"sse41": "SSE41", "avx2": "AVX2", "avxvnni": "AVX2_VNNI", "avx512vnni": "AVX512_CORE_VNNI"}.items()}

    @classmethod
    def forms(cls, network, folder, codes):
        return (onnx_forms(network) if network.onnx_uint8 else {}) | ({"tflite": network.tflite} if network.tflite else {})

    @classmethod
    def imported(cls):
        import openvino

        cls.module = openvino

    def load(self, path, threads):
        settings = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY"}
        self.model = self.module.Core().compile_model(str(path), "CPU", settings)
        self.request = self.model.create_infer_request()
        self.kind = self.model.input(0).element_type.to_dtype().type

    def give(self, codes):
        self.request.set_input_tensor(self.module.Tensor(as_type(codes, self.kind)))

    def run(self):
        self.request.infer()

    def output(self):
        return as_codes(self.request.get_output_tensor(0).data)

    def layers(self):
        described = [dict(node.get_rt_info().items()) for node in self.model.get_runtime_model().get_ops()]
        value = lambda entry, name: str(getattr(entry.get(name), "value", entry.get(name)))
        weighted = [d for d in described if value(d, "layerType") in ("Convolution", "FullyConnected", "MatMul")]
        return sum(value(d, "runtimePrecision").lower() in ("u8", "i8") for d in weighted), len(weighted)


class MNN(Peer):
    key, title, package, version = "mnn", "MNN", "MNN", "3.6.1"

    @classmethod
    def forms(cls, network, folder, codes):
        from . import mnn_files

        real = mnn_files.in_real_numbers(network, folder)
        files = {"real numbers": real, "quantised by MNN": mnn_files.quantised(network, real, codes)}
        for path in files.values():
            write_scales(network, path)
        return files

    @classmethod
    def imported(cls):
        import MNN

        cls.module = MNN

    def load(self, path, threads):
        self.scales, self.whole = Scales(path), ".int8." in path.name
        self.interpreter = self.module.Interpreter(str(path))
        self.session = self.interpreter.createSession({"backend": "CPU", "numThread": threads, "precision": "low"})
        self.source = self.interpreter.getSessionInput(self.session)
        self.target = self.interpreter.getSessionOutput(self.session)

    def tensor(self, values: np.ndarray):
        kind, order = self.module.Halide_Type_Float, self.module.Tensor_DimensionType_Caffe
        return self.module.Tensor(values.shape, kind, values, order)

    def give(self, codes):
        planes = self.scales.planes(codes)[None]
        self.source.copyFrom(self.tensor(planes))

    def run(self):
        self.interpreter.runSession(self.session)

    def output(self):
        zeros = np.zeros(self.target.getShape(), np.float32)
        values = self.tensor(zeros)
        self.target.copyToHostTensor(values)
        return self.scales.codes(np.array(values.getNumpyData()))

    def layers(self):
        return (1, 1) if self.whole else (0, 1)


class NCNN(Peer):
    key, title, package, version = "ncnn", "ncnn", "ncnn", "1.0.20261020"

    @classmethod
    def forms(cls, network, folder, codes):
        from . import ncnn_files

        files = {"int8": ncnn_files.export(network, folder, True), "real numbers": ncnn_files.export(network, folder, False)}
        for path in files.values():
            write_scales(network, path)
        return files

    @classmethod
    def imported(cls):
        import ncnn

        cls.module = ncnn

    def load(self, path, threads):
        self.scales, self.whole = Scales(path), ".int8." in path.name
        self.net = self.module.Net()
        self.net.opt.num_threads, self.net.opt.use_vulkan_compute = threads, False
        if self.net.load_param(str(path)) or self.net.load_model(str(path.with_suffix(".bin"))):
            raise ValueError("the files cannot be loaded")

    def give(self, codes):
        # The matrix does not own its numbers.
        self.planes = self.scales.planes(codes)
        self.source = self.module.Mat(self.planes)

    def run(self):
        extractor = self.net.create_extractor()
        extractor.input("b0", self.source)
        status, self.target = extractor.extract("output")
        if status:
            raise ValueError(f"a run ended with status {status}")

    def output(self):
        return self.scales.codes(np.array(self.target))

    def layers(self):
        return (1, 1) if self.whole else (0, 1)


class Scales:
    """What an engine that takes and gives real numbers needs to know of the codes."""

    def __init__(self, path: Path):
        (self.scale, self.zero_point), (self.out_scale, self.out_zero_point) = json.loads(scales_of(path).read_text())

    def planes(self, codes: np.ndarray) -> np.ndarray:
        """Real numbers, channels × rows × columns."""
        real = (codes.astype(np.float32) - self.zero_point) * self.scale
        return np.ascontiguousarray(real.transpose(2, 0, 1), np.float32)

    def codes(self, real: np.ndarray) -> np.ndarray:
        return np.clip(np.rint(real.ravel() / self.out_scale) + self.out_zero_point, -128, 127).astype(np.int16)


def scales_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.scales")


def write_scales(network: Network, path: Path) -> None:
    ends = (network.graph.input.quantisation, network.graph.output.quantisation)
    scales_of(path).write_text(json.dumps([(float(q.scale), int(q.zero_point)) for q in ends]))


def onnx_forms(network: Network) -> dict[str, Path]:
    """QDQ ONNX with uint8 and with int8 activations."""
    if network.onnx_uint8 is None:
        raise ValueError("the network has an operator for which there is no ONNX form here")
    return {"QDQ ONNX, uint8": network.onnx_uint8, "QDQ ONNX, int8": network.onnx_int8}


PEERS: dict[str, type[Peer]] = {peer.key: peer for peer in (LiteRT, ONNXRuntime, OpenVINO, MNN, NCNN)}
