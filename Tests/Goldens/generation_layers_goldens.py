"""What the last transformers with DoLa in its core writes with the checkpoints of models_goldens.py.

Run by hand in an environment with exactly these packages, after models_goldens.py; the tests only read:

    torch==2.13.0 (cpu), transformers==4.55.4, safetensors==0.8.0

    python Tests/Goldens/generation_layers_goldens.py

Writes Tests/Goldens/generation/layers.json. Each prompt is asked alone: transformers chooses one early layer for a
whole batch. A case stands in it only where no choice of a token or a layer was so close that rounding could turn it.
"""

import itertools

import torch
import transformers
from generation_goldens import HERE, cut, likely_ends, prompts, write
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.generation import utils

VERSION = "4.55.4"
NAMES = ["llama-grouped", "llama-scaled", "qwen3", "qwen2", "mistral"]
margins = []
selecting = utils._dola_select_contrast


def watched(layers, early, final):
    """transformers' own contrast; notes beside it how far the best token and the best layer are before the second."""
    logits = selecting(layers, early, final)
    best = logits.topk(2).values[0]
    margins.append((best[0] - best[1]).item())
    threshold = final.log_softmax(-1) - final.log_softmax(-1).max() - torch.tensor(0.1).log()
    margins.append(threshold.abs().min().item())
    if len(layers) > 1:
        distances = torch.tensor([divergence(early[layer], final) for layer in layers])
        best = distances.topk(2).values
        margins.append(((best[0] - best[1]) / best[0]).item())
    return logits


def divergence(a, b):
    a, b = a.double().softmax(-1), b.double().softmax(-1)
    middle = (a + b) / 2
    return (middle * (2 * middle.log() - a.log() - b.log())).sum().item()


def load(name):
    """The model, its positions read from where version 5 writes them; Gemma 2 and NeoX version 4 reads otherwise still."""
    folder = HERE / "models" / name
    config = AutoConfig.from_pretrained(folder)
    positions = getattr(config, "rope_parameters", None) or {}
    config.rope_theta = positions.get("rope_theta", getattr(config, "rope_theta", None))
    config.rotary_pct = positions.get("partial_rotary_factor", 1)
    config.rotary_emb_base = config.rope_theta
    if positions.get("rope_type", "default") != "default":
        config.rope_scaling = positions
    return AutoModelForCausalLM.from_pretrained(folder, config=config).eval()


def main():
    assert transformers.__version__ == VERSION, transformers.__version__
    torch.set_num_threads(1)
    utils._dola_select_contrast = watched
    cases = []
    for seed, name in enumerate(NAMES):
        model = load(name)
        rows = prompts(model, 70 + seed)
        ends = likely_ends(model, rows)
        depth = model.config.num_hidden_layers
        choices = ["low", "high", [0], list(range(depth))]
        if model.config.tie_word_embeddings and depth == 3:
            # transformers finds no low layer there, and fails.
            choices.remove("low")
        for layers, extra in itertools.product(choices, ({}, {"repetition_penalty": 1.2}, {"repetition_penalty": 0.9})):
            margins.clear()
            tokens = [dola(model, row, ends, {"dola_layers": layers} | extra) for row in rows]
            if min(margins) < 2e-4:
                continue
            cases.append({"model": name, "transformers": VERSION, "prompts": rows, "end_tokens": ends,
                          "max_new_tokens": 18, "dola_layers": layers} | extra | {"tokens": tokens})
    write(cases, "layers")
    print({name: sum(case["model"] == name for case in cases) for name in NAMES})


def dola(model, row, ends, settings):
    ids = torch.tensor([row])
    output = model.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=18, eos_token_id=ends, pad_token_id=0,
        use_cache=True, do_sample=False, **settings)
    return cut(output[0, len(row):].tolist(), ends)


if __name__ == "__main__":
    main()
