"""Makes what both sides of a benchmark read: `make_checkpoints.py FOLDER`.

Random checkpoints of the shapes that the benchmarks page names, as Hugging Face folders; the T5-base one for
CTranslate2 and the Llama decode one for llama.cpp too; tokenizers of each kind with a text of 1 MB; a sentence encoder
with texts; pairs of texts to be scored. Everything is seeded. What is there already is not made again.
"""

import json
import pathlib
import random
import shutil
import sys

SEED = 20260501
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


def t5(width, layers, heads, inner, vocabulary=32128):
    from transformers import T5Config, T5ForConditionalGeneration

    config = T5Config(
        vocab_size=vocabulary, d_model=width, d_kv=64, d_ff=inner, num_layers=layers, num_decoder_layers=layers,
        num_heads=heads, feed_forward_proj="gated-gelu", tie_word_embeddings=False, dropout_rate=0.1,
        decoder_start_token_id=0,
    )
    return T5ForConditionalGeneration(config)


def llama(width, layers, heads, key_value_heads, inner, tied, vocabulary=32000):
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=vocabulary, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
        num_key_value_heads=key_value_heads, intermediate_size=inner, tie_word_embeddings=tied,
        max_position_embeddings=2048,
    )
    return LlamaForCausalLM(config)


CHECKPOINTS = {
    "t5": lambda: t5(512, 8, 6, 1024),
    "t5-base": lambda: t5(768, 12, 12, 2048),
    "llama": lambda: llama(576, 30, 9, 3, 1536, tied=True),
    "llama-decode": lambda: llama(1024, 16, 16, 4, 2816, tied=False),
}


def make(folder, action):
    """Makes a folder under another name first, so that a half-made one never counts."""
    if folder.exists():
        return
    print(f"Making {folder}", flush=True)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    action(partial)
    partial.rename(folder)


def save_checkpoint(name, folder):
    import torch
    from dummy_tokenizers import llama_tokenizer, t5_tokenizer

    torch.manual_seed(SEED)
    model = CHECKPOINTS[name]()
    model.save_pretrained(folder)
    tokenizer = t5_tokenizer(32128) if name.startswith("t5") else llama_tokenizer(32000)
    tokenizer.save_pretrained(folder)


def convert_to_ctranslate2(source, folder):
    import ctranslate2

    converter = ctranslate2.converters.TransformersConverter(str(source))
    converter.convert(str(folder), force=True)


def main():
    folder = pathlib.Path(sys.argv[1])
    for name in CHECKPOINTS:
        make(folder / name, lambda partial: save_checkpoint(name, partial))
    make(folder / "t5-base-ctranslate2", lambda partial: convert_to_ctranslate2(folder / "t5-base", partial))

    from llama_gguf import convert_to_gguf, quantize_gguf
    from sentences import make_reward_model, make_sentence_model
    from texts import make_pairs, make_split_tokenizers, make_tokenizers

    make(folder / "llama-decode-gguf", lambda partial: convert_to_gguf(folder / "llama-decode", partial / "f32.gguf"))
    make(folder / "llama-decode-gguf-small", lambda partial: quantize_gguf(folder / "llama-decode-gguf/f32.gguf", partial))
    make(folder / "tokenizers", make_tokenizers)
    bytes_ = folder / "tokenizers/byte-level-bpe"
    make(folder / "split-tokenizers", lambda partial: make_split_tokenizers(bytes_, partial))
    make(folder / "minilm", lambda partial: make_sentence_model(folder / "tokenizers", partial))
    tokenizers = folder / "tokenizers"
    make(folder / "bert-reward", lambda partial: make_reward_model(tokenizers, partial, random.Random(SEED)))
    make(folder / "pairs", lambda partial: make_pairs(folder / "tokenizers" / "english.txt", partial, random.Random(SEED)))


main()
