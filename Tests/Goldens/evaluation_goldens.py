"""Expected scores for Tests/EvaluationTests, computed by the reference packages.

Run by hand:  python Tests/Goldens/evaluation_goldens.py
Needs:        rouge_score==0.1.2 nltk==3.10.4 sacrebleu==2.6.0 regex numpy
Writes:       evaluation_*.json beside this file

The texts come from a seeded generator that Tests/EvaluationTests/WordSalad.swift implements alike, so only numbers are
kept here, and of many numbers sums: each sum is weighted by place, so that no two errors can cancel out unseen.
"""

import json
import re
import string
from collections import Counter
from pathlib import Path

from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF

HERE = Path(__file__).parent
PAIRS = 2000
GROUP = 10

# The three lists below and the generator stand in WordSalad.swift as well, in the same order.
STEMS = (
    "a the an of in walk relat hop hopp run runn fall hiss fizz file fail conflat troubl siz agre fe plaster bl motor "
    "sing happ sk enjo sa cr fl condition ration valenc hesitanc digit conform radic different vile analog vietnam "
    "predic oper feud decis hope call formal sensit sensib triplic form electr good reviv allow infer airlin gyroscop "
    "adjust defens irrit replac depend adopt homolog commun activ angular effect bowdler prob rat ceas contr rol geo "
    "theo archaeo dy ly ty new inn out cann how proc exc succ y yy tray bay say spy die dies spies x1 2b 42 1984 zz"
).split()
SUFFIXES = (
    " s es ed ing ies ied y ly ally ational tional enci anci izer bli abli alli entli eli ousli ization ation ator "
    "alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence "
    "er ic able ible ant ement ment ent sion tion ou ism ate iti ous ive ize e ll eed ings sses ss"
).split(" ")
PIECES = [
    ".", ",", "...", ",,", "!", "?", "-", "--", "'", "\"", "(", ")", "(hi)", "'s", "don't", "U.S.A.", "3.14",
    "1,234.56", "2-3", "-5", "a.b", "a,b", "5.", ".5", "5,", ",5", "x-\ny", "-\n", "\n", "\n\n", "\t", "\r", "\x1c",
    "\x85", "\u00a0", "\u2003", "\u2028", "\u3000", "\u200b", "&amp;", "&quot;", "&lt;b&gt;", "&amp;lt;", "&apos;",
    "<skipped>", "<skip", "_", "a_b", "`", "~", "$5", "50%", "#tag", "@me", "a/b", "\\", "{}", "[]", "^", "=", "+", "*",
    "K", "\u212a", "\u0130stanbul", "I\u0130", "\u03a3\u03af\u03c3\u03c5\u03c6\u039f\u03a3", "\u0391\u03a3\u0387",
    "\u00df", "\u1e9e", "na\u00efve", "e\u0301", "\u00c9COLE", "\u65e5\u672c\u8a9e", "\u4e2d\u6587\u3002", "\uff0c",
    "\u2014", "\u2026", "\u201cq\u201d", "\u2019", "\u00bd", "\u00b2", "\u20ac", "\u00a35", "\u2160", "\u0661\u066b\u0662",
    "\U0001f600", "\U0001d400", "\u0e44\u0e17\u0e22", "\u0939\u093f", "\u05e9\u05dc\u05d5\u05dd", "\u0628", "\u00b7",
    "a\u00b7b", "THE", "An", "A", "Mixed", "CAPS", "\ufb01", "\u01c5",
]
SEPARATORS = [" ", " ", " ", " ", " ", " ", "", "\n", "  ", " , "]
MASK = (1 << 64) - 1


class Random:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        bits = self.state
        bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
        return bits ^ (bits >> 31)

    def below(self, bound):
        return (self.next() * bound) >> 64


def word(random):
    return STEMS[random.below(len(STEMS))] + SUFFIXES[random.below(len(SUFFIXES))]


def piece(random):
    kind = random.below(10)
    if kind < 4:
        return STEMS[random.below(len(STEMS))]
    if kind < 7:
        return word(random)
    return PIECES[random.below(len(PIECES))]


