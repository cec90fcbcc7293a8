"""One function as a CUDA graph: its kernels are launched together instead of one by one.

A small denoiser asks a GPU for hundreds of kernels that each take less time than launching them.
The evaluations of one signal are the same kernels on tensors of the same shapes, so the first is
run as it is, the second is recorded, and from then on what was recorded is replayed. A graph lives
as long as its signal: the next one has another length.
"""

from collections.abc import Callable
from functools import cache
from typing import Protocol, TypeVar

import torch
from torch import Tensor

Function = Callable[..., Tensor]
T = TypeVar("T")


class Recorder(Protocol):
    """How calls are run and recorded; their results are tensors or hold some."""

    def run(self, call: Callable[[], T]) -> T:
        """The call's result; whatever libraries set up at first use is set up here."""

    def record(self, call: Callable[[], T]) -> tuple[T, Callable[[], None]]:
        """Where the call's result will lie, and what makes it from the inputs as they then are."""


class CudaRecorder:
    """Records on a stream of its own, on which the first call has run before."""

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def run(self, call: Callable[[], T]) -> T:
        """The call's result, ordered with what the current stream does before and after."""
        current, (aside, _, _) = torch.cuda.current_stream(self.device), _place(self.device)
        aside.wait_stream(current)
        with torch.cuda.stream(aside):
            result = call()
        current.wait_stream(aside)
        return result

    def record(self, call: Callable[[], T]) -> tuple[T, Callable[[], None]]:
        """The graph of the call. Nothing runs, and the host waits for nothing.

        `torch.cuda.graph` would empty the cache of memory and wait for the device first.
        """
        current, (aside, pool, _) = torch.cuda.current_stream(self.device), _place(self.device)
        graph = torch.cuda.CUDAGraph()
        aside.wait_stream(current)
        with torch.cuda.stream(aside):
            graph.capture_begin(pool.id, "thread_local")  # type: ignore[arg-type]
            try:
                result = call()
            finally:
                graph.capture_end()
        current.wait_stream(aside)
        return result, graph.replay


class Replayed:
    """A function of tensors whose shapes stay as they are from call to call."""

    def __init__(self, function: Function, recorder: Recorder | None = None) -> None:
        self.function = function
        self.recorder = recorder
        self.inputs: tuple[Tensor, ...] = ()
        self.recorded: tuple[Tensor, Callable[[], None]] | None = None

    def __call__(self, *inputs: Tensor) -> Tensor:
        """The function's value, in a new tensor, which later calls do not change."""
        if not self.inputs:
            self.inputs = tuple(value.clone() for value in inputs)
            self.recorder = self.recorder or CudaRecorder(inputs[0].device)
            return self.recorder.run(self._call)
        for held, value in zip(self.inputs, inputs, strict=True):
            held.copy_(value)
        if self.recorded is None:
            assert self.recorder is not None
            self.recorded = self.recorder.record(self._call)
        result, replay = self.recorded
        replay()
        return result.clone()

    def _call(self) -> Tensor:
        return self.function(*self.inputs)


@cache
def _place(
    device: torch.device,
) -> tuple[torch.cuda.Stream, torch.cuda.MemPool, torch.cuda.CUDAGraph]:
    """Stream and memory of all recordings on a device, in one thread, and a graph that keeps them.

    Libraries keep workspaces for every stream that they meet, and memory that one graph leaves
    would be of no use to the next one in a pool of its own. PyTorch forgets a pool together with
    its last graph, and fails to record into it again: so the first graph, a single kernel, stays.
    """
    with torch.cuda.device(device):
        stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        pool, keeper = torch.cuda.MemPool(), torch.cuda.CUDAGraph()
        number = torch.zeros((), device=device)
        stream.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(stream):
            keeper.capture_begin(pool.id, "thread_local")  # type: ignore[arg-type]
            number.add_(1)
            keeper.capture_end()
        return stream, pool, keeper
