import ctypes

import pytest
import torch

from nscbench.codecs import available, get
from nscbench.codecs.bitstream import BitstreamError
from nscbench.codecs.conventional import native
from nscbench.codecs.noise import Noise

pytestmark = pytest.mark.skipif(
    bool(available()["speex"].unavailable()), reason=available()["speex"].unavailable()
)

WIDEBAND = 1
SET_QUALITY, GET_BITRATE, GET_LOOKAHEAD = 4, 19, 39  # speex.h


@pytest.fixture
def library():
    library = ctypes.CDLL(native.find("speex", 1))
    library.speex_lib_get_mode.restype = ctypes.c_void_p
    for function in (library.speex_encoder_init, library.speex_decoder_init):
        function.argtypes, function.restype = [ctypes.c_void_p], ctypes.c_void_p
    return library


def ask(control, state, request, value=0):
    answer = ctypes.c_int(value)
    control(ctypes.c_void_p(state), request, ctypes.byref(answer))
    return answer.value


def test_rates_are_those_that_libspeex_states(library):
    state = library.speex_encoder_init(library.speex_lib_get_mode(WIDEBAND))
    rates = available()["speex"].rates
    for quality, (kbps, bits) in enumerate(rates.items()):
        ask(library.speex_encoder_ctl, state, SET_QUALITY, quality)
        assert ask(library.speex_encoder_ctl, state, GET_BITRATE) == round(1000 * kbps) == 50 * bits
    library.speex_encoder_destroy(ctypes.c_void_p(state))


def test_delay_is_the_lookahead_that_libspeex_states(library):
    mode = library.speex_lib_get_mode(WIDEBAND)
    encoder, decoder = library.speex_encoder_init(mode), library.speex_decoder_init(mode)
    lookahead = ask(library.speex_encoder_ctl, encoder, GET_LOOKAHEAD) + ask(
        library.speex_decoder_ctl, decoder, GET_LOOKAHEAD
    )
    assert get("speex-16.8").delay == lookahead
    library.speex_encoder_destroy(ctypes.c_void_p(encoder))
    library.speex_decoder_destroy(ctypes.c_void_p(decoder))


def test_payload_is_the_bits_of_its_frames(speech_like):
    (payload,) = get("speex-9.8").encode([torch.from_numpy(speech_like(1, 16_000))])
    # 16000 samples and the delay of 223 need 51 frames of 320 samples and 196 bits
    assert len(payload) == -(-51 * 196 // 8)


def test_frames_of_another_quality_are_refused(speech_like):
    (payload,) = get("speex-16.8").encode([torch.from_numpy(speech_like(1, 16_000))])
    with pytest.raises(BitstreamError):
        get("speex-9.8").decode([payload[: 51 * 196 // 8]], Noise([1]))


def test_backend_names_the_version():
    assert get("speex-9.8").backend.startswith("libspeex 1.")
