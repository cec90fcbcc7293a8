"""Sizes of what is trained; `presets` and `cells` say what they mean."""

from typing import Literal

Size = Literal["small", "paper"]
