"""Writes tokenizers/expressions.json: how the tokenizers package splits texts by regular expressions.

Run by hand: python Tests/Goldens/tokenizers_expressions.py

Versions: tokenizers 0.23.3.
"""

import json
import pathlib

from tokenizers import Regex, pre_tokenizers

OUT = pathlib.Path(__file__).resolve().parent / "tokenizers/expressions.json"

EXPRESSIONS = [
    r"\s", r"\S+", r"\s+", r"[^\s]+", r"[\s,]+", r"[\S]+", r"\h", r"\h+", r"[\hx]+", r"\H+", r"\v", r"^.", r".$", r"^a",
    r"a$", r"\Aa", r"a\z", r".+", r"(?i)ab", r"(?i:AB)c", r"(?x) a b # both", r"a{2}", r"a{1,2}", r"a{2,}", r"a{1,2}?",
    r"a?+b", r"a*+b", r"a++b", r"\d+", r"\D+", r"\w+", r"\W+", r"\bab", r"\Bb", r"\p{L}+", r"\P{L}+", r"\p{Lu}", r"\p{Han}+",
    r"[[:alpha:]]+", r"[[:digit:]]+", r"[[:^alpha:]]+", r"[a-z&&[^b]]+", r"[^a-c]+", r"[a[0-9]]+", r"(?=b)", r"a(?=b)",
    r"a(?!b)", r"(?<=a)b", r"(?<!a)b", r"(?>a+)b", r"(a|b)\1", r"(?<x>a)\k<x>", r"a|b|\n", r"\n+", r"\R", r"\t", r"\x41",
    r"\x{e9}", r"\u00e9", r"[\x{4e00}-\x{9fff}]", r"a{", r"{a}", r"[.]", r"\.", r"[+\-*/]", r"\p{N}{1,3}(?=(?:\p{N}{3})*\b)",
]
REFUSED = [
    r"a{1,2}+", r"a{2}?", r"a{,2}", r"(?m)a", r"(?m:.)", r"[[:punct:]]", r"\Qa\E", r"\X", r"\Ka", r"(?~ab)", r"[a--b]",
]
TEXTS = [
    "", "a", "aab ab b", "ab\nab\n", "\nab\r\nAb\x0bcd\x85ef\u2028gh\u00a0ij", "Aé1 2²３ ١٢ 一二三 ab_c ⓐ e\u0301", "aaa aaaa,a{ {a}",
    "x.y+z-1/2*3 \t\t  \n\n end", "deadBEEF 0x1f g\u200dh", "a\r\n\r\nb \u3000c", "1234567 12,345.6",
]


def spans(expression, text):
    splitter = pre_tokenizers.Split(Regex(expression), "isolated")
    return [list(span) for _, span in splitter.pre_tokenize_str(text)]


def main():
    known = [{"expression": x, "spans": [spans(x, text) for text in TEXTS]} for x in EXPRESSIONS]
    OUT.write_text(json.dumps({"texts": TEXTS, "known": known, "refused": REFUSED}, separators=(",", ":")) + "\n")


main()
