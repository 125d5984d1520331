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
    from sacrebleu.tokenizers import tokenizer_13a, tokenizer_re

    def score():
        # sacreBLEU keeps how it cut texts that it saw before: a second run would not do the work.
        tokenizer_13a.Tokenizer13a.__call__.cache_clear()
        tokenizer_re.TokenizerRegexp.__call__.cache_clear()
        sacrebleu.corpus_bleu(predictions, [references])
        return len(predictions)

    serve(f"sacreBLEU {sacrebleu.__version__}", score)
