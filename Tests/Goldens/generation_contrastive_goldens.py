"""What the last transformers with contrastive search in its core finds with the checkpoints of models_goldens.py.

Run by hand in an environment with exactly these packages, after models_goldens.py; the tests only read:

    torch==2.13.0 (cpu), transformers==4.55.4, safetensors==0.8.0

    python Tests/Goldens/generation_contrastive_goldens.py

Writes Tests/Goldens/generation/contrastive.json. The prompts are those of generation_goldens.py, each asked alone.
A case stands in it only where no choice of its was so close that rounding could turn it.
"""

import itertools

import torch
import transformers
from generation_goldens import NAMES, cut, likely_ends, load, prompts, write
from transformers.generation import utils

VERSION = "4.55.4"
margins = []
ranking = utils._ranking_fast


def watched(context, states, probabilities, mask, alpha, count):
    """transformers' own ranking; notes beside it how far the best candidate is before the second."""
    with torch.no_grad():
        a = context / context.norm(dim=2, keepdim=True)
        b = states / states.norm(dim=2, keepdim=True)
        likeness = (a @ b.transpose(1, 2)).squeeze(-1).masked_fill(mask == 0, -10).amax(-1)
        scores = ((1 - alpha) * probabilities.reshape(-1) - alpha * likeness).reshape(-1, count)
        best = scores.topk(2).values
        margins.append((best[:, 0] - best[:, 1]).tolist())
    return ranking(context, states, probabilities, mask, alpha, count)


def main():
    assert transformers.__version__ == VERSION, transformers.__version__
    torch.set_num_threads(1)
    utils._ranking_fast = watched
    cases = []
    for seed, name in enumerate(NAMES):
        model = load(name)
        rows = prompts(model, 50 + seed)
        ends = likely_ends(model, rows)
        extras = [{}, {"repetition_penalty": 1.3}, {"no_repeat_ngram_size": 2, "min_new_tokens": 3}]
        for (alpha, count), extra in itertools.product(((0.6, 4), (0.3, 8), (0.9, 3), (1.0, 5)), extras):
            settings = {"penalty_alpha": alpha, "top_k": count} | extra
            margins.clear()
            tokens = [contrastive(model, row, ends, settings) for row in rows]
            if min(min(step) for step in margins) < 2e-5:
                continue
            cases.append({"model": name, "transformers": VERSION, "prompts": rows, "end_tokens": ends,
                          "max_new_tokens": 20} | settings | {"tokens": tokens})
    write(cases, "contrastive")
    print({name: sum(case["model"] == name for case in cases) for name in NAMES})


def contrastive(model, row, ends, settings):
    start = 1 if model.config.is_encoder_decoder else len(row)
    ids = torch.tensor([row])
    output = model.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=20, eos_token_id=ends, pad_token_id=0,
        use_cache=True, do_sample=False, **settings)
    return cut(output[0, start:].tolist(), ends)


if __name__ == "__main__":
    main()
