"""The diffusion decoder, which makes what a codec's back end needs of what its front end sent.

Three small parts behind one configuration (`config`):

    scaling  the units in which the network works: standardized, pre-emphasized, in bands
    anchor   a first guess at the output, and the residual that the process runs over
    decoder  conditioner and denoiser; losses and samplers ask it
"""

from .anchor import Anchor, Guide
from .config import DiffusionConfig, Domain
from .decoder import DiffusionDecoder
from .scaling import Scaling

__all__ = ["Anchor", "DiffusionConfig", "DiffusionDecoder", "Domain", "Guide", "Scaling"]
