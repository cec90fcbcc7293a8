"""When a stream's packets come, of a codec whose clock stands in for the machine's. No times."""

import pytest

from nscbench.benchmarks.cost import latency
from nscbench.benchmarks.cost.latency import TooShort, measure_latency
from nscbench.codecs import CodecError, get
from support.signals import white_noise


@pytest.fixture
def clock(monkeypatch):
    """Every call takes as many seconds as its number among all calls, divided by 1000."""
    ticks = iter(range(10**9))
    times = []

    def tick():
        number = next(ticks)
        times.append((times[-1] if times else 0) + (number // 2 / 1000 if number % 2 else 0))
        return times[-1]

    monkeypatch.setattr(latency.time, "perf_counter", tick)


def test_the_first_packet_waits_for_its_frame(monkeypatch):
    monkeypatch.setattr(latency.time, "perf_counter", lambda: 0.0)
    lc3 = get("lc3-32")  # frames of 10 ms, and no sample before the first
    taken = measure_latency(lc3, "cpu", white_noise(0.2))
    assert taken == (pytest.approx(0.01), 0, 0)


def test_computing_is_in_the_first_packet_and_its_changes_are_the_jitter(clock):
    """Calls grow by 1 ms each: 10 of the encoder and one of the decoder for a packet of LC3."""
    taken = measure_latency(get("lc3-32"), "cpu", white_noise(0.1))
    assert taken.jitter == pytest.approx(2 * 0.011)
    assert taken.first > 0.01 + 0.1
    assert taken.packet > taken.first


def test_what_cannot_be_timed_is_refused():
    with pytest.raises(TooShort, match="no 3 packets"):
        measure_latency(get("lc3-32"), "cpu", white_noise(0.03))
    with pytest.raises(CodecError, match="whole signals only"):
        measure_latency(get("mnru-20"), "cpu", white_noise(0.03))
