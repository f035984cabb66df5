"""Writes small `.tflite` files, so that every operator can be read without TensorFlow."""

import flatbuffers
import numpy as np
import tflite

TYPES = {"int8": tflite.TensorType.INT8, "uint8": tflite.TensorType.UINT8, "int32": tflite.TensorType.INT32,
         "float32": tflite.TensorType.FLOAT32}


class File:
    """A file drawn one tensor and operator after another."""

    def __init__(self):
        self.builder = flatbuffers.Builder(1024)
        self.tensors, self.buffers, self.operators, self.codes = [], [b""], [], []

    def tensor(self, name, shape, kind="int8", scale=None, zero_point=0, values=None, axis=0) -> int:
        if values is not None:
            self.buffers.append(np.ascontiguousarray(values).tobytes())
        self.tensors.append((name, list(shape), kind, scale, zero_point, len(self.buffers) - 1 if values is not None else 0, axis))
        return len(self.tensors) - 1

    def constant(self, name, values, scale=None, zero_point=0, axis=0) -> int:
        values = np.asarray(values)
        return self.tensor(name, values.shape, values.dtype.name, scale, zero_point, values, axis)

    def operator(self, kind, inputs, outputs, options=None, **fields) -> None:
        """`options` names a table of the schema; `fields` are its values."""
        code = getattr(tflite.BuiltinOperator, kind)
        if code not in self.codes:
            self.codes.append(code)
        self.operators.append((self.codes.index(code), inputs, outputs, options, fields))

    def _vector(self, values, kind) -> int:
        b = self.builder
        return b.CreateNumpyVector(np.asarray(values, kind))

    def _offsets(self, start, offsets) -> int:
        start(self.builder, len(offsets))
        for offset in reversed(offsets):
            self.builder.PrependUOffsetTRelative(offset)
        return self.builder.EndVector()

    def _tensor(self, name, shape, kind, scale, zero_point, buffer, axis) -> int:
        b, quantisation = self.builder, None
        text, extents = b.CreateString(name), self._vector(shape, np.int32)
        if scale is not None:
            scales = self._vector(np.atleast_1d(scale), np.float32)
            points = self._vector(np.broadcast_to(zero_point, np.atleast_1d(scale).shape), np.int64)
            tflite.QuantizationParametersStart(b)
            tflite.QuantizationParametersAddScale(b, scales)
            tflite.QuantizationParametersAddZeroPoint(b, points)
            tflite.QuantizationParametersAddQuantizedDimension(b, axis)
            quantisation = tflite.QuantizationParametersEnd(b)
        tflite.TensorStart(b)
        tflite.TensorAddName(b, text)
        tflite.TensorAddShape(b, extents)
        tflite.TensorAddType(b, TYPES[kind])
        tflite.TensorAddBuffer(b, buffer)
        if quantisation is not None:
            tflite.TensorAddQuantization(b, quantisation)
        return tflite.TensorEnd(b)

    def _options(self, table, fields) -> int:
        getattr(tflite, f"{table}Start")(self.builder)
        for name, value in fields.items():
            getattr(tflite, f"{table}Add{name}")(self.builder, value)
        return getattr(tflite, f"{table}End")(self.builder)

    def _operator(self, code, inputs, outputs, table, fields) -> int:
        b = self.builder
        read, made = self._vector(inputs, np.int32), self._vector(outputs, np.int32)
        options = self._options(table, fields) if table else None
        tflite.OperatorStart(b)
        tflite.OperatorAddOpcodeIndex(b, code)
        tflite.OperatorAddInputs(b, read)
        tflite.OperatorAddOutputs(b, made)
        if table:
            tflite.OperatorAddBuiltinOptionsType(b, getattr(tflite.BuiltinOptions, table))
            tflite.OperatorAddBuiltinOptions(b, options)
        return tflite.OperatorEnd(b)

    def _code(self, code) -> int:
        tflite.OperatorCodeStart(self.builder)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(self.builder, min(code, 127))
        tflite.OperatorCodeAddBuiltinCode(self.builder, code)
        tflite.OperatorCodeAddVersion(self.builder, 1)
        return tflite.OperatorCodeEnd(self.builder)

    def _buffer(self, content) -> int:
        data = self.builder.CreateByteVector(content) if content else None
        tflite.BufferStart(self.builder)
        if content:
            tflite.BufferAddData(self.builder, data)
        return tflite.BufferEnd(self.builder)

    def finish(self, inputs, outputs) -> bytes:
        b = self.builder
        tensors = self._offsets(tflite.SubGraphStartTensorsVector, [self._tensor(*t) for t in self.tensors])
        operators = self._offsets(tflite.SubGraphStartOperatorsVector, [self._operator(*o) for o in self.operators])
        read, made = self._vector(inputs, np.int32), self._vector(outputs, np.int32)
        tflite.SubGraphStart(b)
        tflite.SubGraphAddTensors(b, tensors)
        tflite.SubGraphAddInputs(b, read)
        tflite.SubGraphAddOutputs(b, made)
        tflite.SubGraphAddOperators(b, operators)
        graphs = self._offsets(tflite.ModelStartSubgraphsVector, [tflite.SubGraphEnd(b)])
        codes = self._offsets(tflite.ModelStartOperatorCodesVector, [self._code(c) for c in self.codes])
        buffers = self._offsets(tflite.ModelStartBuffersVector, [self._buffer(c) for c in self.buffers])
        tflite.ModelStart(b)
        tflite.ModelAddVersion(b, 3)
        tflite.ModelAddOperatorCodes(b, codes)
        tflite.ModelAddSubgraphs(b, graphs)
        tflite.ModelAddBuffers(b, buffers)
        b.Finish(tflite.ModelEnd(b), b"TFL3")
        return bytes(b.Output())


NONE, RELU, RELU6 = tflite.ActivationFunctionType.NONE, tflite.ActivationFunctionType.RELU, tflite.ActivationFunctionType.RELU6
SAME, VALID = tflite.Padding.SAME, tflite.Padding.VALID


def convolution(file, x, channels, y, kernel=(3, 3), stride=(1, 1), padding=SAME, activation=NONE, seed=0, kind="int8", **more):
    """A CONV_2D with random weights, per channel for int8, with a zero point for uint8."""
    random, scale = np.random.default_rng(seed), 0.01
    inner = file.tensors[x][1][3]
    if kind == "int8":
        scale = np.full(channels, scale) * random.uniform(0.5, 1, channels)
        weights = file.constant(f"w{y}", random.integers(-127, 128, (channels, *kernel, inner)).astype(np.int8), scale)
    else:
        weights = file.constant(f"w{y}", random.integers(0, 256, (channels, *kernel, inner)).astype(np.uint8), scale, 120)
    unit = np.float32(file.tensors[x][3]) * np.float32(scale)
    bias = file.constant(f"b{y}", random.integers(-500, 500, channels).astype(np.int32), unit)
    file.operator("CONV_2D", [x, weights, bias], [y], "Conv2DOptions", Padding=padding, StrideH=stride[0], StrideW=stride[1],
                  FusedActivationFunction=activation, DilationHFactor=more.get("dilation", 1), DilationWFactor=1)