def join(pieces, random):
    return "".join(part + SEPARATORS[random.below(len(SEPARATORS))] for part in pieces)


def vary(pieces, random):
    """Another text that shares much with the first."""
    result = []
    for part in pieces:
        choice = random.below(10)
        if choice < 6:
            result.append(part)
        elif choice < 7:
            result += [piece(random), part]
        elif choice < 8:
            result.append(piece(random))
    return result


def segments():
    """For each pair the prediction and three references."""
    random = Random(20260101)
    result = []
    for index in range(PAIRS):
        # Mostly short, some long enough for several 64-bit words, a few empty.
        length = 0 if random.below(40) == 0 else random.below(200) if random.below(20) == 0 else random.below(40)
        pieces = [piece(random) for _ in range(length)]
        references = [join(pieces, random)] + [join(vary(pieces, random), random) for _ in range(2)]
        prediction = join(vary(pieces, random), random)
        result.append((prediction, references))
    return result


def grouped(values):
    """Sums over groups of neighbours, the k-th value of a group k times (from 1)."""
    return [
        round(sum((place + 1) * value for place, value in enumerate(values[start : start + GROUP])), 10)
        for start in range(0, len(values), GROUP)
    ]


def rouge(data):
    kinds = ["rouge1", "rouge2", "rouge3", "rougeL", "rougeLsum"]
    result = {}
    for stemmer in (False, True):
        scorer = rouge_scorer.RougeScorer(kinds, use_stemmer=stemmer)
        single = [scorer.score(references[0], prediction) for prediction, references in data]
        multiple = [scorer.score_multi(references, prediction) for prediction, references in data]
        for kind in kinds:
            name = f"{kind}{'-stem' if stemmer else ''}"
            for field, short in (("precision", "precision"), ("recall", "recall"), ("fmeasure", "f")):
                result[f"{name}-{short}"] = grouped([float(getattr(score[kind], field)) for score in single])
            result[f"{name}-multi-f"] = grouped([float(score[kind].fmeasure) for score in multiple])
    return result


def corpora(data):
    """Corpora of 100 segments, with one reference and with three."""
    for start in range(0, PAIRS, 500):
        part = data[start : start + 100]
        for count in (1, 3):
            yield start, count, [p for p, _ in part], [[r[k] for _, r in part] for k in range(count)]


def bleu(data):
    result = {"sentences": {}, "corpora": []}
    settings = [
        dict(tokenize=tokenize, smooth_method=smooth, lowercase=lowercase)
        for tokenize, smooth, lowercase in [
            ("13a", "exp", False), ("13a", "floor", True), ("13a", "add-k", False), ("13a", "none", False),
            ("intl", "exp", False), ("intl", "exp", True), ("char", "exp", False), ("zh", "exp", False),
            ("none", "exp", True),
        ]
    ]
    for setting in settings:
        name = f"{setting['tokenize']}-{setting['smooth_method']}-{'lc' if setting['lowercase'] else 'mixed'}"
        metric = BLEU(effective_order=True, **setting)
        result["sentences"][name] = grouped([metric.sentence_score(p, r).score for p, r in data])
        metric = BLEU(force=True, **setting)
        for start, count, predictions, references in corpora(data):
            score = metric.corpus_score(predictions, references)
            result["corpora"].append({
                "name": name, "start": start, "references": count, "score": score.score, "counts": score.counts,
                "totals": score.totals, "brevity_penalty": score.bp, "signature": str(metric.get_signature()),
                "line": score.format(signature=str(metric.get_signature())),
            })
    metric = BLEU(smooth_method="floor", smooth_value=0.25)
    _, _, predictions, references = next(corpora(data))
    result["floor"] = [metric.corpus_score(predictions, references).score, str(metric.get_signature())]
    return result


def chrf(data):
    result = {"sentences": {}, "corpora": []}
    for name, setting in {
        "chrf": {}, "chrf++": dict(word_order=2), "lowercase": dict(lowercase=True, word_order=1),
        "whitespace": dict(whitespace=True), "epsilon": dict(eps_smoothing=True, beta=3),
    }.items():
        metric = CHRF(**setting)
        result["sentences"][name] = grouped([metric.sentence_score(p, r).score for p, r in data])
        for start, count, predictions, references in corpora(data):
            score = metric.corpus_score(predictions, references)
            result["corpora"].append({
                "name": name, "start": start, "references": count, "score": score.score,
                "line": score.format(signature=str(metric.get_signature())),
            })
    return result


