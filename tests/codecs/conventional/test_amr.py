import pytest
import torch

from nscbench.codecs import Unavailable, available, get
from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.coding.packing import unpack_frames
from nscbench.codecs.conventional import native
from nscbench.codecs.conventional.amr_frames import with_contents, without_contents
from nscbench.codecs.noise import Noise

# Bits of class A, B, C: 3GPP TS 26.101 table 2 and TS 26.201 table 2
NARROW = {
    4.75: (42, 53, 0),
    5.15: (49, 54, 0),
    5.9: (55, 63, 0),
    6.7: (58, 76, 0),
    7.4: (61, 87, 0),
    7.95: (75, 84, 0),
    10.2: (65, 99, 40),
    12.2: (81, 103, 60),
}
WIDE = {
    6.6: (54, 78, 0),
    8.85: (64, 113, 0),
    12.65: (72, 181, 0),
    14.25: (72, 213, 0),
    15.85: (72, 245, 0),
    18.25: (72, 293, 0),
    19.85: (72, 325, 0),
    23.05: (72, 389, 0),
    23.85: (72, 405, 0),
}
POINTS = [("amr-nb", *point) for point in NARROW.items()]
POINTS += [("amr-wb", *point) for point in WIDE.items()]


@pytest.mark.parametrize(("name", "kbps", "classes"), POINTS)
def test_payload_is_the_speech_bits(name, kbps, classes, speech_like):
    if missing := available()[name].unavailable():
        pytest.skip(missing)
    codec = get(f"{name}-{kbps:g}")
    (payload,) = codec.encode([torch.from_numpy(speech_like(1, codec.sample_rate))])
    # one second and the delay of 5 or 5.9 ms need 51 frames of 20 ms
    assert len(payload) == -(-51 * sum(classes) // 8)
    assert unpack_frames(payload, sum(classes)).shape[0] == 51


def test_contents_byte_is_the_one_of_rfc_4867():
    frames = unpack_frames(bytes(61), 244)
    packets = with_contents(frames, mode=7)
    assert packets[0] == b"\x3c" + bytes(31)  # frame type 7, quality bit set
    assert (without_contents(packets) == frames).all()


@pytest.mark.parametrize("condition", ["amr-nb-12.2", "amr-wb-12.65"])
def test_part_of_a_frame_is_refused(condition):
    if missing := available()[condition.rpartition("-")[0]].unavailable():
        pytest.skip(missing)
    codec = get(condition)
    with pytest.raises(BitstreamError, match="whole number of frames"):
        codec.decode([bytes(5)], Noise([1]))


@pytest.mark.parametrize(
    ("condition", "debian", "homebrew"),
    [
        ("amr-wb-12.65", "libvo-amrwbenc0", "vo-amrwbenc"),
        ("speex-9.8", "libspeex1", "speex"),
    ],
)
def test_missing_library_is_said_with_its_cure(condition, debian, homebrew, monkeypatch):
    monkeypatch.setattr(native, "find", lambda name, soname: "")
    with pytest.raises(Unavailable, match=f"apt-get install {debian} .*brew install {homebrew}"):
        get(condition)
