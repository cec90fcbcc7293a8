"""ONNX models, and parts of them, so that what two runs have in common is computed once.

`part` rewrites the serialized model: ONNX is a protobuf message, of which only the names of
nodes, initializers, inputs and outputs are read, and the rest is copied byte by byte, so that
the suite needs no protobuf schema. Field numbers are those of onnx.proto 3 (onnx.ai).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .chatter import held_back
from .weights import Weights

MODEL_GRAPH = 7
NODE, NAME, INITIALIZER, INPUT, OUTPUT = 1, 2, 5, 11, 12  # of GraphProto
NODE_INPUT, NODE_OUTPUT = 1, 2
TENSOR_NAME, VALUE_NAME = 8, 1
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types
FLOAT_TENSOR = b"\x12\x04\x0a\x02\x08\x01"  # ValueInfoProto.type: tensor of float32, any shape


def session(model: bytes | str) -> Any:
    """An onnxruntime session of a model, or of its file's path, on one CPU thread: the suite's
    workers are processes.

    onnxruntime ignores OMP_NUM_THREADS; two processes with its default threads gain nothing.
    """
    with held_back():  # it looks for graphics cards, and tells what it did not find
        import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=8)
def opened(path: str) -> Any:
    """The session of a model file. Loaded once in a process."""
    return session(path)


def infer(weights: Weights, value: NDArray[np.float32]) -> NDArray[np.float32]:
    """The first output of a model that takes one array, and is the only file of the weights.

    Raises:
        MetricUnavailable: the file is no such model.
    """
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    damaged = (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf)
    (file,) = weights.files
    with weights.reading(*damaged):
        model = opened(str(weights.path(file)))
    (name,) = (taken.name for taken in model.get_inputs())
    return np.asarray(model.run(None, {name: value})[0])


def bundled(package: str, path: str) -> bytes:
    """A model file of an installed package, which is not imported.

    Raises:
        FileNotFoundError: the package or its file is missing.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"{package} is not installed: pip install {package}")
    return (Path(spec.submodule_search_locations[0]) / path).read_bytes()


def part(model: bytes, inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
    """The model that computes the float32 tensors `outputs` from the float32 tensors `inputs`.

    Raises:
        ValueError: the outputs need another input of the model, or the model has no such output.
    """
    graph = b"".join(value for number, value, _ in _fields(model) if number == MODEL_GRAPH)
    fields = list(_fields(graph))
    needed, nodes = set(outputs), []
    for number, value, raw in reversed(fields):
        if number == NODE and needed & (made := _names(value, NODE_OUTPUT)):
            needed = (needed - made) | (_names(value, NODE_INPUT) - set(inputs))
            nodes.append(raw)
    weights = []
    for number, value, raw in fields:
        if number == INITIALIZER and (name := _names(value, TENSOR_NAME)) <= needed:
            needed -= name
            weights.append(raw)
    if missing := needed - set(inputs) - {""}:
        raise ValueError(f"{', '.join(outputs)} cannot be computed without {', '.join(missing)}")
    body = [raw for number, _, raw in fields if number == NAME] + nodes[::-1] + weights
    body += [_field(INPUT, _field(VALUE_NAME, n.encode()) + FLOAT_TENSOR) for n in inputs]
    body += [_field(OUTPUT, _field(VALUE_NAME, n.encode())) for n in outputs]
    rest = [raw for number, _, raw in _fields(model) if number != MODEL_GRAPH]
    return b"".join([*rest, _field(MODEL_GRAPH, b"".join(body))])


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, content (of a length-delimited field, else empty) and whole bytes of each field."""
    position = 0
    while position < len(message):
        start = position
        tag, position = _varint(message, position)
        content = b""
        if tag & 7 == VARINT:
            _, position = _varint(message, position)
        elif tag & 7 == BYTES:
            length, position = _varint(message, position)
            content = message[position : position + length]
            position += length
        elif tag & 7 in (FIXED64, FIXED32):
            position += 8 if tag & 7 == FIXED64 else 4
        else:
            raise ValueError(f"not a protobuf message: wire type {tag & 7} at byte {start}")
        yield tag >> 3, content, message[start:position]


def _varint(message: bytes, position: int) -> tuple[int, int]:
    """The number at `position` and the position after it."""
    value = shift = 0
    while True:
        byte = message[position]
        value |= (byte & 127) << shift
        shift += 7
        position += 1
        if byte < 128:
            return value, position


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    head = bytearray([number << 3 | BYTES])
    length = len(content)
    while length > 127:
        head.append(length & 127 | 128)
        length >>= 7
    head.append(length)
    return bytes(head) + content


def _names(message: bytes, number: int) -> set[str]:
    """The strings of a repeated field."""
    return {value.decode() for found, value, _ in _fields(message) if found == number}
