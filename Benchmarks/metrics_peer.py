"""Times the reference packages on files of texts and prints one JSON object a kind of work.

    python metrics_peer.py --predictions predictions.txt --references references.txt --repeats 3
"""

import argparse
import json
import logging
import time
from pathlib import Path

from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF

KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]


def rouge(predictions, references, stemmer):
    scorer = RougeScorer(KINDS, use_stemmer=stemmer)
    total = 0.0
    for prediction, reference in zip(predictions, references):
        total += scorer.score(reference, prediction)["rouge1"].fmeasure
    return total / len(predictions)


def forget():
    """Empties what sacreBLEU keeps of texts that it saw before, so that every repeat does the work."""
    from sacrebleu.tokenizers import tokenizer_13a, tokenizer_re

    tokenizer_13a.Tokenizer13a.__call__.cache_clear()
    tokenizer_re.TokenizerRegexp.__call__.cache_clear()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", type=Path, required=True)
    parser.add_argument("--references", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--work", default="rouge,rouge-stemmed,bleu,chrf")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    predictions = options.predictions.read_text().splitlines()
    references = options.references.read_text().splitlines()
    work = {
        "rouge": lambda: rouge(predictions, references, False),
        "rouge-stemmed": lambda: rouge(predictions, references, True),
        "bleu": lambda: BLEU(force=True).corpus_score(predictions, [references]).score,
        "chrf": lambda: CHRF().corpus_score(predictions, [references]).score,
    }
    for name in options.work.split(","):
        seconds, value = [], 0.0
        for _ in range(options.repeats):
            forget()
            start = time.perf_counter()
            value = work[name]()
            seconds.append(time.perf_counter() - start)
        print(json.dumps({"work": name, "side": "peer", "pairs": len(predictions), "seconds": seconds,
                          "value": float(value)}), flush=True)


if __name__ == "__main__":
    main()
