"""Tiny random checkpoints of each architecture with logits, gradients and ten training steps.

Run by hand in an environment with exactly these packages; the tests only read what it writes:

    torch==2.13.0 (cpu), transformers==5.23.0, tokenizers, safetensors==0.8.0

    python Tests/Goldens/models_goldens.py            # or: … families, for the decoders of FAMILIES alone

Writes Tests/Goldens/models/<name>/ (an ordinary Hugging Face folder) and, beside it,
<name>.safetensors (the batch, logits, gradients) and <name>.json (losses, samples of the final weights).
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    GPTNeoXConfig,
    Gemma2Config,
    GemmaConfig,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    Qwen2Config,
    Qwen3Config,
    T5Config,
    T5ForConditionalGeneration,
)

HERE = Path(__file__).resolve().parent / "models"
TEXT = """the cat sat on the mat and the dog ran to the red barn . a bird sang in the old tree .
the sun is hot , the moon is cold , and rain falls on the hill . ann has a hat ; bob has a boat .
we ate bread and honey at noon . they saw ten ships on the sea , then one more . so it ended well !"""


def randomize(model, seed, gain=1.3, embedding=1.0):
    """Weights of a size that makes every part matter: no bias is zero, no norm is all ones.

    Where the head is tied, small embeddings and a large gain keep the model from repeating its input.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if "relative_attention_bias" in name:
                parameter.copy_(noise)
            elif name.endswith("bias"):
                parameter.copy_(0.3 * noise)
            elif parameter.dim() == 1:
                parameter.copy_(1 + 0.3 * noise)
            elif "shared" in name or "embed_tokens" in name:
                parameter.copy_(embedding * noise)
            elif "SelfAttention.q" in name or "EncDecAttention.q" in name:
                parameter.copy_(1.3 * noise * (parameter.shape[1] ** -0.5) * 8**-0.5)
            else:
                parameter.copy_(gain * noise * parameter.shape[1] ** -0.5)


