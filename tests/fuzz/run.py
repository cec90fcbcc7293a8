"""Coverage-guided fuzzing of one target with atheris.

    python tests/fuzz/run.py TARGET MINUTES

Inputs that reach new code are kept in build/fuzz/TARGET and used again; a finding is written to
build/fuzz/findings, and the exit status says so. `tests/fuzz/test_targets.py` keeps what was found.
"""

import sys
from pathlib import Path

import atheris

READERS = [
    "nscbench.benchmarks.data.archives",
    "nscbench.benchmarks.run.coding",
    "nscbench.benchmarks.data.items",
    "nscbench.benchmarks.data.manifest",
    "nscbench.codecs.audio",
    "nscbench.codecs.bitstream",
    "nscbench.codecs.conventional",
    "nscbench.codecs.controls",
    "nscbench.codecs.coding.framed",
    "nscbench.codecs.coding.packing",
    "nscbench.codecs.coding.tokens",
    "nscbench.listening_test",
    "csv",
    "json",
    "tarfile",
    "zipfile",
]

with atheris.instrument_imports(include=READERS):
    sys.path.insert(0, str(Path(__file__).parent))
    from targets import LARGEST, TARGETS, seeds


def main() -> None:
    """Fuzz until the time is over, or something is found."""
    name, minutes = sys.argv[1], float(sys.argv[2])
    build = Path("build/fuzz")
    corpus, findings = build / name, build / "findings"
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (corpus / f"seed{number}").write_bytes(seed)
    settings = {
        "max_total_time": round(60 * minutes),
        "max_len": min(LARGEST, 8192),
        "timeout": 60,
        "rss_limit_mb": 4096,
        "artifact_prefix": f"{findings}/{name}-",
        "print_final_stats": 1,
        "verbosity": 1,
    }
    words = [f"-{key}={value}" for key, value in settings.items()]
    atheris.Setup([sys.argv[0], str(corpus), *words], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
