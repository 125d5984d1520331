"""What the last transformers with group and constrained beam search finds with the checkpoints of models_goldens.py.

Later releases moved both out of their core. Run by hand in an environment with exactly these packages, after
models_goldens.py and generation_goldens.py; the tests only read:

    torch==2.13.0 (cpu), transformers==4.56.2, safetensors==0.8.0

    python Tests/Goldens/generation_beams_goldens.py

Writes Tests/Goldens/generation/groups.json, phrases.json and keys-4.56.2.json. The cases are those of
generation_goldens.py. Each prompt is searched alone: a finished group of a padded batch would be padded with a token
that counts as its choice.
"""

import itertools

import torch
import transformers
from generation_goldens import NAMES, OUT, generate, likely_ends, load, prompts, write

VERSION = "4.56.2"


def cases_of(model, name, rows, ends, settings):
    """A case with all beams returned, or the best alone where not all hold the phrases: there transformers fails."""
    for count in (settings["num_beams"], 1):
        both = settings | {"num_return_sequences": count}
        try:
            made = [generate(model, [row], ends, 14, **both) for row in rows]
        except RuntimeError:
            continue
        return {"model": name, "transformers": VERSION, "prompts": rows, "end_tokens": ends, "max_new_tokens": 14} \
            | both | {"tokens": [tokens for _, tokens in made],
                      "scores": [output.sequences_scores.tolist() for output, _ in made]}
    raise SystemExit(f"{name}: no case of {settings}")


def groups(model, name, rows, ends):
    """The padding token is suppressed: a finished group's padding would count as its choice."""
    shapes = [(4, 2), (4, 4), (6, 3), (6, 2)]
    endings = [(1.0, False), (1.0, True), (0.5, "never"), (2.0, False)]
    for (count, number), penalty, (length, early) in itertools.product(shapes, (0.4, 2.0), endings):
        settings = {"num_beams": count, "num_beam_groups": number, "diversity_penalty": penalty,
                    "length_penalty": length, "early_stopping": early, "suppress_tokens": [0]}
        yield cases_of(model, name, rows, ends, settings)
    settings = {"num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 1.0, "suppress_tokens": [0],
                "repetition_penalty": 1.4, "min_new_tokens": 4, "no_repeat_ngram_size": 3}
    yield cases_of(model, name, rows, ends, settings)


def phrases(model, name, rows, ends):
    """Phrases of tokens that no prompt holds: there a prompt's tokens count as well."""
    used = set(sum(rows, [])) | set(ends) | {0, 1, 2}
    a, b, c, d, e, f, g = [token for token in range(20, 90) if token not in used][:7]
    chosen = [[[a, b]], [[a]], [[a, b, c]], [[a], [b, c]], [[[a, b], [c]]], [[[a, b], [c, d, e]], [f]],
              [[a, b], [a, c]], [[d, e, f], [g]]]
    for words, count in itertools.product(chosen, (2, 3, 5)):
        yield cases_of(model, name, rows, ends, {"num_beams": count, "force_words_ids": words})
    for length, early in ((0.5, True), (2.0, "never"), (1.0, True)):
        yield cases_of(model, name, rows, ends, {
            "num_beams": 4, "force_words_ids": [[a, b], [c]], "length_penalty": length, "early_stopping": early})
    yield cases_of(model, name, rows, ends, {
        "num_beams": 3, "force_words_ids": [[a, b], [[c], [d, e]]], "repetition_penalty": 1.3, "min_new_tokens": 5})


def main():
    assert transformers.__version__ == VERSION, transformers.__version__
    torch.set_num_threads(1)
    write([key for key in transformers.GenerationConfig().__dict__ if not key.startswith("_")], f"keys-{VERSION}")
    group_cases, phrase_cases = [], []
    for seed, name in enumerate(NAMES):
        model = load(name)
        rows = prompts(model, 50 + seed)[:3]
        # One end token: the old scorer writes the first of several, whichever it was.
        ends = likely_ends(model, rows)[1:]
        group_cases += groups(model, name, rows, ends)
        phrase_cases += phrases(model, name, rows, ends)
    write(group_cases, "groups")
    write(phrase_cases, "phrases")


if __name__ == "__main__":
    main()