def sample(tensor):
    """Eight values spread over a tensor, and the sum of all magnitudes."""
    flat = tensor.detach().double().flatten()
    places = [i * (len(flat) - 1) // 7 for i in range(8)]
    return {"values": [flat[i].item() for i in places], "magnitude": flat.abs().sum().item()}


def train(model, batch):
    """Losses of ten AdamW steps on one batch, and samples of the weights after them."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, {name: sample(parameter) for name, parameter in model.named_parameters()}


def record(name, model, batch, extra=None):
    model.eval()
    tensors = {key: value.clone() for key, value in batch.items()}
    output = model(**batch)
    output.loss.backward()
    tensors["logits"] = output.logits.detach()
    for parameter_name, parameter in model.named_parameters():
        tensors["gradient." + parameter_name] = parameter.grad.clone()
    tensors.update({key: value.detach() for key, value in (extra or {}).items()})
    loss = output.loss.item()
    losses, final = train(model, batch)
    assert all(parameter.grad.abs().max() > 1e-5 for parameter in model.parameters())
    save_file({key: value.contiguous() for key, value in tensors.items()}, HERE / f"{name}.safetensors")
    (HERE / f"{name}.json").write_text(json.dumps({"loss": loss, "adamw_losses": losses, "final": final}) + "\n")


def padded(rows, value, left=False):
    width = max(map(len, rows))
    pads = [[value] * (width - len(row)) for row in rows]
    return torch.tensor([pad + row if left else row + pad for row, pad in zip(rows, pads)])


def ids(lengths, vocabulary, seed):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(3, vocabulary, (length,), generator=generator).tolist() for length in lengths]


def rewrite_config(folder, changes, drop=()):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    for key in drop:
        config.pop(key, None)
    config.update(changes)
    path.write_text(json.dumps(config, indent=2) + "\n")


def unigram_tokenizer(folder, size):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    special = ["<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=special, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    save_tokenizer(tokenizer, folder, size, {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"})


def bpe_tokenizer(folder, size):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False, max_token_length=6
    )
    tokenizer.train_from_iterator([word for word in TEXT.split()], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
    )
    save_tokenizer(tokenizer, folder, size, {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"})


def save_tokenizer(tokenizer, folder, size, tokens):
    # The trainer orders equal scores by chance, and may stop short of the size asked for: keep a tokenizer that
    # is already committed, so that running this script again changes nothing.
    path = folder / "tokenizer.json"
    assert tokenizer.get_vocab_size() <= size, (tokenizer.get_vocab_size(), size)
    kept = path.with_name("tokenizer.json.kept")
    if kept.exists():
        kept.rename(path)
    else:
        tokenizer.save(str(path))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 64} | tokens
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")


def fresh(name):
    folder = HERE / name
    tokenizer = folder / "tokenizer.json"
    kept = tokenizer.read_bytes() if tokenizer.exists() else None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if kept is not None:
        (folder / "tokenizer.json.kept").write_bytes(kept)
    return folder


def t5(name, config, untied, seed):
    folder = fresh(name)
    model = T5ForConditionalGeneration(config)
    if untied:  # transformers 5 ties while building; a checkpoint whose tensors differ is loaded untied.
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.shared.weight))
        model.all_tied_weights_keys.pop("lm_head.weight")
    randomize(model, seed, *((1.3, 2.0) if untied else (3.0, 1.5)))
    model.save_pretrained(folder)
    # As the folders on the hub have it: 1.0 does not speak of tying, 1.1 says false.
    rewrite_config(
        folder, {"tie_word_embeddings": False} if untied else {}, drop=("tie_word_embeddings", "scale_decoder_outputs")
    )
    unigram_tokenizer(folder, config.vocab_size)
    loaded = T5ForConditionalGeneration.from_pretrained(folder)
    assert loaded.config.scale_decoder_outputs is not untied
    assert (loaded.lm_head.weight is loaded.shared.weight) is not untied
    sources = [row + [1] for row in ids([20, 8, 13], config.vocab_size, seed + 1)]
    targets = [row + [1] for row in ids([12, 17, 4], config.vocab_size, seed + 2)]
    batch = {
        "input_ids": padded(sources, 0),
        "attention_mask": padded([[1] * len(row) for row in sources], 0),
        "labels": padded(targets, -100),
    }
    with torch.no_grad():
        loaded.eval()
        hidden = loaded.encoder(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])[0]
    extra = {"decoder_input_ids": loaded._shift_right(batch["labels"]), "encoder_output": hidden}
    record(name, loaded, batch, extra)


def llama(name, config, changes, drop, seed, shard):
    folder = fresh(name)
    model = LlamaForCausalLM(config)
    randomize(model, seed, *((2.5, 0.6) if config.tie_word_embeddings else (1.3, 1.0)))
    model.save_pretrained(folder, max_shard_size=shard)
    rewrite_config(folder, changes, drop)
    bpe_tokenizer(folder, config.vocab_size)
    loaded = LlamaForCausalLM.from_pretrained(folder)
    rows = [[1] + row for row in ids([18, 6, 11], config.vocab_size, seed + 1)]
    attention = [[1] * len(row) for row in rows]
    # The first tokens of each row are its prompt: not supervised.
    labels = [[-100] * 4 + row[4:] for row in rows]
    batch = {
        "input_ids": padded(rows, 0),
        "attention_mask": padded(attention, 0),
        "labels": padded(labels, -100),
    }
    left = {"input_ids": padded(rows, 0, left=True), "attention_mask": padded(attention, 0, left=True)}
    positions = (left["attention_mask"].cumsum(-1) - 1).masked_fill(left["attention_mask"] == 0, 0)
    with torch.no_grad():
        loaded.eval()
        logits = loaded(**left, position_ids=positions).logits
        plain = model.eval()(**batch).logits
        assert torch.equal(plain, loaded(**batch).logits)
    extra = {"left." + key: value for key, value in left.items()}
    record(name, loaded, batch, extra | {"left.position_ids": positions, "left.logits": logits})


def decoder(name, config, seed, changes=None, drop=(), lengths=(18, 6, 11)):
    """A decoder of any family, with weights that use all of their range."""
    folder = fresh(name)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    # Tied heads: as in llama() above. Gemma multiplies its embeddings by the root of the width and adds 1 to its norms.
    randomize(model, seed, *((2.5, 0.6) if config.tie_word_embeddings else (1.3, 1.0)))
    if config.model_type.startswith("gemma"):
        with torch.no_grad():
            for parameter_name, parameter in model.named_parameters():
                if parameter.dim() == 1:
                    parameter.sub_(1)
                elif "embed_tokens" in parameter_name:
                    parameter.mul_(config.hidden_size**-0.5)
    model.save_pretrained(folder)
    rewrite_config(folder, changes or {}, drop)
    bpe_tokenizer(folder, config.vocab_size)
    loaded = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    rows = [[1] + row for row in ids(lengths, config.vocab_size, seed + 1)]
    attention = [[1] * len(row) for row in rows]
    labels = [[-100] * 4 + row[4:] for row in rows]
    batch = {
        "input_ids": padded(rows, 0),
        "attention_mask": padded(attention, 0),
        "labels": padded(labels, -100),
    }
    with torch.no_grad():
        assert torch.equal(model.eval()(**batch).logits, loaded.eval()(**batch).logits)
    record(name, loaded, batch)


FAMILIES = {
    "gpt2": (
        GPT2Config(
            vocab_size=103, n_positions=32, n_embd=24, n_layer=2, n_head=3, scale_attn_by_inverse_layer_idx=True,
            embd_pdrop=0.0, attn_pdrop=0.0, resid_pdrop=0.0, bos_token_id=1, eos_token_id=2,
        ),
        50,
    ),
    "neox": (
        GPTNeoXConfig(
            vocab_size=101, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48,
            rotary_pct=0.5, max_position_embeddings=64, bos_token_id=1, eos_token_id=2,
        ),
        60,
    ),
    "neox-serial": (
        GPTNeoXConfig(
            vocab_size=97, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
            rotary_pct=0.25, max_position_embeddings=64, use_parallel_residual=False, attention_bias=False,
            bos_token_id=1, eos_token_id=2,
        ),
        70,
    ),
    "mistral": (
        MistralConfig(
            vocab_size=101, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=6,
            num_key_value_heads=2, head_dim=8, max_position_embeddings=64, sliding_window=5, bos_token_id=1,
            eos_token_id=2,
        ),
        80,
    ),
    "qwen2": (
        Qwen2Config(
            vocab_size=101, hidden_size=32, intermediate_size=40, num_hidden_layers=3, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=64, use_sliding_window=True, sliding_window=4,
            max_window_layers=1, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2,
            rope_parameters={
                "rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 16,
            },
        ),
        90,
    ),
    "qwen3": (
        Qwen3Config(
            vocab_size=101, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=6,
            num_key_value_heads=2, head_dim=8, max_position_embeddings=64, tie_word_embeddings=False, bos_token_id=1,
            eos_token_id=2, rope_parameters={"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 2.0},
        ),
        100,
    ),
    "gemma": (
        GemmaConfig(
            vocab_size=101, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
            num_key_value_heads=1, head_dim=8, max_position_embeddings=64, bos_token_id=1, eos_token_id=2,
            pad_token_id=0,
        ),
        110,
    ),
    "gemma2": (
        Gemma2Config(
            vocab_size=101, hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=3,
            num_key_value_heads=1, head_dim=8, max_position_embeddings=64, sliding_window=5,
            query_pre_attn_scalar=12, attn_logit_softcapping=2.0, final_logit_softcapping=4.0, bos_token_id=1,
            eos_token_id=2, pad_token_id=0,
        ),
        120,
    ),
}


def families():
    for name, (config, seed) in FAMILIES.items():
        decoder(name, config, seed)


def main():
    torch.set_num_threads(1)
    if sys.argv[1:] == ["families"]:
        return families()
    families()
    t5(
        "t5-v1_0",
        T5Config(
            vocab_size=99, d_model=24, d_kv=8, d_ff=40, num_layers=2, num_heads=3, dropout_rate=0.0,
            relative_attention_num_buckets=8, relative_attention_max_distance=12, feed_forward_proj="relu",
            decoder_start_token_id=0, pad_token_id=0, eos_token_id=1,
        ),
        untied=False, seed=10,
    )
    t5(
        "t5-v1_1",
        T5Config(
            vocab_size=107, d_model=20, d_kv=8, d_ff=36, num_layers=1, num_decoder_layers=3, num_heads=4,
            dropout_rate=0.0, relative_attention_num_buckets=10, relative_attention_max_distance=14,
            feed_forward_proj="gated-gelu", tie_word_embeddings=False, decoder_start_token_id=0, pad_token_id=0,
            eos_token_id=1,
        ),
        untied=True, seed=20,
    )
    llama(
        "llama-grouped",
        LlamaConfig(
            vocab_size=101, hidden_size=32, intermediate_size=44, num_hidden_layers=2, num_attention_heads=8,
            num_key_value_heads=4, max_position_embeddings=64, rms_norm_eps=1e-5, tie_word_embeddings=True,
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0}, bos_token_id=1, eos_token_id=2,
        ),
        {}, (), seed=30, shard="5GB",
    )
    scaling = {
        "rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 16,
    }
    llama(
        "llama-scaled",
        LlamaConfig(
            vocab_size=113, hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=6,
            num_key_value_heads=2, head_dim=8, max_position_embeddings=64, rms_norm_eps=1e-6,
            tie_word_embeddings=False, attention_bias=True, mlp_bias=True,
            rope_parameters=scaling | {"rope_theta": 500.0}, bos_token_id=1, eos_token_id=2,
        ),
        # Written as Llama 3.1 and 3.2 have it on the hub, before transformers 5 joined the two keys.
        {"rope_theta": 500.0, "rope_scaling": scaling}, ("rope_parameters",), seed=40, shard="40KB",
    )


if __name__ == "__main__":
    main()
