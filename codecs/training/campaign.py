"""A campaign: components that are trained one after another, each on those before it.

A TOML file says what is trained, in which order and for how long:

    [[train]]
    component = "gan-regression"     # also the name of its folder, unless `name` gives another
    minutes = 180                    # or `steps`

    [[train]]
    component = "gan"
    init = "gan-regression"          # a name of this file, an embedded name, or a path
    learning_rate = 3e-4
    minutes = 60

Ends of cells are taken from the campaign where it has trained them, else from the embedded weights.
What is done is seen in the folders: killed and started again, a campaign goes on where it was.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...metrics.machinery.names import unknown
from ..base import CodecError
from .plan import Budget
from .presets import COMPONENTS
from .setup import ComponentSetup

SETTINGS = ("init", "batch", "learning_rate", "critics", "mel_codec", "mel_decoder", "seed")
ALMOST = 0.999  # progress of a training that was killed before its weights were written
WEIGHTS = ("init", "mel_codec", "mel_decoder")  # settings that name weights


@dataclass(frozen=True)
class CampaignStage:
    """One training of a campaign.

    Attributes:
        name: of its folder, and by which later stages ask for its weights.
        settings: of `ComponentSetup`, as the file gives them.
    """

    name: str
    component: str
    budget: Budget
    settings: Mapping[str, Any]

    def folder(self, out: Path) -> Path:
        """Where it is trained, in the campaign's folder."""
        return out / self.name

    def weights(self, out: Path) -> Path | None:
        """The file that it has exported; None before it has."""
        return next(iter(sorted(self.folder(out).glob("*.safetensors"))), None)

    def progress(self, out: Path) -> float:
        """Share of the budget that is spent; 1 only when the weights are there."""
        try:
            with (self.folder(out) / "train.csv").open(newline="", encoding="utf-8") as file:
                # a kill may have torn the last line
                rows = [row for row in csv.DictReader(file) if row["value"]]
        except FileNotFoundError:
            return 0.0
        if not rows:
            return 0.0
        spent = self.budget.progress(int(rows[-1]["step"]), 60 * float(rows[-1]["minutes"]))
        return spent if self.weights(out) else min(spent, ALMOST)


@dataclass(frozen=True)
class Campaign:
    """Stages in their order."""

    stages: tuple[CampaignStage, ...]

    def setup(self, stage: CampaignStage, out: Path) -> ComponentSetup:
        """The settings of a stage, the weights of earlier ones by their files."""
        earlier = {own.name: str(own.weights(out)) for own in self.before(stage)}
        settings = dict(stage.settings)
        for key in WEIGHTS:
            if key in settings:
                settings[key] = earlier.get(settings[key], settings[key])
        return ComponentSetup(stage.component, trained=out, **settings)

    def before(self, stage: CampaignStage) -> tuple[CampaignStage, ...]:
        """The stages that come before one."""
        return self.stages[: self.stages.index(stage)]

    def next(self, out: Path) -> CampaignStage | None:
        """The first stage whose budget is not spent; None when all are done."""
        return next((stage for stage in self.stages if stage.progress(out) < 1), None)


def read_campaign(path: Path) -> Campaign:
    """The campaign of a TOML file.

    Raises:
        CodecError: it cannot be read, or says what is not allowed.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CodecError(f"{path}: {error}") from error
    if strange := told.keys() - {"train"}:
        raise CodecError(f"{path}: unknown {', '.join(sorted(strange))}; allowed is [[train]]")
    tables = told.get("train", [])
    if not isinstance(tables, list) or not tables:
        raise CodecError(f"{path} has no [[train]]: nothing to do")
    stages = [_stage(path, table) for table in tables]
    names = [stage.name for stage in stages]
    if twice := {name for name in names if names.count(name) > 1}:
        raise CodecError(f"{path}: two trainings are called {twice.pop()!r}; give one a `name`")
    return Campaign(tuple(stages))


def _stage(path: Path, table: Mapping[str, Any]) -> CampaignStage:
    allowed = ("component", "name", "minutes", "steps", *SETTINGS)
    if strange := table.keys() - set(allowed):
        raise CodecError(
            f"{path}: a training has no {', '.join(sorted(strange))}; it has: {', '.join(allowed)}"
        )
    component = table.get("component")
    if component not in COMPONENTS:
        raise CodecError(f"{path}: {unknown('component', str(component), COMPONENTS)}")
    try:
        budget = Budget(table.get("steps"), table.get("minutes"))
    except ValueError as error:
        raise CodecError(f"{path}: {component}: {error}") from error
    settings = {key: table[key] for key in SETTINGS if key in table}
    return CampaignStage(str(table.get("name", component)), str(component), budget, settings)
