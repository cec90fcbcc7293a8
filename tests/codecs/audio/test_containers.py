"""Containers that are not what they say: what is there is compared with what is promised."""

import struct
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
import soundfile

from nscbench.codecs.audio.reading import AudioError, inspect, read_audio
from nscbench.codecs.audio.sound import LENGTH_UNSTATED

RATE = 16_000
NOISE = np.random.default_rng(0).uniform(-0.2, 0.2, 2 * RATE)
CONTAINERS = ("WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "NIST", "FLAC", "OGG", "MP3")
LIST = b"LIST" + struct.pack("<I", 26) + b"INFOISFT" + struct.pack("<I", 14) + b"Lavf60.16.100\0"
BEXT = b"bext\xf3\xac\xd3\x11\x8c\xd1\x00\xc0O\x8e\xdb\x8a" + struct.pack("<Q", 32) + bytes(8)


def made(container, subtype=None, **settings):
    file = BytesIO()
    soundfile.write(file, NOISE, RATE, format=container, subtype=subtype, **settings)
    return file.getvalue()


def put(data, place, form, *values):
    changed = bytearray(data)
    struct.pack_into(form, changed, place, *values)
    return bytes(changed)


def seen(tmp_path, data, suffix=".wav"):
    """Samples and notices, if both readers agree on the length."""
    path = tmp_path / f"x{suffix}"
    path.write_bytes(data)
    signal, rate, notices = read_audio(path)
    assert inspect(path).seconds == len(signal) / rate
    return len(signal), notices


def refusal(tmp_path, data, suffix=".wav"):
    path = tmp_path / f"x{suffix}"
    path.write_bytes(data)
    messages = []
    for read in (inspect, read_audio):
        with pytest.raises(AudioError) as caught:
            read(path)
        messages.append(str(caught.value).removeprefix(f"{path}: "))
    assert messages[0] == messages[1]
    return messages[0]


@pytest.mark.parametrize("container", CONTAINERS)
def test_whole_half_and_twice(tmp_path, container):
    data = made(container)
    assert seen(tmp_path, data) == (len(NOISE), ())
    assert seen(tmp_path, data + b"TAG".ljust(128, b"\0")) == (len(NOISE), ())
    assert "cut off" in refusal(tmp_path, data[: len(data) // 2])
    if container != "OGG":
        twice = refusal(tmp_path, data + data)
        assert "second one begins within it" in twice or "another file was appended" in twice


@pytest.mark.parametrize("container", ["WAV", "RF64", "W64", "AIFF", "AU", "CAF", "NIST"])
def test_sound_behind_the_stated_end(tmp_path, container):
    data = made(container) + NOISE.tobytes()
    assert "bytes follow its sound, of which its header says nothing" in refusal(tmp_path, data)


def test_a_few_stray_bytes_are_told(tmp_path):
    assert seen(tmp_path, made("WAV") + b"\1\2\3") == (
        len(NOISE),
        ("3 bytes after its end are left out",),
    )
    assert seen(tmp_path, made("WAV") + LIST) == (len(NOISE), ())
    assert seen(tmp_path, made("W64") + BEXT) == (len(NOISE), ())


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFF000])
@pytest.mark.parametrize("after", [b"", LIST, LIST + b"id3 \5\0\0\0ID3\3\0\0"])
def test_a_wav_that_was_never_closed(tmp_path, size, after):
    """As a pipe, or a program that was killed, leaves it; what ffmpeg adds behind is no sound."""
    data = put(put(made("WAV"), 4, "<I", size), 40, "<I", size)
    assert seen(tmp_path, data + after) == (len(NOISE), (LENGTH_UNSTATED,))


def unstated():
    aiff, caf, w64, rf64 = made("AIFF"), made("CAF"), made("W64"), made("RF64")
    never = put(aiff, aiff.index(b"SSND") + 4, ">I", 0)
    yield "AIFF", put(never, never.index(b"COMM") + 10, ">I", 0)
    caf = put(caf, caf.index(b"data") + 4, ">q", -1)
    yield "CAF", caf
    yield "CAF", caf + b"info" + struct.pack(">q", 10) + b"0123456789"
    yield "W64", put(w64, w64.index(b"data") + 16, "<Q", 0)
    yield "W64", put(w64, w64.index(b"data") + 16, "<Q", 0) + BEXT
    yield "RF64", put(rf64, 28, "<Q", 0)
    yield "RF64", put(rf64, 20, "<QQ", 2**64 - 1, 2**64 - 1)
    yield "AU", put(made("AU"), 8, ">I", 0xFFFFFFFF)
    yield "AU", put(made("AU", endian="LITTLE"), 8, "<I", 0)
    flac = made("FLAC")
    yield "FLAC", put(flac, 21, ">BI", flac[21] & 0xF0, 0)


@pytest.mark.parametrize(("container", "data"), list(unstated()))
def test_other_containers_that_state_no_length(tmp_path, container, data):
    assert seen(tmp_path, data) == (len(NOISE), (LENGTH_UNSTATED,))


def test_headers_that_contradict_themselves(tmp_path):
    aiff, flac, nist = made("AIFF"), made("FLAC"), made("NIST")
    said = put(aiff, aiff.index(b"COMM") + 10, ">I", 100)
    assert refusal(tmp_path, said) == f"states 100 samples, and its sound has {len(NOISE)}"
    assert "states 16000 samples, its last frame" in refusal(tmp_path, put(flac, 22, ">I", RATE))
    assert "its header says nothing" in refusal(
        tmp_path, nist.replace(b"sample_count -i 32000", b"sample_count -i 16000")
    )
    assert "without sample_count" in refusal(tmp_path, nist.replace(b"sample_count", b"x"))
    wav = made("WAV")
    assert "more than one chunk data" in refusal(tmp_path, wav + wav[36:])
    assert "it has no chunk data" in refusal(tmp_path, wav[:36])
    assert refusal(tmp_path, put(wav[:44], 40, "<I", 0) + LIST) == "holds no samples"


@pytest.mark.parametrize("subtype", ["IMA_ADPCM", "GSM610", "ULAW", "FLOAT", "PCM_24"])
def test_codings_of_aiff_and_wav(tmp_path, subtype):
    for container in ("AIFF", "WAV"):
        length, notices = seen(tmp_path, made(container, subtype))
        assert 0 <= length - len(NOISE) < 2048  # whole blocks
        assert notices == ()


def test_a_packed_sphere_file(tmp_path):
    packed = made("NIST").replace(b"-s3 pcm\n", b"-s26 pcm,embedded-shorten-v2.00\n")
    assert refusal(tmp_path, packed).startswith("is packed by shorten")


def frames_only(data):
    """An MP3 without the frame that says how many follow."""
    second = data.index(data[:2], 2)
    return data[second:]


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_an_mp3_that_does_not_say_how_long_it_is(tmp_path, mode):
    """Every frame of it is decoded: 576 samples each at 16 kHz, the encoder's delay among them."""
    quiet_and_loud = np.concatenate([np.zeros(RATE), NOISE, np.zeros(RATE), NOISE])
    file = BytesIO()
    soundfile.write(
        file, quiet_and_loud, RATE, format="MP3", bitrate_mode=mode, compression_level=0.5
    )
    stated = file.getvalue()
    (count,) = struct.unpack_from(
        ">I", stated, stated.index(b"Xing" if mode[0] == "V" else b"Info") + 8
    )
    bare = frames_only(stated)
    assert seen(tmp_path, bare, ".mp3") == (count * 576, ())
    assert seen(tmp_path, b"ID3\3\0\0\0\0\1\0".ljust(138, b"\0") + bare) == (count * 576, ())
    (tmp_path / "whole.mp3").write_bytes(stated)
    (tmp_path / "bare.mp3").write_bytes(bare)
    whole, heard = read_audio(tmp_path / "whole.mp3")[0], read_audio(tmp_path / "bare.mp3")[0]
    begin = int(np.argmax(np.correlate(heard[: 3 * RATE], whole[RATE : 2 * RATE]))) - RATE
    assert 1000 < begin < 1200  # LAME's delay of 576, and the decoder's
    np.testing.assert_allclose(heard[begin:][: len(whole)], whole, atol=1e-6)
    assert "cut off within its frame" in refusal(tmp_path, bare[:-5])
    assert "damaged: no frame begins" in refusal(tmp_path, bare[:3000] + bytes(9) + bare[3000:])


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_streams_of_ogg_in_a_row_and_damaged_ones(tmp_path, subtype):
    data, other = made("OGG", subtype), made("OGG", subtype)
    length = len(NOISE)
    assert seen(tmp_path, data + other) == (
        2 * length,
        ("2 streams in a row: read one after the other",),
    )
    pages = [place for place in range(len(data)) if data[place : place + 4] == b"OggS"]
    assert len(pages) > 3
    assert refusal(tmp_path, data[: pages[-1]]) == "cut off: its stream has no end"
    assert "pages are missing" in refusal(tmp_path, data[: pages[-2]] + data[pages[-1] :])
    flipped = bytearray(data)
    flipped[pages[-1] + 100] ^= 1
    assert "another checksum" in refusal(tmp_path, bytes(flipped))
    assert "first part is missing" in refusal(tmp_path, data[pages[2] :])


def test_streams_in_a_row_of_two_rates(tmp_path):
    file = BytesIO()
    soundfile.write(file, NOISE, 8000, format="OGG")
    (tmp_path / "x.ogg").write_bytes(made("OGG") + file.getvalue())
    with pytest.raises(AudioError, match="several rates"):
        read_audio(tmp_path / "x.ogg")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\0\0\0\x20ftypM4A " + bytes(99), "it is an MP4 file"),
        (b"\x1aE\xdf\xa3" + bytes(99), "it is a Matroska or WebM file"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"<!DOCTYPE html><title>404</title>", "it is a page of HTML"),
        (b"\xff\xf1\x50\x80" + bytes(99), "it is an AAC stream"),
        (b"Creative Voice File\x1a" + bytes(99), "it is a VOC file"),
        (bytes(999), "not audio that is read here: WAV, "),
    ],
)
@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac"])
def test_a_name_that_lies_about_what_is_in_it(tmp_path, content, what, suffix):
    assert what in refusal(tmp_path, content, suffix)


def test_a_container_is_known_by_its_content(tmp_path):
    for suffix in (".wav", ".mp3", ".flac", ".aiff", ".au"):
        assert seen(tmp_path, made("CAF"), suffix) == (len(NOISE), ())


@pytest.mark.parametrize("container", CONTAINERS)
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path, container):
    """Bytes changed, removed, doubled: no other exception, no hang, nothing more than there is."""
    generator = np.random.default_rng(1)
    file = BytesIO()
    soundfile.write(file, NOISE[:2000], RATE, format=container)
    whole, path = file.getvalue(), tmp_path / "x.wav"
    for _ in range(80):
        data = bytearray(whole)
        for _ in range(int(generator.integers(1, 4))):
            place = int(generator.integers(min(len(data), 120)))
            data[place] = int(generator.choice([0, 1, 0x7F, 0x80, 0xFF, generator.integers(256)]))
        first, last = sorted(generator.integers(len(data), size=2))
        data = data[: int(generator.choice([len(data), last]))] + data[first:last] * int(
            generator.integers(2)
        )
        path.write_bytes(data)
        with suppress(AudioError):
            assert np.isfinite(read_audio(path)[0]).all()
