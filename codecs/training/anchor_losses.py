"""What a diffusion decoder's anchor loses: its first guess, and the level that it leaves."""

from torch import Tensor
from torch.nn import functional as F

from ..networks.diffusion import DiffusionDecoder, Guide


def prior_loss(model: DiffusionDecoder, guide: Guide, target: Tensor) -> dict[str, Tensor]:
    """Half the squared distance of a learned anchor; nothing where none is learned."""
    if model.anchor.to_anchor is None:
        return {}
    assert guide.anchor is not None
    return {"prior": 0.5 * F.mse_loss(guide.anchor, target)}


def level_loss(model: DiffusionDecoder, guide: Guide, target: Tensor) -> dict[str, Tensor]:
    """Squared error of the learned log-level of what the anchor leaves; nothing without one."""
    if guide.level is None:
        return {}
    residual = target if guide.anchor is None else target - guide.anchor.detach()
    return {"level": F.mse_loss(guide.level, model.anchor.levels(residual))}
