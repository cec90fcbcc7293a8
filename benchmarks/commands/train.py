"""`nscbench train`: train a part of the codecs on speech, or a campaign of several."""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

import torch

from ...codecs.audio.folders import search
from ...codecs.base import CodecError
from ...codecs.training.campaign import SETTINGS, Campaign, CampaignStage, read_campaign
from ...codecs.training.checkpoint import CheckpointError
from ...codecs.training.data import DataError, find_recordings, hold_out
from ...codecs.training.plan import Budget, TrainingPlan
from ...codecs.training.presets import COMPONENTS
from ...codecs.training.setup import ComponentSetup
from ...codecs.training.trainer import Trainer, TrainingError
from ...codecs.training.validation import read_validation_items
from ...reports.page.trainings import write_trainings

VALIDATION_ITEMS = 8
VALIDATION_SPEAKERS = 40  # measured at the end, at most


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of `nscbench`."""
    parser = subparsers.add_parser("train", help="train a part of the codecs on speech")
    add_arguments(parser)
    parser.set_defaults(command=run)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("component", nargs="?", choices=sorted(COMPONENTS))
    parser.add_argument(
        "--campaign",
        type=Path,
        metavar="TOML",
        help="train all that this file lists, one after another (docs/training.md)",
    )
    parser.add_argument("--data", type=Path, required=True, help="folder or manifest CSV of speech")
    parser.add_argument(
        "--validation", type=Path, help="the same, of other speakers (default: some are held out)"
    )
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--minutes", type=float, help="budget of time, resumed runs included")
    budget.add_argument("--steps", type=int, help="budget of steps")
    parser.add_argument("--size", choices=("small", "paper"), default="small")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--out", type=Path, help="default: checkpoints/COMPONENT-SIZE, or checkpoints/CAMPAIGN"
    )
    _add_settings(parser)


def _add_settings(parser: argparse.ArgumentParser) -> None:
    """What a training starts from, and how it goes."""
    parser.add_argument(
        "--init", default="", help="weights to start from: a safetensors file, or an embedded name"
    )
    parser.add_argument("--batch", type=int, help="crops in a batch (default: the recipe's)")
    parser.add_argument(
        "--learning-rate",
        type=float,
        help="of the network, at its highest (default: the recipe's)",
    )
    parser.add_argument(
        "--critics",
        choices=("small", "medium", "paper"),
        help="size of the discriminators (default: that of --size)",
    )
    parser.add_argument(
        "--mel-codec", default="", help="vocoder only: train on the mels that these weights decode"
    )
    parser.add_argument(
        "--mel-decoder",
        default="",
        help="and on those that these weights of mel2mel sample from them",
    )
    parser.add_argument(
        "--tensorboard", action="store_true", help="also write what TensorBoard reads"
    )


def run(args: argparse.Namespace) -> int:
    """Train; 0 when the budget is spent, 1 when a loss was not finite, 2 for bad input."""
    try:
        check(args)
        if args.campaign:
            out = args.out or Path("checkpoints") / args.campaign.stem
            _carry_out(read_campaign(args.campaign), args, out)
        else:
            out = args.out or Path("checkpoints") / f"{args.component}-{args.size}"
            _train(_setup(args), Budget(args.steps, args.minutes), out, args)
    except (CodecError, DataError, CheckpointError) as error:
        print(f"nscbench train: {error}", file=sys.stderr)
        return 2
    except TrainingError as error:
        print(f"nscbench train: {error}", file=sys.stderr)
        return 1
    return 0


def check(args: argparse.Namespace) -> None:
    """Refuse arguments that do not go together.

    Raises:
        CodecError: saying which, and what is allowed.
    """
    if args.tensorboard and find_spec("tensorboard") is None:
        raise CodecError("--tensorboard needs a package: pip install 'nscbench[tensorboard]'")
    if (args.component is None) == (args.campaign is None):
        raise CodecError("name either a component or a --campaign")
    if not args.campaign:
        if args.steps is None and args.minutes is None:
            raise CodecError("say how long: --minutes or --steps")
        return
    told = [name for name in (*SETTINGS, "minutes", "steps") if getattr(args, name)]
    if told or args.size != "small":
        names = ", ".join("--" + name.replace("_", "-") for name in told) or "--size"
        raise CodecError(f"{names}: the campaign's file says that, for each training")


def _carry_out(campaign: Campaign, args: argparse.Namespace, out: Path) -> None:
    """Train what is not done yet; before each training, say how far everything is."""
    while stage := campaign.next(out):
        print(_progress(campaign, out, stage), flush=True)
        _train(campaign.setup(stage, out), stage.budget, stage.folder(out), args)
        done = [own.folder(out) for own in campaign.stages if own.progress(out) > 0]
        write_trainings(done, out / "trainings")
    print(_progress(campaign, out, None))


def _progress(campaign: Campaign, out: Path, upcoming: CampaignStage | None) -> str:
    lines = [
        f"{'>' if stage is upcoming else ' '} {stage.progress(out):4.0%}  {stage.name}"
        for stage in campaign.stages
    ]
    return "\n".join([f"{out}:", *lines])


def _setup(args: argparse.Namespace) -> ComponentSetup:
    settings = {name: getattr(args, name) for name in SETTINGS}
    return ComponentSetup(args.component, args.size, **settings)


def _train(setup: ComponentSetup, budget: Budget, out: Path, args: argparse.Namespace) -> None:
    trainer = make_trainer(setup, budget, out, args)
    weights = trainer.run()
    print(f"{weights} after {trainer.step} steps, {trainer.seconds / 60:.1f} minutes")
    if unheard := trainer.critics_turn.unheard():
        print(f"{trainer.component.name}: {unheard}", file=sys.stderr)


def make_trainer(
    setup: ComponentSetup, budget: Budget, out: Path, args: argparse.Namespace
) -> Trainer:
    """The trainer of these settings on the speech and the device of the arguments."""
    component = setup.make()
    config = component.config
    recordings = find_recordings(args.data)
    for line in search(args.data).left_out if args.data.is_dir() else ():
        print(f"{args.data}: {line}", file=sys.stderr)
    if args.validation:
        unseen = find_recordings(args.validation)
    else:
        recordings, unseen = hold_out(recordings, VALIDATION_ITEMS)
    items = read_validation_items(unseen, config.sample_rate, config.hop, VALIDATION_SPEAKERS)
    automatic = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(automatic if args.device == "auto" else args.device)
    if device.type == "cuda":
        # what autocast leaves in single precision bears TF32; shapes never change
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    plan = TrainingPlan(
        *(out, budget, setup.seed, device),
        tensorboard=args.tensorboard,
        history=setup.history(),
    )
    return Trainer(component, recordings, items, plan)
