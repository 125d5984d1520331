"""What transformers generates with the checkpoints of models_goldens.py, and its filters on logits.

Run by hand, after models_goldens.py, in an environment with exactly these packages; the tests only read:

    torch==2.13.0 (cpu), transformers==5.23.0, safetensors==0.8.0

    python Tests/Goldens/generation_goldens.py

Writes Tests/Goldens/generation/greedy.json, beams.json, filters.json and filters.safetensors.
Each generation case has the prompts (unpadded), the settings, and per prompt the new tokens of every sequence
that was returned, up to and including its end token.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM
from transformers.generation import logits_process as steps

HERE = Path(__file__).resolve().parent
OUT = HERE / "generation"
NAMES = ["t5-v1_0", "t5-v1_1", "llama-grouped", "llama-scaled"]


def load(name):
    folder = HERE / "models" / name
    kind = AutoConfig.from_pretrained(folder).is_encoder_decoder
    return (AutoModelForSeq2SeqLM if kind else AutoModelForCausalLM).from_pretrained(folder).eval()


def prompts(model, seed):
    generator = torch.Generator().manual_seed(seed)
    rows = [torch.randint(3, model.config.vocab_size, (n,), generator=generator).tolist() for n in (7, 1, 12, 4)]
    return [row + [1] for row in rows] if model.config.is_encoder_decoder else [[1] + row for row in rows]


def generate(model, rows, ends, count, **settings):
    left = not model.config.is_encoder_decoder
    width = max(map(len, rows))
    pads = [[0] * (width - len(row)) for row in rows]
    ids = torch.tensor([pad + row if left else row + pad for row, pad in zip(rows, pads)])
    ones = [[1] * len(row) for row in rows]
    mask = torch.tensor([pad + row if left else row + pad for row, pad in zip(ones, pads)])
    output = model.generate(
        input_ids=ids, attention_mask=mask, max_new_tokens=count, eos_token_id=ends, pad_token_id=0,
        # Without its cache: transformers 5.23 sizes a T5's cache by the encoder's depth and fails on a deeper decoder.
        use_cache=left, do_sample=False, return_dict_in_generate=True, output_scores=True, output_logits=True, **settings)
    start = width if left else 1
    return output, [cut(row[start:].tolist(), ends) for row in output.sequences]


def cut(tokens, ends):
    for place, token in enumerate(tokens):
        if token in ends:
            return tokens[: place + 1]
    return tokens


def likely_ends(model, rows):
    """End tokens under which greedy decoding stops early in some rows and never in others."""
    _, free = generate(model, rows, [10**6], 24)
    best = None
    for token in set(sum(free, [])) - {0, 1}:
        places = [row.index(token) if token in row else 24 for row in free]
        variety = (sum(2 <= p < 20 for p in places), len(set(places)), 24 in places, -token)
        best = max(best or (variety, token), (variety, token))
    return [2, best[1]]


def greedy(model, name, rows, ends):
    cases = []
    for settings in ({}, {"repetition_penalty": 1.3}):
        for stops in (ends, [10**6]):
            output, tokens = generate(model, rows, stops, 24, **settings)
            logs = [torch.log_softmax(logits.float(), -1) for logits in output.logits]
            raw = [[logs[t][r, token].item() for t, token in enumerate(row)] for r, row in enumerate(tokens)]
            margins = [min(gap(output.scores[t][r]) for t in range(len(row))) for r, row in enumerate(tokens)]
            assert min(margins) > 1e-3, margins
            cases.append({"model": name, "prompts": rows, "end_tokens": stops, "max_new_tokens": 24} | settings
                         | {"tokens": tokens, "log_probabilities": raw})
    return cases


def gap(scores):
    top = torch.topk(scores, 2).values
    return (top[0] - top[1]).item()


def beams(model, name, rows, ends):
    cases = []
    extras = [{"length_penalty": a, "early_stopping": e} for a in (0.5, 1.0, 2.0) for e in (False, True, "never")]
    extras += [{"length_penalty": -1.0, "early_stopping": "never"}, {"length_penalty": 0.0, "early_stopping": False},
               {"length_penalty": 1.0, "early_stopping": False, "repetition_penalty": 1.3}]
    for count in (2, 3, 4):
        for settings in extras:
            output, tokens = generate(model, rows, ends, 16, num_beams=count, num_return_sequences=count, **settings)
            scores = output.sequences_scores.tolist()
            split = [slice(i * count, (i + 1) * count) for i in range(len(rows))]
            cases.append({"model": name, "prompts": rows, "end_tokens": ends, "max_new_tokens": 16,
                          "num_beams": count} | settings
                         | {"tokens": [tokens[s] for s in split], "scores": [scores[s] for s in split]})
    return cases


def filters():
    """Filters one by one, then together in the order in which transformers applies them."""
    generator = torch.Generator().manual_seed(7)
    logits = 3 * torch.randn(6, 60, generator=generator)
    tied = logits.clone()
    tied[:, 10:16] = tied.max(-1, keepdim=True).values
    history = torch.randint(0, 60, (6, 9), generator=generator)
    tensors, cases = {"logits": logits, "tied": tied, "history": history}, []

    def case(source="logits", **settings):
        chain = []
        if "repetition_penalty" in settings:
            chain.append(steps.RepetitionPenaltyLogitsProcessor(settings["repetition_penalty"]))
        if "temperature" in settings:
            chain.append(steps.TemperatureLogitsWarper(settings["temperature"]))
        if "top_k" in settings:
            chain.append(steps.TopKLogitsWarper(settings["top_k"]))
        if "top_p" in settings:
            chain.append(steps.TopPLogitsWarper(settings["top_p"]))
        if "min_p" in settings:
            chain.append(steps.MinPLogitsWarper(settings["min_p"]))
        scores = tensors[source].clone()
        for step in chain:
            scores = step(history, scores)
        tensors[f"output.{len(cases)}"] = scores.contiguous()
        cases.append({"input": source} | settings)

    for value in (0.3, 0.7, 1.5):
        case(temperature=value)
    for value in (1, 5, 60, 100):
        case(top_k=value)
    case("tied", top_k=3)
    for value in (0.0, 0.1, 0.5, 0.9, 0.999):
        case(top_p=value)
    for value in (0.0, 0.01, 0.1, 0.5, 1.0):
        case(min_p=value)
    for value in (0.8, 1.2, 2.0):
        case(repetition_penalty=value)
    case(temperature=0.7, top_k=20)
    case(temperature=1.4, top_p=0.8)
    case(top_k=12, top_p=0.7)
    case(top_p=0.9, min_p=0.05)
    case("tied", repetition_penalty=1.3, temperature=0.9, min_p=0.2)
    case(repetition_penalty=1.2, temperature=1.7, top_k=30, top_p=0.95, min_p=0.02)
    case(repetition_penalty=1.5, temperature=0.8, top_k=10, top_p=0.85, min_p=0.1)
    save_file(tensors, OUT / "filters.safetensors")
    (OUT / "filters.safetensors").chmod(0o644)
    write(cases, "filters")


def write(cases, name):
    lines = ",\n".join(json.dumps(case) for case in cases)
    (OUT / f"{name}.json").write_text(f"[\n{lines}\n]\n")


def main():
    torch.set_num_threads(1)
    OUT.mkdir(exist_ok=True)
    filters()
    greedy_cases, beam_cases = [], []
    for seed, name in enumerate(NAMES):
        model = load(name)
        rows = prompts(model, 50 + seed)
        ends = likely_ends(model, rows)
        greedy_cases += greedy(model, name, rows, ends)
        beam_cases += beams(model, name, rows, ends)
    write(greedy_cases, "greedy")
    write(beam_cases, "beams")


if __name__ == "__main__":
    main()
