"""Goldens for vocabulary training: token ids by the tokenizers package on tokenizer.json files that Orchard learned.

The three files are made first, from Orchard's own dialogues in tokenizer_training/text.txt, by

    for kind in unigram bpe bpe-byte-fallback; do
      orchard tokenizer train --files Tests/Goldens/tokenizer_training/text.txt --kind $kind \
        --vocabulary-size 700 --sentinels 10 --output runs/$kind
      cp runs/$kind/tokenizer.json Tests/Goldens/tokenizer_training/$kind.json
    done

Then, in a Python with tokenizers 0.22 or later:  python Tests/Goldens/tokenizer_training_goldens.py
It writes tokenizer_training/expected.json: ids and decoded texts for each kind, and the merges that the package's
own trainer learns from the same text.
"""

import json
import pathlib
import random

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

folder = pathlib.Path(__file__).parent / "tokenizer_training"
lines = (folder / "text.txt").read_text(encoding="utf-8").splitlines()
generator = random.Random(5)


def samples():
    texts = lines[::60] + lines[-10:]
    texts += ["", " ", "  two  spaces ", "\n", "a\nb", "don't", "<extra_id_0> stays whole <extra_id_9>", "</s>",
              "UPPER lower MiXeD", "unseen: ξψω ابت ∑∂", "▁ is a mark ▁▁", "x" * 60, "e\u0301 and é", "\u200b\u00a0"]
    letters = [chr(c) for c in [*range(32, 127), *range(0xC0, 0x180), *range(0x3040, 0x3060), 0x1F642, 9, 10, 32, 32]]
    texts += ["".join(generator.choice(letters) for _ in range(generator.randint(1, 40))) for _ in range(60)]
    words = " ".join(lines).split(" ")
    texts += [" ".join(generator.choice(words) for _ in range(generator.randint(1, 12))) for _ in range(60)]
    return texts


def merges():
    trainer = trainers.BpeTrainer(
        vocab_size=690, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator([line + "\n" for line in lines], trainer)
    learned = json.loads(tokenizer.to_str())["model"]["merges"]
    return [" ".join(merge) if isinstance(merge, list) else merge for merge in learned]


texts = samples()
expected = {"texts": texts, "merges": merges()}
for kind in ["unigram", "bpe", "bpe-byte-fallback"]:
    tokenizer = Tokenizer.from_file(str(folder / f"{kind}.json"))
    encodings = [tokenizer.encode(text) for text in texts]
    expected[kind] = {
        "ids": [encoding.ids for encoding in encodings],
        "decoded": [tokenizer.decode(encoding.ids) for encoding in encodings],
    }
(folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=True) + "\n", encoding="utf-8")
