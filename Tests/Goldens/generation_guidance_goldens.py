"""What transformers writes with classifier-free guidance, with the checkpoints of models_goldens.py.

Run by hand in an environment with exactly these packages, after models_goldens.py; the tests only read:

    torch==2.13.0 (cpu), transformers==5.23.0, safetensors==0.8.0

    python Tests/Goldens/generation_guidance_goldens.py

Writes Tests/Goldens/generation/guidance.json. Without `negative_prompt_ids` transformers leads away from the prompt's
last token alone. Each prompt is asked alone: in a padded batch that last token would not be alone.
"""

import itertools

import torch
from generation_goldens import NAMES, generate, likely_ends, load, prompts, write


def main():
    torch.set_num_threads(1)
    cases = []
    for seed, name in enumerate(NAMES):
        model = load(name)
        if model.config.is_encoder_decoder:
            continue
        rows = prompts(model, 50 + seed)
        ends = likely_ends(model, rows)
        negatives = [None, [1, 9, 30, 4], [1, 77]]
        for scale, negative, extra in itertools.product((1.5, 3.0, 0.5), negatives, ({}, {"repetition_penalty": 1.3})):
            settings = {"guidance_scale": scale} | extra
            ids = {} if negative is None else {"negative_prompt_ids": torch.tensor([negative])}
            tokens = [generate(model, [row], ends, 20, **settings, **ids)[1][0] for row in rows]
            cases.append({"model": name, "prompts": rows, "end_tokens": ends, "max_new_tokens": 20} | settings
                         | ({} if negative is None else {"negative": negative}) | {"tokens": tokens})
    write(cases, "guidance")


if __name__ == "__main__":
    main()
