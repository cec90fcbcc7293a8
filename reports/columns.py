"""How a column is named and rounded, wherever a reader meets it."""

from typing import NamedTuple


class Look(NamedTuple):
    """Short name (of a table's column), long name (of an axis), digits after the point."""

    short: str
    long: str
    digits: int = 2


LOOKS = {
    "pesq_wb": Look("PESQ", "PESQ-WB (MOS-LQO)"),
    "visqol": Look("ViSQOL", "ViSQOL speech (MOS-LQO)"),
    "stoi": Look("STOI", "STOI", 3),
    "estoi": Look("ESTOI", "ESTOI", 3),
    "dnsmos_ovrl": Look("OVRL", "DNSMOS overall"),
    "dnsmos_sig": Look("SIG", "DNSMOS signal"),
    "dnsmos_bak": Look("BAK", "DNSMOS background"),
    "dnsmos_p808": Look("P.808", "DNSMOS P.808"),
    "plcmos": Look("PLCMOS", "PLCMOS"),
    "scoreq_nr": Look("SCOREQ", "SCOREQ without reference"),
    "scoreq_ref": Look("SCOREQ-ref", "SCOREQ distance", 3),
    "utmos": Look("UTMOS", "UTMOS"),
    "nisqa": Look("NISQA", "NISQA"),
    "wer": Look("WER", "word error rate", 3),
    "cer": Look("CER", "character error rate", 3),
    "wer_reference": Look("WER-ref", "word error rate of the references", 3),
    "cer_reference": Look("CER-ref", "character error rate of the references", 3),
    "speaker_similarity": Look("SIM", "speaker similarity", 3),
    "mel_distance": Look("mel", "log-mel distance"),
    "lsd": Look("LSD", "log-spectral distance (dB)"),
    "mcd": Look("MCD", "mel-cepstral distortion (dB)"),
    "f0_rmse": Look("F0", "F0 RMSE (Hz)", 1),
    "f0_correlation": Look("F0 corr", "F0 correlation", 3),
    "vuv_error": Look("V/UV", "voicing error", 3),
    "si_sdr": Look("SI-SDR", "SI-SDR (dB)", 1),
    "delay_ms": Look("delay", "delay (ms)", 1),
    "drift_ppm": Look("drift", "clock drift (ppm)", 0),
    "polarity": Look("polarity", "polarity", 1),
    "level_db": Look("level", "level (dB)", 1),
    "encode_rtf": Look("RTF enc", "real-time factor of the encoder", 3),
    "decode_rtf": Look("RTF dec", "real-time factor of the decoder", 3),
    "macs_per_second": Look("MAC/s", "multiply-accumulates for a second of audio", 0),
    "peak_memory_mb": Look("MB", "peak memory (MB)", 0),
}
OVERVIEW = ("pesq_wb", "visqol", "estoi", "dnsmos_ovrl", "plcmos", "mel_distance")


def look(column: str) -> Look:
    """The look of a column; one without its own is called by its name."""
    return LOOKS.get(column, Look(column, column.replace("_", " ")))


def overview(columns: list[str]) -> list[str]:
    """Up to six of these columns that show the most together."""
    return [column for column in OVERVIEW if column in columns] or columns[:6]
