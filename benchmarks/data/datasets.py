"""The data sets that `nscbench data` fetches, each from its publisher.

Where the numbers come from
    LibriSpeech, LibriTTS   MD5: the publisher's md5sum.txt (openslr.org/resources/12 and /60).
                            SHA-256: torchaudio's source (datasets/librispeech.py, libritts.py).
    VCTK 0.92               MD5 and size: the archive's record at Edinburgh DataShare
                            (doi 10.7488/ds/2645), whose server also gives the MD5 as ETag.
                            SHA-256: torchaudio's source (datasets/vctk.py).
    Sizes of the first two are what the publisher's server states. Every number was taken from
    public projects that quote these sources, and quote them alike; none was confirmed by a
    download, since the archives were out of reach when this was written.

An MD5 tells damage but no longer forgery, so both digests are checked. The address of VCTK is the
repository's own; the older `bitstream/handle` address ends in a page of HTML.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...metrics.machinery.names import unknown
from . import corpora
from .archives import unpack
from .download import Source, fetch
from .items import EMBEDDED, open_items
from .manifest import NAME, Listing, write_manifest


class DatasetError(ValueError):
    """A data set cannot be made or used: the message says why, and what is allowed."""


@dataclass(frozen=True)
class Dataset:
    """A published corpus, or a part of one.

    Attributes:
        title: one line for people.
        speakers: how many there are.
        source: its archive.
        suffix: of the archive.
        listings: reads an unpacked corpus.
        licence: name and address of the terms.
        attribution: who is to be named wherever results or audio are shown.
        wanted: which members of the archive are unpacked.
    """

    title: str
    speakers: int
    source: Source
    suffix: str
    listings: Callable[[Path], Iterator[Listing]]
    licence: str
    attribution: str
    wanted: Callable[[str], bool] = lambda name: True


_CC_BY = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"

DATASETS = {
    "librispeech-test-clean": Dataset(
        title="LibriSpeech test-clean: 2620 utterances, 40 speakers, 5.4 h, 16 kHz (0.3 GB)",
        speakers=40,
        source=Source(
            "https://www.openslr.org/resources/12/test-clean.tar.gz",
            346_663_984,
            {
                "md5": "32fa31d27d2e1cad72775fee3f4849a9",
                "sha256": "39fde525e59672dc6d1551919b1478f724438a95aa55f874b576be21967e6c23",
            },
        ),
        suffix=".tar.gz",
        listings=corpora.librispeech,
        licence=_CC_BY,
        attribution="V. Panayotov, G. Chen, D. Povey, S. Khudanpur: LibriSpeech: an ASR corpus "
        "based on public domain audio books, ICASSP 2015, https://www.openslr.org/12",
    ),
    "libritts-test-clean": Dataset(
        title="LibriTTS test-clean: LibriSpeech's sources anew, cut at sentences, 24 kHz (1.2 GB)",
        speakers=39,
        source=Source(
            "https://www.openslr.org/resources/60/test-clean.tar.gz",
            1_230_670_113,
            {
                "md5": "7bed3bdb047c4c197f1ad3bc412db59f",
                "sha256": "234ea5b25859102a87024a4b9b86641f5b5aaaf1197335c95090cde04fe9a4f5",
            },
        ),
        suffix=".tar.gz",
        listings=corpora.libritts,
        licence=_CC_BY,
        attribution="H. Zen et al.: LibriTTS: a corpus derived from LibriSpeech for "
        "text-to-speech, Interspeech 2019, https://www.openslr.org/60",
    ),
    "vctk": Dataset(
        title="VCTK 0.92, microphone 1: 110 speakers of many accents, 48 kHz (11.7 GB)",
        speakers=110,
        source=Source(
            "https://datashare.ed.ac.uk/server/api/core/bitstreams/"
            "535f4286-e54c-4038-838c-a02285e32cb2/content",
            11_747_302_977,
            {
                "md5": "8a6ba2946b36fcbef0212cad601f4bfa",
                "sha256": "f96258be9fdc2cbff6559541aae7ea4f59df3fcaf5cf963aae5ca647357e359c",
            },
        ),
        suffix=".zip",
        listings=corpora.vctk,
        licence=_CC_BY,
        attribution="J. Yamagishi, C. Veaux, K. MacDonald: CSTR VCTK Corpus 0.92, University of "
        "Edinburgh, 2019, https://doi.org/10.7488/ds/2645",
        wanted=corpora.vctk_member,
    ),
}


def catalogue() -> dict[str, str]:
    """Title of every data set by its name: those to fetch, and those that are embedded."""
    return {
        "demo": "16 sentences of 8 synthetic voices, 16 kHz (embedded, nothing to fetch)",
        "words": "12 words of 2 synthetic voices, 16 kHz, of a rhyme test (embedded)",
        **{name: dataset.title for name, dataset in DATASETS.items()},
    }


def get_dataset(name: str, to: Path, pause: float = 1.0) -> Path:
    """Fetch a data set, unpack it and write its manifest; returns its folder, `to/name`.

    The archive is kept until all is done, so that the same call goes on after any interruption;
    the folder appears at once, complete. If it is there already, nothing is done.

    Args:
        name: a key of `DATASETS`.
        to: folder that holds data sets.
        pause: see `download.fetch`.

    Raises:
        DatasetError: unknown name, or another folder is in the way.
        DownloadError, ArchiveError, CorpusError, ItemsError, OSError: what went wrong on the way.
    """
    if name in EMBEDDED:
        return EMBEDDED[name]
    if name not in DATASETS:
        raise DatasetError(unknown("data set", name, catalogue()))
    dataset, folder = DATASETS[name], to.absolute() / name
    if (folder / NAME).is_file():
        return folder
    if folder.exists():
        raise DatasetError(
            f"{folder} exists without a {NAME}: move it away, or choose another --to"
        )
    archive, unfinished = folder.with_name(name + dataset.suffix), folder.with_name(f".{name}.part")
    fetch(dataset.source, archive, pause)
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unpack(archive, unfinished, dataset.wanted)
    index(dataset, unfinished)
    unfinished.rename(folder)
    archive.unlink()
    return folder


def index(dataset: Dataset, root: Path) -> None:
    """Write the manifest of a corpus that is unpacked in `root`.

    Raises:
        CorpusError: the folder is not laid out as the corpus is.
        ItemsError: recordings that the corpus' tables name are missing or not audio.
    """
    listings = list(dataset.listings(root))
    if not listings:
        raise corpora.CorpusError(f"{root} holds no recording of the corpus")
    items = open_items(listings)
    write_manifest(
        root / NAME,
        (
            listing._replace(sha256=item.sha256)
            for listing, item in zip(listings, items, strict=True)
        ),
    )
