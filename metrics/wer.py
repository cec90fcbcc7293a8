"""Word and character error rate of a recognizer on decoded speech, against what was said.

    wer, cer                      of the degraded signal
    wer_reference, cer_reference  of the reference: the recognizer's own errors, and what is wrong
                                  or written otherwise in the texts. What a codec costs is the
                                  difference; no absolute value says anything without it

An error is a substitution, deletion or insertion of the shortest edit (Levenshtein), counted by
`jiwer`; characters include the spaces between words. Rates of many items are corpus rates: errors
of all over words of all, so that a short item does not weigh as much as a long one. The recognizer
and the normalization of both sides are `recognizer`'s. An item without a text has no rate, nor has
one in a language that the recognizer does not know.
"""

from .base import Column, Meaning, Metric, Signal, Undefined
from .machinery import recognizer


def rates(text: str, heard: str) -> tuple[float, float]:
    """Error rates of words and of characters of `heard` against `text`, both normalized."""
    import jiwer

    words, characters = jiwer.process_words(text, heard), jiwer.process_characters(text, heard)
    return float(words.wer), float(characters.cer)


def score(reference: Signal, degraded: Signal, text: str) -> dict[str, float]:
    """Columns `wer`, `cer`, the same of the reference, and the sizes of the text.

    Raises:
        Undefined: the text is unknown.
    """
    said = recognizer.normalize(text)
    if not said:
        raise Undefined("no word error rate: the test set does not say what is said in this item")
    wer, cer = rates(said, recognizer.transcribe(degraded))
    wer_reference, cer_reference = rates(said, recognizer.transcribe(reference))
    return {
        "wer": wer,
        "cer": cer,
        "wer_reference": wer_reference,
        "cer_reference": cer_reference,
        "text_words": float(len(said.split())),
        "text_characters": float(len(said)),
    }


METRIC = Metric(
    score=score,
    columns=(
        Column(
            "wer",
            "lower",
            short="WER",
            long="word error rate",
            digits=3,
            family="content",
            place=140,
            shown="tables",
            meaning=Meaning(
                span="0 upwards; above 1 where more words are heard than were said",
                mode="with text",
                hears="words that a recognizer gets wrong.",
                misses=("quality, voice and intonation, as long as the words are understood."),
                traps=(
                    "The recognizer's own errors are in it: read it beside "
                    "`wer_reference`. Numbers and abbreviations in the texts count as "
                    "errors. English only."
                ),
            ),
        ),
        Column(
            "cer",
            "lower",
            short="CER",
            long="character error rate",
            digits=3,
            family="content",
            place=150,
            shown="tables",
            meaning=Meaning(
                span="0 upwards",
                mode="with text",
                hears="characters that a recognizer gets wrong, spaces included.",
                misses="quality, voice and intonation.",
                traps="As of `wer`; read it beside `cer_reference`.",
            ),
        ),
        Column(
            "wer_reference",
            "none",
            short="WER-ref",
            long="word error rate of the references",
            digits=3,
            family="content",
            place=160,
            shown="tables",
            meaning=Meaning(
                span="0 upwards",
                mode="with text",
                hears=(
                    "the recognizer's own errors on the references, and what is written "
                    "otherwise in the texts."
                ),
                misses="the codec: it is the same for all of them.",
                traps="What a codec costs is `wer` less this.",
            ),
        ),
        Column(
            "cer_reference",
            "none",
            short="CER-ref",
            long="character error rate of the references",
            digits=3,
            family="content",
            place=170,
            shown="tables",
            meaning=Meaning(
                span="0 upwards",
                mode="with text",
                hears="the recognizer's own errors on the references, in characters.",
                misses="the codec: it is the same for all of them.",
                traps="What a codec costs is `cer` less this.",
            ),
        ),
    ),
    denominators={
        "wer": "text_words",
        "wer_reference": "text_words",
        "cer": "text_characters",
        "cer_reference": "text_characters",
    },
    packages=("transformers", "torch", "jiwer"),
    weights=recognizer.WEIGHTS,
    sample_rate=recognizer.RATE,
    shortest=0.5,
    longest=60.0,
    languages=recognizer.LANGUAGES,
    needs_text=True,
    unavailable=recognizer.unavailable,
    place=10,
)
