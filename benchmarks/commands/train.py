"""`nscbench train COMPONENT`: train a part of the codecs on speech, or go on where it stopped."""

import argparse
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import torch

from ...codecs.base import CodecError
from ...codecs.training.checkpoint import CheckpointError
from ...codecs.training.component import Component
from ...codecs.training.data import DataError, find_recordings, hold_out
from ...codecs.training.effort import runs_of
from ...codecs.training.plan import Budget, Plan
from ...codecs.training.presets import COMPONENTS, replace_critics
from ...codecs.training.trainer import Trainer, TrainingError
from ...codecs.training.validation import read_items
from ...codecs.training.vocoder import VocoderTraining
from ...codecs.weights.pretrained import load, locate

VALIDATION_ITEMS = 8
VALIDATION_SPEAKERS = 40  # measured at the end, at most


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of `nscbench`."""
    parser = subparsers.add_parser("train", help="train a part of the codecs on speech")
    add_arguments(parser)
    parser.set_defaults(command=run)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("component", choices=sorted(COMPONENTS))
    parser.add_argument("--data", type=Path, required=True, help="folder or manifest CSV of speech")
    parser.add_argument(
        "--validation", type=Path, help="the same, of other speakers (default: some are held out)"
    )
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float, help="budget of time, resumed runs included")
    budget.add_argument("--steps", type=int, help="budget of steps")
    parser.add_argument("--size", choices=("small", "paper"), default="small")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="default: checkpoints/COMPONENT-SIZE")
    parser.add_argument(
        "--init", help="weights to start from: a safetensors file, or an embedded name"
    )
    parser.add_argument("--batch", type=int, help="crops in a batch (default: the recipe's)")
    parser.add_argument(
        "--learning-rate",
        type=float,
        help="at its highest (default: the recipe's); the discriminators' is in proportion",
    )
    parser.add_argument(
        "--critics",
        choices=("small", "medium", "paper"),
        help="size of the discriminators (default: that of --size)",
    )
    parser.add_argument(
        "--mel-codec", help="vocoder only: train on the mels that these weights decode"
    )
    parser.add_argument(
        "--mel-decoder", help="and on those that these weights of mel2mel sample from them"
    )
    parser.add_argument(
        "--tensorboard", action="store_true", help="also write what TensorBoard reads"
    )


def run(args: argparse.Namespace) -> int:
    """Train; 0 when the budget is spent, 1 when a loss was not finite, 2 for bad input."""
    try:
        trainer = _trainer(args)
        weights = trainer.run()
    except (CodecError, DataError, CheckpointError) as error:
        print(f"nscbench train: {error}", file=sys.stderr)
        return 2
    except TrainingError as error:
        print(f"nscbench train: {error}", file=sys.stderr)
        return 1
    print(f"{weights} after {trainer.step} steps, {trainer.seconds / 60:.1f} minutes")
    return 0


def _trainer(args: argparse.Namespace) -> Trainer:
    if args.tensorboard and find_spec("tensorboard") is None:
        raise CodecError("--tensorboard needs a package: pip install 'nscbench[tensorboard]'")
    component = _component(args)
    config = component.config
    recordings = find_recordings(args.data)
    if args.validation:
        unseen = find_recordings(args.validation)
    else:
        recordings, unseen = hold_out(recordings, VALIDATION_ITEMS)
    out = args.out or Path("checkpoints") / f"{args.component}-{args.size}"
    items = read_items(unseen, config.sample_rate, config.hop, VALIDATION_SPEAKERS)
    automatic = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(automatic if args.device == "auto" else args.device)
    if device.type == "cuda":
        # what autocast leaves in single precision bears TF32; shapes never change
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    budget = Budget(args.steps, args.minutes)
    history = runs_of(locate(args.init)) if args.init else ()
    plan = Plan(out, budget, args.seed, device, tensorboard=args.tensorboard, history=history)
    return Trainer(component, recordings, items, plan)


def _component(args: argparse.Namespace) -> Component:
    """The component of the arguments, untrained or from the weights of `--init`."""
    torch.manual_seed(args.seed)
    component = COMPONENTS[args.component](args.size)
    if args.mel_codec:
        if not isinstance(component, VocoderTraining):
            raise CodecError(f"--mel-codec is for a vocoder, not for {args.component}")
        component.mel_codec = load(args.mel_codec, "mel").network
        if args.mel_decoder:
            component.mel_decoder = load(args.mel_decoder, "diffusion").network
    elif args.mel_decoder:
        raise CodecError("--mel-decoder needs --mel-codec, whose mels it is given")
    if args.batch is not None:
        if args.batch < 1:
            raise CodecError(f"--batch {args.batch}: a batch has at least one crop")
        component.recipe = replace(component.recipe, items=args.batch)
    if args.learning_rate is not None:
        component.recipe = component.recipe.at_rate(args.learning_rate)
    if args.critics:
        replace_critics(component, args.critics)
    if args.init:
        component.start_from(load(args.init, component.name).network)
    return component
