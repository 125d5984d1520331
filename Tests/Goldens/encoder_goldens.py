"""Tiny random text encoders of each architecture and head, and mT5 and BART, with logits, gradients, training steps.

Run by hand in an environment with exactly these packages; the tests only read what it writes:

    torch==2.13.0 (cpu), transformers==5.23.0, tokenizers, safetensors==0.8.0, sentence-transformers==6.2.0

    python Tests/Goldens/encoder_goldens.py

Writes Tests/Goldens/encoders/<name>/ (an ordinary Hugging Face folder) and, beside it, <name>.safetensors (the batch,
logits, gradients) and <name>.json (losses, samples of the final weights); encoders/sentence/ is a folder as
sentence-transformers writes it, with the embeddings of texts in sentence.safetensors and sentence.json. The
encoder-decoders go to models/, beside those of models_goldens.py.
"""

import json
import shutil
from pathlib import Path

import torch
import models_goldens
from models_goldens import TEXT, ids, padded, randomize, train, unigram_tokenizer
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoTokenizer, BartConfig, BartForConditionalGeneration, BertConfig, BertForMaskedLM, BertForSequenceClassification, BertModel, DistilBertConfig,
    DistilBertForMaskedLM, DistilBertForSequenceClassification, MT5Config, MT5ForConditionalGeneration, RobertaConfig, RobertaForMaskedLM,
    RobertaForSequenceClassification, XLMRobertaConfig, XLMRobertaModel)
from transformers.models.bart.modeling_bart import shift_tokens_right

HERE = Path(__file__).resolve().parent / "encoders"


def word_pieces(size):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    numbers = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=numbers)
    return tokenizer, dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), special))


def byte_pairs(size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=special, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    names = ("cls_token", "pad_token", "eos_token", "unk_token", "mask_token")
    return tokenizer, dict(zip(names, special)) | {"bos_token": "<s>", "sep_token": "</s>"}


def fresh(name, made, home=HERE):
    """An empty folder with its tokenizer: one that is committed is kept, for trainers order equal scores by chance."""
    folder = home / name
    kept = folder / "tokenizer.json"
    kept = kept.read_text() if kept.exists() else None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokenizer, tokens = made
    (folder / "tokenizer.json").write_text(kept or tokenizer.to_str())
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 24} | tokens
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    return folder


def save(model, folder):
    model.save_pretrained(folder)
    return type(model).from_pretrained(folder)


