"""Tokenizers for random checkpoints: real ones of their kind, with made-up pieces of letters."""

import itertools
import string

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast


def pieces(count):
    """Strings of one to three letters, each at the start of a word and inside one."""
    letters = string.ascii_lowercase + string.digits + ".,?!'-"
    yield "▁"
    yield from letters
    found = 1 + len(letters)
    for length in (1, 2, 3):
        for letter in itertools.product(string.ascii_lowercase, repeat=length):
            for start in ("▁", "") if length > 1 else ("▁",):
                if found == count:
                    return
                found += 1
                yield start + "".join(letter)


def t5_tokenizer(size):
    special = ["<pad>", "</s>", "<unk>"]
    # A longer piece is likelier than its parts, as in a trained vocabulary.
    vocabulary = [(token, 0.0) for token in special]
    vocabulary += [(piece, -20.0 + 5.0 * len(piece)) for piece in pieces(size - len(special))]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=2, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")


def llama_tokenizer(size):
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    merges = []
    for piece in pieces(size - len(tokens)):
        vocabulary[piece] = len(vocabulary)
        if len(piece) > 1:
            merges.append((piece[:-1], piece[-1]))
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>")
