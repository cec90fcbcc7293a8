"""What worker processes do: encode, decode, score.

Each stage is a request that holds paths and gives small records; files are written to a temporary
name first, so that a killed process leaves no torn file. `Decode` is done in a process that never
saw a recording: it holds the operating point and the paths of bitstreams.
"""

from .decoding import Decode, DecodedFile
from .encoding import Encode, EncodedFile
from .scoring import Outcome, Score, Scored
from .timeouts import coding_limit, scoring_limit

__all__ = [
    "Decode",
    "DecodedFile",
    "Encode",
    "EncodedFile",
    "Outcome",
    "Score",
    "Scored",
    "coding_limit",
    "scoring_limit",
]