def batch_of(config, seed, types=False):
    rows = ids([18, 7, 12], config.vocab_size, seed)
    if config.pad_token_id == 1:
        rows = [[token if token != 1 else 5 for token in row] for row in rows]
    batch = {
        "input_ids": padded(rows, config.pad_token_id),
        "attention_mask": padded([[1] * len(row) for row in rows], 0),
    }
    if types:
        batch["token_type_ids"] = padded([[0] * (len(row) // 2) + [1] * (len(row) - len(row) // 2) for row in rows], 0)
    return batch, rows


def record(name, model, batch, extra=None, home=HERE):
    model.eval()
    tensors = {key: value.clone() for key, value in batch.items()}
    output = model(**batch)
    output.loss.backward()
    tensors["logits"] = output.logits.detach()
    for parameter_name, parameter in model.named_parameters():
        tensors["gradient." + parameter_name] = parameter.grad.clone()
    tensors.update(extra or {})
    loss = output.loss.item()
    losses, final = train(model, batch)
    save_file({key: value.contiguous() for key, value in tensors.items()}, home / f"{name}.safetensors")
    (home / f"{name}.json").write_text(json.dumps({"loss": loss, "adamw_losses": losses, "final": final}) + "\n")


def masked(name, kind, config, tokenizer, seed, types=False):
    folder = fresh(name, tokenizer)
    model = kind(config)
    randomize(model, seed, gain=2.0)
    loaded = save(model, folder)
    batch, rows = batch_of(config, seed + 1, types)
    # Every third token is to be foretold.
    labels = [[token if place % 3 == 1 else -100 for place, token in enumerate(row)] for row in rows]
    record(name, loaded, batch | {"labels": padded(labels, -100)})


def classifier(name, kind, config, tokenizer, labels, seed, types=False):
    folder = fresh(name, tokenizer)
    model = kind(config)
    randomize(model, seed, gain=2.0)
    loaded = save(model, folder)
    batch, _ = batch_of(config, seed + 1, types)
    record(name, loaded, batch | {"labels": torch.tensor(labels)})


def bare(name, kind, config, tokenizer, seed, types):
    folder = fresh(name, tokenizer)
    model = kind(config)
    randomize(model, seed, gain=2.0)
    loaded = save(model, folder).eval()
    batch, _ = batch_of(config, seed + 1, types)
    with torch.no_grad():
        batch["hidden"] = loaded(**batch).last_hidden_state
    save_file({key: value.contiguous() for key, value in batch.items()}, HERE / f"{name}.safetensors")


def encoder_decoder(name, model, tokenizer, seed, untied=False, bias=None, embedding=2.0):
    home = models_goldens.HERE
    config = model.config
    if tokenizer:
        folder = fresh(name, tokenizer, home)
    else:
        folder = models_goldens.fresh(name)
    if untied:  # transformers 5 ties while building; a checkpoint whose tensors differ is loaded untied.
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.shared.weight))
        model.all_tied_weights_keys.pop("lm_head.weight")
    randomize(model, seed, 1.3, embedding)
    if bias is not None:
        model.final_logits_bias.copy_(bias)
    loaded = save(model, folder)
    if not tokenizer:
        unigram_tokenizer(folder, config.vocab_size)
    end = config.eos_token_id
    sources, targets = (
        [[token if token != config.pad_token_id else 5 for token in row] + [end]
         for row in ids(lengths, config.vocab_size, seed + more)]
        for lengths, more in (([18, 8, 13], 1), ([12, 17, 4], 2)))
    batch = {
        "input_ids": padded(sources, config.pad_token_id),
        "attention_mask": padded([[1] * len(row) for row in sources], 0),
        "labels": padded(targets, -100),
    }
    shifted = shift_tokens_right(batch["labels"], config.pad_token_id, config.decoder_start_token_id)
    record(name, loaded, batch, {"decoder_input_ids": shifted}, home)


SENTENCES = [
    "the cat sat on the mat", "a bird sang", "Ann has a HAT ; bob has a boat .", "they saw ten ships on the sea",
    "the sun is hot , the moon is cold , and rain falls on the hill . the sun is hot , the moon is cold", "so",
]


def sentences(source):
    """A folder of Transformer, Pooling, Dense and Normalize, and each way of pooling by itself."""
    folder = HERE / "sentence"
    shutil.rmtree(folder, ignore_errors=True)
    transformer = Transformer(str(source), max_seq_length=16)
    width = transformer.get_embedding_dimension()
    torch.manual_seed(5)
    modules = [transformer, Pooling(width, ("mean", "max")), Dense(2 * width, 12), Normalize()]
    model = SentenceTransformer(modules=modules, device="cpu")
    model.save(str(folder), create_model_card=False)
    tensors = {"sentence": torch.tensor(model.encode(SENTENCES))}
    for mode in Pooling.POOLING_MODES:
        single = SentenceTransformer(modules=[transformer, Pooling(width, mode)], device="cpu")
        tensors[mode] = torch.tensor(single.encode(SENTENCES))
    save_file(tensors, HERE / "sentence.safetensors")
    (HERE / "sentence.json").write_text(json.dumps({"sentences": SENTENCES}, indent=2) + "\n")


def cuts(names):
    """How transformers cuts texts and pairs that are too long."""
    cases = []
    for name in names:
        tokenizer = AutoTokenizer.from_pretrained(HERE / name)
        for limit in (5, 8, 11, 24):
            for text, pair in [(SENTENCES[4], None), (SENTENCES[4], SENTENCES[0]), (SENTENCES[1], SENTENCES[4])]:
                made = tokenizer(text, pair, truncation=True, max_length=limit, return_token_type_ids=True)
                cases.append({
                    "tokenizer": name, "limit": limit, "text": text, "pair": pair, "ids": made["input_ids"],
                    "types": made["token_type_ids"]})
    (HERE / "cuts.json").write_text(json.dumps(cases) + "\n")


def main():
    torch.set_num_threads(1)
    HERE.mkdir(exist_ok=True)
    bert = dict(
        vocab_size=96, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=40,
        max_position_embeddings=24, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, pad_token_id=0)
    words = word_pieces(96)
    masked("bert-masked", BertForMaskedLM, BertConfig(**bert), words, 100, types=True)
    named = dict(id2label={0: "bad", 1: "fair", 2: "good"}, label2id={"bad": 0, "fair": 1, "good": 2})
    classifier(
        "bert-labels", BertForSequenceClassification, BertConfig(**bert, **named), words, [2, 0, 1], 110, types=True)
    bare("bert-bare", BertModel, BertConfig(**bert | {"num_hidden_layers": 3}), words, 120, types=True)
    roberta = bert | dict(
        vocab_size=300, max_position_embeddings=26, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
        layer_norm_eps=1e-5)
    pairs = byte_pairs(300)
    masked("roberta-masked", RobertaForMaskedLM, RobertaConfig(**roberta), pairs, 130)
    classifier(
        "roberta-number", RobertaForSequenceClassification, RobertaConfig(**roberta, num_labels=1), pairs,
        [0.5, -1.0, 2.0], 140)
    bare("xlm-roberta-bare", XLMRobertaModel, XLMRobertaConfig(**roberta), pairs, 150, types=False)
    distilbert = dict(
        vocab_size=96, dim=24, n_layers=2, n_heads=4, hidden_dim=36, max_position_embeddings=24, dropout=0.0,
        attention_dropout=0.0, seq_classif_dropout=0.0, pad_token_id=0)
    masked("distilbert-masked", DistilBertForMaskedLM, DistilBertConfig(**distilbert), words, 160)
    several = dict(problem_type="multi_label_classification", num_labels=4)
    classifier(
        "distilbert-several", DistilBertForSequenceClassification, DistilBertConfig(**distilbert, **several), words,
        [[1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0]], 170)
    encoder_decoder(
        "mt5",
        MT5ForConditionalGeneration(MT5Config(
            vocab_size=99, d_model=20, d_kv=6, d_ff=28, num_layers=2, num_decoder_layers=1, num_heads=3,
            dropout_rate=0.0, relative_attention_num_buckets=8, relative_attention_max_distance=12)),
        None, 180, untied=True)
    bart = dict(
        vocab_size=300, d_model=24, encoder_layers=2, decoder_layers=2, encoder_attention_heads=3,
        decoder_attention_heads=4, encoder_ffn_dim=36, decoder_ffn_dim=40, max_position_embeddings=24, dropout=0.0,
        attention_dropout=0.0, activation_dropout=0.0)
    encoder_decoder("bart", BartForConditionalGeneration(BartConfig(**bart)), pairs, 190, embedding=0.5)
    encoder_decoder(
        "bart-scaled", BartForConditionalGeneration(BartConfig(**bart, scale_embedding=True)), pairs, 200,
        bias=torch.linspace(-1, 1, 300), embedding=0.4)
    sentences(HERE / "bert-bare")
    cuts(["bert-labels", "roberta-number"])


if __name__ == "__main__":
    main()
