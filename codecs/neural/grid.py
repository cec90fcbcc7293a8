"""The design space: every pairing of a conditioning domain with an output domain.

|            | makes wav | makes mel | makes lat |
|---|---|---|---|
| **sends mel** | mel2wav | mel2mel | mel2lat |
| **sends lat** | lat2wav | lat2mel | lat2lat |
| **sends lat, decoded** | wav2wav | wav2mel | wav2lat |

P. Foti and A. Brendel, "On the Design of Diffusion-based Neural Speech Codecs", EUSIPCO 2025, whose
six are the first two lines; the third is the family of post-filters (ScoreDec, FlowDec).

All sample with less noise than they were trained with, as Grad-TTS does, by one factor chosen on
validation data (docs/design_space.md).
"""

from .back_ends import LatBackEnd, MelBackEnd, WavBackEnd
from .diffusion_codec import DiffusionCodec
from .front_ends import LatFrontEnd, MelFrontEnd, WavFrontEnd


class Mel2Wav(DiffusionCodec, front=MelFrontEnd(), back=WavBackEnd()):
    """A diffusion vocoder of the quantized mel."""


class Mel2Mel(DiffusionCodec, front=MelFrontEnd(), back=MelBackEnd()):
    """The quantized mel, cleaned by diffusion, then the vocoder; as in FlowMAC."""


class Mel2Lat(DiffusionCodec, front=MelFrontEnd(), back=LatBackEnd()):
    """The neural codec's decoder, fed from a quantized mel."""


class Lat2Wav(DiffusionCodec, front=LatFrontEnd(), back=WavBackEnd()):
    """A diffusion decoder in the place of the neural codec's; as in Multi-Band Diffusion."""


class Lat2Mel(DiffusionCodec, front=LatFrontEnd(), back=MelBackEnd()):
    """The neural codec's indices, decoded as a mel for the vocoder."""


class Lat2Lat(DiffusionCodec, front=LatFrontEnd(), back=LatBackEnd()):
    """Dequantization by diffusion before the neural codec's own decoder; as in LaDiffCodec."""


class Wav2Wav(DiffusionCodec, front=WavFrontEnd(), back=WavBackEnd()):
    """A post-filter of the neural codec in the time domain; as ScoreDec and FlowDec."""


class Wav2Mel(DiffusionCodec, front=WavFrontEnd(), back=MelBackEnd()):
    """A post-filter that ends in a vocoder."""


class Wav2Lat(DiffusionCodec, front=WavFrontEnd(), back=LatBackEnd()):
    """A post-filter that goes back into the neural codec's decoder."""


CODECS = (Mel2Wav, Mel2Mel, Mel2Lat, Lat2Wav, Lat2Mel, Lat2Lat, Wav2Wav, Wav2Mel, Wav2Lat)
