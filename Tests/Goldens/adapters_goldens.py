"""Adapters as peft writes them, on the tiny checkpoints of models_goldens.py, with logits and ten training steps.

Run by hand in an environment with exactly these packages; the tests only read what it writes:

    torch==2.13.0 (cpu), transformers==5.23.0, peft==0.21.0, safetensors==0.8.0

    python Tests/Goldens/adapters_goldens.py [KIND ...]
    python Tests/Goldens/adapters_goldens.py --plus             # after that: LoRA+ on the folders <model>-lora
    python Tests/Goldens/adapters_goldens.py --principal        # PiSSA's losses, beside the folders <model>-lora
    python Tests/Goldens/adapters_goldens.py --prefix           # prefix tuning of the encoder-decoders, by torch
    python Tests/Goldens/adapters_goldens.py --decoder          # soft prompts for the decoder too, by torch, and
                                                                # those that peft learns for it and does not read
    python Tests/Goldens/adapters_goldens.py --bottleneck       # Houlsby's adapters, by torch alone
    python Tests/Goldens/adapters_goldens.py --check FOLDER     # of what Orchard wrote, see the end of this file

Writes Tests/Goldens/adapters/<model>-<kind>/ (a peft folder whose numbers are random) and, in it, golden.json: the
logits' sample, the losses of ten AdamW steps.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from peft import IA3Config, LoraConfig, PeftModel, PrefixTuningConfig, PromptEncoderConfig, PromptTuningConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from safetensors.torch import load_file, save_file
from transformers import AttentionMaskInterface, AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM
from transformers.masking_utils import eager_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

HERE = Path(__file__).resolve().parent
MODELS = {"t5-v1_1": "SEQ_2_SEQ_LM", "bart": "SEQ_2_SEQ_LM", "llama-grouped": "CAUSAL_LM", "gpt2": "CAUSAL_LM"}
FEED_FORWARD = {"t5-v1_1": "wo", "bart": "fc2", "llama-grouped": "down_proj", "gpt2": "mlp.c_proj"}
KEYS = {"t5-v1_1": ["k", "v"], "bart": ["k_proj", "v_proj"], "llama-grouped": ["k_proj", "v_proj"], "gpt2": ["c_attn"]}


def configurations(name):
    task = MODELS[name]
    feed = FEED_FORWARD[name]
    pattern = {"t5-v1_1": "layer.0.SelfAttention.q", "bart": "encoder_attn.q_proj", "llama-grouped": "layers.1.self_attn.q_proj"}
    yield "lora", LoraConfig(task_type=task, r=4, lora_alpha=8)
    if name in pattern:
        yield "lora-patterns", LoraConfig(
            task_type=task, r=4, lora_alpha=8, use_rslora=True, rank_pattern={pattern[name]: 2},
            alpha_pattern={pattern[name]: 5}, target_modules="all-linear")
    if name == "t5-v1_1":
        yield "lora-saved", LoraConfig(
            task_type=task, r=4, lora_alpha=8, modules_to_save=["lm_head", "decoder.final_layer_norm"])
    yield "dora", LoraConfig(task_type=task, r=3, lora_alpha=6, use_dora=True, fan_in_fan_out=name == "gpt2")
    yield "ia3", IA3Config(
        task_type=task, target_modules=KEYS[name] + [feed], feedforward_modules=[feed], fan_in_fan_out=name == "gpt2")
    yield "p-tuning", PromptEncoderConfig(
        task_type=task, num_virtual_tokens=5, encoder_hidden_size=12, num_transformer_submodules=1)
    if task == "CAUSAL_LM":
        yield "prefix", PrefixTuningConfig(task_type=task, num_virtual_tokens=5)
        yield "prefix-network", PrefixTuningConfig(
            task_type=task, num_virtual_tokens=5, prefix_projection=True, encoder_hidden_size=12)
    yield "prompt", PromptTuningConfig(task_type=task, num_virtual_tokens=5, num_transformer_submodules=1)


def base(name):
    kind = AutoModelForSeq2SeqLM if MODELS[name] == "SEQ_2_SEQ_LM" else AutoModelForCausalLM
    model = kind.from_pretrained(HERE / "models" / name, dtype=torch.float32)
    # This peft looks for a method under the name that it had in earlier releases of transformers.
    if not hasattr(model, "_prepare_encoder_decoder_kwargs_for_generation"):
        model._prepare_encoder_decoder_kwargs_for_generation = None
    return model


def batch(name):
    stored = load_file(HERE / "models" / f"{name}.safetensors")
    keys = ["input_ids", "attention_mask", "labels"] + (["decoder_input_ids"] if "decoder_input_ids" in stored else [])
    return {key: stored[key] for key in keys}


def ten_steps(optimizer, forward):
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = forward().loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def record(name, kind, configuration):
    torch.manual_seed(3)
    model = get_peft_model(base(name), configuration).eval()
    for parameter_name, parameter in model.named_parameters():
        if parameter.requires_grad:
            noise = torch.randn_like(parameter)
            with torch.no_grad():
                parameter.add_(noise * (0.2 * parameter.abs() if "magnitude" in parameter_name else 0.1))
    folder = HERE / "adapters" / f"{name}-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    if kind in ("p-tuning", "prefix-network"):
        state = model.prompt_encoder["default"].state_dict()
        save_file(
            {f"prompt_encoder.{name}": value.contiguous() for name, value in state.items()},
            folder / "prompt_encoder.safetensors")
    for surplus in ["README.md"]:
        (folder / surplus).unlink(missing_ok=True)
    settings = json.loads((folder / "adapter_config.json").read_text())
    settings["base_model_name_or_path"] = name
    if isinstance(settings.get("target_modules"), list):
        settings["target_modules"] = sorted(settings["target_modules"])
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
    inputs = batch(name)
    logits = model(**inputs).logits.detach()[:, -inputs["labels"].shape[1]:]
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2, weight_decay=0.01)
    losses = ten_steps(optimizer, lambda: model(**inputs))
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    save_file({"logits": logits.contiguous()}, folder / "golden.safetensors")
    (folder / "golden.json").write_text(json.dumps({"adamw_losses": losses, "trained": trained}) + "\n")
    print(folder.name, trained, losses[0], losses[-1])


OUTPUTS = {"t5-v1_1": ["o", "wo"], "bart": ["out_proj", "fc2"], "llama-grouped": ["o_proj", "down_proj"],
           "gpt2": ["attn.c_proj", "mlp.c_proj"]}


def record_bottleneck(name):
    """Houlsby's adapters, which peft has not: y + up(gelu(down(y))) behind each layer that writes into the stream."""
    torch.manual_seed(4)
    model = base(name).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    parts = {}
    ends = tuple("." + end for end in OUTPUTS[name])
    for path, module in model.named_modules():
        if not path.endswith(ends):
            continue
        width = module.weight.shape[1 if name == "gpt2" else 0]
        down, up = torch.nn.Linear(width, 4), torch.nn.Linear(4, width)
        with torch.no_grad():
            for parameter in (*down.parameters(), *up.parameters()):
                parameter.copy_(torch.randn_like(parameter) * 0.2)
        module.register_forward_hook(
            lambda _, __, output, down=down, up=up: output + up(torch.nn.functional.gelu(down(output))))
        parts[path] = {"adapter_down": down, "adapter_up": up}
    folder = HERE / "adapters" / f"{name}-bottleneck"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    weights = {
        f"base_model.model.{path}.{part}.{kind}": getattr(module, kind).detach().clone()
        for path, both in parts.items() for part, module in both.items() for kind in ("weight", "bias")}
    save_file(weights, folder / "adapter_model.safetensors")
    settings = {"peft_type": "BOTTLENECK", "task_type": MODELS[name], "base_model_name_or_path": name,
                "inference_mode": True, "modules_to_save": None, "target_modules": sorted(OUTPUTS[name]), "r": 4,
                "places": "both", "activation": "gelu"}
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
    learned = [p for both in parts.values() for module in both.values() for p in module.parameters()]
    inputs = batch(name)
    logits = model(**inputs).logits.detach()[:, -inputs["labels"].shape[1]:]
    optimizer = torch.optim.AdamW(learned, lr=1e-2, weight_decay=0.01)
    losses = ten_steps(optimizer, lambda: model(**inputs))
    save_file({"logits": logits.contiguous()}, folder / "golden.safetensors")
    trained = sum(p.numel() for p in learned)
    (folder / "golden.json").write_text(json.dumps({"adamw_losses": losses, "trained": trained}) + "\n")
    print(folder.name, trained, losses[0], losses[-1])


