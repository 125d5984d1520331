"""English text that is on every machine where the peers are: what their packages and Python itself say of themselves."""

import ast
import pathlib
import re
import sysconfig


def prose():
    """Paragraphs of documentation strings and read-me files, in an order that does not depend on the machine."""
    seen = set()
    library = pathlib.Path(sysconfig.get_paths()["purelib"])
    for path in sorted(library.rglob("*")):
        if path.name == "METADATA":
            text = path.read_text(errors="ignore").partition("\n\n")[2]
        elif path.suffix == ".py" and path.stat().st_size > 20_000:
            text = "\n\n".join(docstrings(path))
        else:
            continue
        for paragraph in re.split(r"\n\s*\n", text):
            sentence = " ".join(paragraph.split())
            # Prose, not tables or code: words between spaces, and it ends as a sentence does.
            if len(sentence) > 60 and sentence[-1] in ".?!" and prose_share(sentence) > 0.9 and sentence not in seen:
                seen.add(sentence)
                yield sentence


def prose_share(text):
    return sum(character.isalpha() or character in " ,.'-?!" for character in text) / len(text)


def docstrings(path):
    try:
        tree = ast.parse(path.read_text(errors="ignore"))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)):
            yield ast.get_docstring(node) or ""


def make_tokenizers(folder):
    """Writes `english.txt` (1 MB, a paragraph a line) and one tokenizer of each kind trained on text like it."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    paragraphs = list(prose())
    text, size = [], 0
    for paragraph in paragraphs:
        size += len(paragraph.encode()) + 1
        if size > 1_000_000:
            break
        text.append(paragraph)
    (folder / "english.txt").write_text("\n".join(text) + "\n")

    metaspace = pre_tokenizers.Metaspace(prepend_scheme="always")
    kinds = {
        "unigram": (
            models.Unigram(), trainers.UnigramTrainer(vocab_size=16000, unk_token="<unk>", special_tokens=["<unk>"],
                                                      show_progress=False),
            normalizers.NFKC(), metaspace, decoders.Metaspace()),
        "bpe": (
            models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True),
            trainers.BpeTrainer(vocab_size=16000, special_tokens=["<unk>"] + [f"<0x{i:02X}>" for i in range(256)],
                                show_progress=False),
            None, metaspace, decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])),
        "byte-level-bpe": (
            models.BPE(), trainers.BpeTrainer(vocab_size=16000, show_progress=False,
                                              initial_alphabet=pre_tokenizers.ByteLevel.alphabet()),
            None, pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()),
        "wordpiece": (
            models.WordPiece(unk_token="[UNK]"),
            trainers.WordPieceTrainer(vocab_size=16000, special_tokens=["[UNK]"], show_progress=False),
            normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer(), decoders.WordPiece()),
    }
    for name, (model, trainer, normalizer, pre_tokenizer, decoder) in kinds.items():
        tokenizer = Tokenizer(model)
        if normalizer:
            tokenizer.normalizer = normalizer
        tokenizer.pre_tokenizer = pre_tokenizer
        tokenizer.decoder = decoder
        tokenizer.train_from_iterator(paragraphs, trainer)
        (folder / name).mkdir()
        tokenizer.save(str(folder / name / "tokenizer.json"))


def make_pairs(source, folder, random, count=10_000):
    """Writes `references.txt` and `predictions.txt`: sentences, and the same with words dropped, moved and taken over."""
    sentences = [s for line in source.read_text().splitlines() for s in re.split(r"(?<=[.?!]) ", line)]
    sentences = [s for s in sentences if 6 <= len(s.split()) <= 60]
    words = [word for sentence in sentences for word in sentence.split()]
    references, predictions = [], []
    for number in range(count):
        reference = sentences[number % len(sentences)].split()
        prediction = []
        for word in reference:
            draw = random.random()
            if draw < 0.15:
                continue
            prediction.append(random.choice(words) if draw < 0.3 else word)
        if len(prediction) > 4 and random.random() < 0.3:
            cut = random.randrange(1, len(prediction))
            prediction = prediction[cut:] + prediction[:cut]
        references.append(" ".join(reference))
        predictions.append(" ".join(prediction) or reference[0])
    (folder / "references.txt").write_text("\n".join(references) + "\n")
    (folder / "predictions.txt").write_text("\n".join(predictions) + "\n")


# How Llama 3's and GPT-4o's tokenizer files split words.
SPACES = r"|\s*[\r\n]+|\s+(?!\S)|\s+"
CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LEAD, SHARED = r"[^\r\n\p{L}\p{N}]?", r"\p{Lm}\p{Lo}\p{M}]"
SPLITS = {
    "llama3": CONTRACTIONS + "|" + LEAD + r"\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + SPACES,
    "gpt4o": LEAD + r"[\p{Lu}\p{Lt}" + SHARED + r"*[\p{Ll}" + SHARED + "+" + CONTRACTIONS + "?|"
             + LEAD + r"[\p{Lu}\p{Lt}" + SHARED + r"+[\p{Ll}" + SHARED + "*" + CONTRACTIONS + "?"
             + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*" + SPACES,
}


def make_split_tokenizers(source, folder):
    """The byte-level tokenizer at `source` with the words of later models."""
    import json

    tokenizer = json.loads((source / "tokenizer.json").read_text())
    for name, pattern in SPLITS.items():
        split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
        bytes_ = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
        tokenizer["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [split, bytes_]}
        (folder / name).mkdir()
        (folder / name / "tokenizer.json").write_text(json.dumps(tokenizer))
