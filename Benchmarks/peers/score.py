"""Scores of 10,000 pairs with the reference packages: `score.py rouge|bleu PREDICTIONS REFERENCES`.

ROUGE-1, -2 and -L with the stemmer, each pair for itself; BLEU of the corpus. One unit is a pair.
"""

import importlib.metadata
import pathlib
import sys

from worker import serve

predictions, references = (pathlib.Path(path).read_text().splitlines() for path in sys.argv[2:4])

if sys.argv[1] == "rouge":
    from rouge_score import rouge_scorer

    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)

    def score():
        for reference, prediction in zip(references, predictions):
            scorer.score(reference, prediction)
        return len(predictions)

    serve("rouge_score " + importlib.metadata.version("rouge_score"), score)
else:
    import sacrebleu

    def score():
        sacrebleu.corpus_bleu(predictions, [references])
        return len(predictions)

    serve(f"sacreBLEU {sacrebleu.__version__}", score)