def write_prompt(name, kind, learned, forward, settings):
    """The folder of what is read before the rest and not learned by peft, with its logits and ten steps."""
    folder = HERE / "adapters" / f"{name}-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    save_file({"prompt_embeddings": learned.detach().clone()}, folder / "adapter_model.safetensors")
    settings |= {"task_type": MODELS[name], "base_model_name_or_path": name, "inference_mode": True}
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
    logits = forward().logits.detach()[:, -batch(name)["labels"].shape[1]:]
    losses = ten_steps(torch.optim.AdamW([learned], lr=1e-2, weight_decay=0.01), forward)
    save_file({"logits": logits.contiguous()}, folder / "golden.safetensors")
    (folder / "golden.json").write_text(json.dumps({"adamw_losses": losses, "trained": learned.numel()}) + "\n")
    print(folder.name, learned.numel(), losses[0], losses[-1])


def record_prefix(name, virtual_tokens=5):
    """The paper's prefix tuning of an encoder-decoder, of which peft has the decoder's half alone.

    Keys and values stand before those of each attention, in the order in which these are computed: the encoder's, then
    of each layer of the decoder its own and the one to the source. Positions count from behind them.
    """
    torch.manual_seed(5)
    model = base(name).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    config, inputs = model.config, batch(name)
    is_t5 = name.startswith("t5")
    encoder = config.num_layers if is_t5 else config.encoder_layers
    decoder = config.num_decoder_layers if is_t5 else config.decoder_layers
    heads = config.num_heads if is_t5 else config.decoder_attention_heads
    width = heads * (config.d_kv if is_t5 else config.d_model // heads)
    slots = encoder + 2 * decoder
    prefix = torch.nn.Parameter(torch.randn(virtual_tokens, 2 * slots * width))
    calls = []

    def attention(module, query, key, value, mask, scaling=None, dropout=0.0, position_bias=None, **_):
        slot = len(calls)
        calls.append(slot)
        own = prefix.view(virtual_tokens, 2 * slots, query.shape[1], -1)[:, 2 * slot:2 * slot + 2].permute(1, 2, 0, 3)
        key, value = (
            torch.cat([own[i].expand(query.shape[0], -1, -1, -1), states], dim=2) for i, states in enumerate((key, value)))
        scores = query @ key.transpose(-1, -2) * scaling
        is_cross = slot >= encoder and (slot - encoder) % 2 == 1
        if is_t5 and not is_cross:
            stack = model.encoder if slot < encoder else model.decoder
            scores = scores + stack.block[0].layer[0].SelfAttention.compute_bias(
                query.shape[2], key.shape[2], past_seen_tokens=virtual_tokens)
        if mask is not None:
            scores = scores + torch.nn.functional.pad(mask, (virtual_tokens, 0))
        return (scores.softmax(-1) @ value).transpose(1, 2).contiguous(), None

    ALL_ATTENTION_FUNCTIONS.register("prefixed", attention)
    AttentionMaskInterface.register("prefixed", eager_mask)
    model.set_attn_implementation("prefixed")
    if not is_t5:
        positions = model.model.decoder.embed_positions
        original = positions.forward
        positions.forward = lambda ids, past=0, position_ids=None: original(
            ids, virtual_tokens, None if position_ids is None else position_ids + virtual_tokens)

    def forward():
        calls.clear()
        output = model(**inputs)
        assert len(calls) == slots, calls
        return output

    write_prompt(name, "prefix", prefix, forward, {
        "peft_type": "PREFIX_TUNING", "num_virtual_tokens": virtual_tokens, "token_dim": width,
        "num_transformer_submodules": 3, "num_attention_heads": heads, "num_layers": slots,
        "prefix_projection": False, "encoder_hidden_size": width, "modules_to_save": None})


def record_decoder_prompt(name, virtual_tokens=5):
    """Vectors before the source and others before the decoder's start token, which peft does not do."""
    torch.manual_seed(6)
    model = base(name).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    inputs, embed = batch(name), model.get_input_embeddings()
    width = embed.weight.shape[1]
    vectors = torch.nn.Parameter(torch.randn(2 * virtual_tokens, width))

    def forward():
        rows = inputs["input_ids"].shape[0]
        first, second = vectors.split(virtual_tokens)
        return model(
            inputs_embeds=torch.cat([first.expand(rows, -1, -1), embed(inputs["input_ids"])], dim=1),
            attention_mask=torch.nn.functional.pad(inputs["attention_mask"], (virtual_tokens, 0), value=1),
            decoder_inputs_embeds=torch.cat([second.expand(rows, -1, -1), embed(inputs["decoder_input_ids"])], dim=1),
            labels=torch.nn.functional.pad(inputs["labels"], (virtual_tokens, 0), value=-100))

    write_prompt(name, "prompt-both", vectors, forward, {
        "peft_type": "PROMPT_TUNING", "num_virtual_tokens": virtual_tokens, "token_dim": width,
        "num_transformer_submodules": 1, "in_decoder": True, "prompt_tuning_init": "RANDOM"})


def record_unread_prompt(name):
    """What peft writes where it is not told otherwise: vectors for both halves, of which it reads the encoder's."""
    torch.manual_seed(3)
    model = get_peft_model(base(name), PromptTuningConfig(task_type=MODELS[name], num_virtual_tokens=5)).eval()
    folder = HERE / "prompts" / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    settings = json.loads((folder / "adapter_config.json").read_text())
    settings["base_model_name_or_path"] = name
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
    save_file({"logits": model(**batch(name)).logits.detach().contiguous()}, folder / "golden.safetensors")
    print("prompts", name, load_file(folder / "adapter_model.safetensors")["prompt_embeddings"].shape)


def record_plus(name):
    """Ten steps of LoRA+ from the folder <name>-lora: peft's own optimiser, B at 16 times A's rate."""
    folder = HERE / "adapters" / f"{name}-lora"
    model = PeftModel.from_pretrained(base(name), folder, is_trainable=True).eval()
    optimizer = create_loraplus_optimizer(
        model, torch.optim.AdamW, lr=1e-3, loraplus_lr_ratio=16, loraplus_weight_decay=0.01)
    inputs = batch(name)
    losses = ten_steps(optimizer, lambda: model(**inputs))
    (folder / "plus.json").write_text(json.dumps({"losses": losses}) + "\n")
    print(folder.name, "LoRA+", losses[0], losses[-1])


def record_principal(name):
    """Ten steps of PiSSA with r = 4 and alpha = 8 from the model's own weights."""
    model = get_peft_model(
        base(name), LoraConfig(task_type=MODELS[name], r=4, lora_alpha=8, init_lora_weights="pissa",
                               fan_in_fan_out=name == "gpt2")).eval()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2, weight_decay=0.01)
    inputs = batch(name)
    losses = ten_steps(optimizer, lambda: model(**inputs))
    (HERE / "adapters" / f"{name}-lora" / "principal.json").write_text(json.dumps({"losses": losses}) + "\n")
    print(name, "PiSSA", losses[0], losses[-1])