def bootstrap(data):
    """sacreBLEU's and rouge_score's intervals; their random numbers are NumPy's, so only roughly comparable."""
    from rouge_score.scoring import BootstrapAggregator
    import numpy
    numpy.random.seed(1)
    part = data[:500]
    predictions, references = [p for p, _ in part], [[r[0] for _, r in part]]
    result = {}
    for name, metric in {"bleu": BLEU(force=True), "chrf": CHRF()}.items():
        score = metric.corpus_score(predictions, references, n_bootstrap=2000)
        result[name] = {"mean": float(score._mean), "half_width": float(score._ci), "signature": str(metric.get_signature())}
    aggregator = BootstrapAggregator(n_samples=2000)
    scorer = rouge_scorer.RougeScorer(["rouge1", "rougeL"])
    for prediction, references in part:
        aggregator.add_scores(scorer.score(references[0], prediction))
    for kind, score in aggregator.aggregate().items():
        result[kind] = {end: float(getattr(score, end).fmeasure) for end in ("low", "mid", "high")}
    return result


def paired(data):
    """sacreBLEU's paired bootstrap between the predictions and the second references taken as a system."""
    from sacrebleu.significance import PairedTest
    part = data[:300]
    systems = [("baseline", [p for p, _ in part]), ("system", [r[1] for _, r in part])]
    references = [[r[0] for _, r in part]]
    _, scores = PairedTest(systems, {"bleu": BLEU(force=True), "chrf": CHRF()}, references, test_type="bs", n_samples=2000)()
    return {
        name: [{"score": float(result.score), "mean": float(result.mean), "half_width": float(result.ci),
                "p": None if result.p_value is None else float(result.p_value)} for result in scores[name]]
        for name in ("BLEU", "chrF2")
    }


def answer_words(text):
    """SQuAD's normalisation as its paper's evaluation states it; no package of it is maintained, so it is spelled out."""
    bare = "".join(letter for letter in text.lower() if letter not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def token_f1(reference, prediction):
    gold, said = answer_words(reference), answer_words(prediction)
    if not gold or not said:
        return float(gold == said)
    common = sum((Counter(gold) & Counter(said)).values())
    precision, recall = common / len(said), common / len(gold)
    return 2 * precision * recall / (precision + recall) if common else 0.0


def squad(data):
    # Short answers, so that some are equal: the first words of each text.
    def short(text, count):
        return " ".join(text.split()[:count])

    cut = [(short(p, 1 + k % 3), [short(r, 1 + k % 3) for r in rs]) for k, (p, rs) in enumerate(data)]
    return {
        "exact": grouped([float(any(answer_words(r) == answer_words(p) for r in rs)) for p, rs in cut]),
        "short_f1": grouped([max(token_f1(r, p) for r in rs) for p, rs in cut]),
        "f1": grouped([max(token_f1(r, p) for r in rs) for p, rs in data]),
    }


def stems():
    """One line of stems for words of three letters and more, as rouge_score asks for them."""
    random = Random(7)
    stemmer = PorterStemmer()
    words = [word(random) for _ in range(4000)]
    return " ".join(stemmer.stem(text) if len(text) > 3 else text for text in words)


def write(name, value):
    path = HERE / f"evaluation_{name}.json"
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    DATA = segments()
    checksum = 0
    for prediction, references in DATA:
        for text in [prediction] + references:
            for byte in text.encode() + b"\0":
                checksum = ((checksum ^ byte) * 0x100000001B3) & MASK
    write("texts", {"checksum": str(checksum), "first": DATA[1][0]})
    write("stems", stems())
    write("rouge", rouge(DATA))
    write("bleu", bleu(DATA))
    write("chrf", chrf(DATA))
    write("squad", squad(DATA))
    write("bootstrap", bootstrap(DATA))
    write("paired", paired(DATA))