def check(folder):
    """Loads what Orchard wrote: FOLDER/<model>-<kind>/ with its logits.safetensors, and compares the logits."""
    for place in sorted(Path(folder).iterdir()):
        name = next(name for name in sorted(MODELS, key=len, reverse=True) if place.name.startswith(name))
        model = PeftModel.from_pretrained(base(name), place).eval()
        inputs = batch(name)
        output = model(**inputs).logits.detach()[:, -inputs["labels"].shape[1]:]
        difference = (output - load_file(place / "logits.safetensors")["logits"]).abs()
        if MODELS[name] == "CAUSAL_LM":  # what stands at padding means nothing
            difference = difference * inputs["attention_mask"].unsqueeze(-1)
        difference = difference.max().item() / max(1, output.abs().max().item())
        print(f"{place.name}: {difference:.2e}")
        assert difference < 1e-5, place


if sys.argv[1:2] == ["--check"]:
    check(sys.argv[2])
elif sys.argv[1:2] == ["--plus"]:
    for model_name in MODELS:
        record_plus(model_name)
elif sys.argv[1:2] == ["--principal"]:
    for model_name in MODELS:
        record_principal(model_name)
elif sys.argv[1:2] == ["--prefix"]:
    for model_name in ["t5-v1_1", "bart"]:
        record_prefix(model_name)
elif sys.argv[1:2] == ["--decoder"]:
    for model_name in ["t5-v1_1", "bart"]:
        record_decoder_prompt(model_name)
        record_unread_prompt(model_name)
elif sys.argv[1:2] == ["--bottleneck"]:
    for model_name in MODELS:
        record_bottleneck(model_name)
else:
    for model_name in MODELS:
        for kind, configuration in configurations(model_name):
            if kind in (sys.argv[1:] or [kind]):
                record(model_name, kind, configuration)
