"""What transformers generates with the checkpoints of models_goldens.py, and its filters on logits.

Run by hand, after models_goldens.py, in an environment with exactly these packages; the tests only read:

    torch==2.13.0 (cpu), transformers==5.23.0, safetensors==0.8.0

    python Tests/Goldens/generation_goldens.py

Writes Tests/Goldens/generation/greedy.json, beams.json, steps.json, filters.json, filters.safetensors and keys.json.
Each generation case has the prompts (unpadded), the settings, and per prompt the new tokens of every sequence
that was returned, up to and including its end token. keys.json holds the names of GenerationConfig's settings.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, GenerationConfig

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


def steps(model, name, rows, ends):
    """Logit steps while generating: greedily, and with three beams. Each prompt alone, for steps look at padding too."""
    pair, last = rows[0][1:3], 16
    free = [generate(model, [row], [10**6], last)[1][0] for row in rows]
    often = max(set(free[0]), key=free[0].count)
    chosen = [
        {"min_new_tokens": 9}, {"min_length": 11}, {"no_repeat_ngram_size": 1}, {"no_repeat_ngram_size": 2},
        {"encoder_no_repeat_ngram_size": 1}, {"encoder_repetition_penalty": 2.0},
        {"encoder_repetition_penalty": 0.5, "repetition_penalty": 1.2},
        {"bad_words_ids": [[often], free[0][1:3], free[2][2:4], [ends[1]]]}, {"suppress_tokens": [often, ends[1]]},
        {"begin_suppress_tokens": [row[0] for row in free]}, {"forced_eos_token_id": 1},
        {"exponential_decay_length_penalty": [4, 1.4]},
        {"sequence_bias": [[[often], -4.0], [pair, 9.0], [free[0][:2], -9.0], [[ends[1]], 1.5]]},
        {"no_repeat_ngram_size": 2, "min_new_tokens": 6, "bad_words_ids": [[often]], "renormalize_logits": True},
    ]
    if model.config.is_encoder_decoder:
        chosen += [{"forced_bos_token_id": 23}, {"forced_bos_token_id": 23, "begin_suppress_tokens": [often, free[1][1]]}]
    cases = []
    for settings in chosen:
        for count in (1, 3):
            both = settings | ({"num_beams": 3, "num_return_sequences": 3} if count > 1 else {})
            made = [generate(model, [row], ends, last, **both) for row in rows]
            if count == 1:
                gaps = [min(gap(scores[0]) for scores in output.scores[: len(tokens[0])]) for output, tokens in made]
                assert min(gaps) > 1e-4, (settings, gaps)
            tokens = [tokens if count > 1 else tokens[0] for _, tokens in made]
            cases.append({"model": name, "prompts": rows, "end_tokens": ends, "max_new_tokens": last} | both
                         | {"tokens": tokens})
    return cases


def filters(model):
    """Steps on logits, one by one, then together: the list that transformers itself makes of the settings."""
    generator = torch.Generator().manual_seed(7)
    logits = 3 * torch.randn(6, 60, generator=generator)
    tied = logits.clone()
    tied[:, 10:16] = tied.max(-1, keepdim=True).values
    broken = logits.clone()
    broken[:, 3], broken[:, 4], broken[:, 5] = torch.nan, torch.inf, -torch.inf
    history = torch.randint(0, 60, (6, 9), generator=generator)
    looped = torch.randint(0, 4, (6, 9), generator=generator)
    source = torch.randint(0, 8, (6, 11), generator=generator)
    tensors, cases = {"logits": logits, "tied": tied, "broken": broken, "history": history, "looped": looped,
                      "first": history[:, :1].clone(), "source": source}, []
    ends, limit = [2, 7], 9

    def case(source="logits", history="history", prompt=4, custom=None, **settings):
        configuration = GenerationConfig(do_sample=True, max_length=prompt + limit, **settings)
        configuration._eos_token_tensor = torch.tensor(ends)
        chain = model._get_logits_processor(
            configuration, input_ids_seq_length=prompt, encoder_input_ids=tensors["source"], device="cpu")
        ids = tensors[history]
        scores = tensors[source].clone()
        scores = custom(ids[:, prompt:], scores, **settings) if custom else chain(ids, scores)
        tensors[f"output.{len(cases)}"] = scores.contiguous()
        cases.append({"input": source, "history": history, "prompt_length": prompt, "end_tokens": ends,
                      "limit": limit, "settings": {"do_sample": True} | settings})

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

    for value in (0.05, 0.3, 0.7, 0.95):
        case(typical_p=value)
        case(temperature=1.8, typical_p=value)
    for value in (3e-4, 0.02, 0.3, 0.9):
        case(epsilon_cutoff=value)
        case(eta_cutoff=value)
    for value in (0.1, 0.4, 0.8, 0.97):
        case(top_h=value)
    case(temperature=2.5, top_h=0.6)
    for value in (0.3, 1.0, 2.0):
        case(custom=top_n_sigma, top_n_sigma=value)
    for value in (1, 2, 3):
        case(history="looped", no_repeat_ngram_size=value)
        case(history="looped", encoder_no_repeat_ngram_size=value)
    for value in (0.5, 1.6):
        case(encoder_repetition_penalty=value)
    for value in (-1.5, 0.7):
        case(history="looped", custom=presence, presence_penalty=value)
        case(history="looped", custom=frequency, frequency_penalty=value)
    last = [int(row[-1]) for row in history]
    case(bad_words_ids=[[11], [last[0], 12], [last[1], 13], [int(history[2, -2]), last[2], 14], [40, 41], [7]])
    case(sequence_bias=[[[11], 2.5], [[last[0], 12], -3.0], [[last[1], 13], 4.0], [[40, 41], 5.0]])
    for value in (9, 10):
        case(min_length=value)
    for value in (5, 6):
        case(min_new_tokens=value)
    case(history="first", prompt=1, forced_bos_token_id=8)
    case(prompt=1, forced_bos_token_id=8)
    for prompt in (1, 0):
        case(prompt=prompt, forced_eos_token_id=[2, 9])
    case("broken", remove_invalid_values=True)
    for value in ([4, 1.3], [5, 1.3], [0, 1.1], [2, 0.8]):
        case(exponential_decay_length_penalty=value)
    case(suppress_tokens=[1, 2, 3, 59])
    case(begin_suppress_tokens=[1, 2, 3])
    case(prompt=9, begin_suppress_tokens=[1, 2, 3])
    case(history="first", prompt=1, forced_bos_token_id=8, begin_suppress_tokens=[1, 2, 8])
    case(renormalize_logits=True)
    case(temperature=0.7, top_k=9, renormalize_logits=True)
    # Beams that draw keep one token more than there are end tokens.
    for settings in ({"top_k": 1}, {"top_p": 0.05}, {"min_p": 0.9}, {"typical_p": 0.05}, {"epsilon_cutoff": 0.9},
                     {"eta_cutoff": 0.9}):
        case(num_beams=3, **settings)
    case("tied", "looped", repetition_penalty=1.2, no_repeat_ngram_size=3, min_new_tokens=8, suppress_tokens=[11],
         temperature=1.3, top_h=0.95, top_k=30, top_p=0.95, min_p=0.01, typical_p=0.9, epsilon_cutoff=3e-4,
         eta_cutoff=3e-4, renormalize_logits=True, sequence_bias=[[[12], 1.5]], encoder_repetition_penalty=1.1,
         exponential_decay_length_penalty=[1, 1.2], bad_words_ids=[[13]])
    save_file(tensors, OUT / "filters.safetensors")
    (OUT / "filters.safetensors").chmod(0o644)
    write(cases, "filters")


# What transformers lacks, by its definition.


def top_n_sigma(generated, scores, top_n_sigma):
    """Tang et al., 2024: logits below max - n * sigma are ruled out."""
    threshold = scores.max(-1, keepdim=True).values - top_n_sigma * scores.std(-1, keepdim=True, unbiased=False)
    return scores.masked_fill(scores < threshold, -torch.inf)


def presence(generated, scores, presence_penalty):
    """OpenAI: mu[j] - float(c[j] > 0) * alpha_presence, c counting the tokens sampled so far."""
    return scores - (counts(generated, scores) > 0) * presence_penalty


def frequency(generated, scores, frequency_penalty):
    """OpenAI: mu[j] - c[j] * alpha_frequency."""
    return scores - counts(generated, scores) * frequency_penalty


def counts(generated, scores):
    return torch.stack([torch.bincount(row, minlength=scores.shape[-1]) for row in generated])


def write(cases, name):
    lines = ",\n".join(json.dumps(case) for case in cases)
    (OUT / f"{name}.json").write_text(f"[\n{lines}\n]\n")


def main():
    torch.set_num_threads(1)
    OUT.mkdir(exist_ok=True)
    filters(load(NAMES[0]))
    write([key for key in GenerationConfig().__dict__ if not key.startswith("_")], "keys")
    greedy_cases, beam_cases, step_cases = [], [], []
    for seed, name in enumerate(NAMES):
        model = load(name)
        rows = prompts(model, 50 + seed)
        ends = likely_ends(model, rows)
        greedy_cases += greedy(model, name, rows, ends)
        beam_cases += beams(model, name, rows, ends)
        step_cases += steps(model, name, rows, ends)
    write(greedy_cases, "greedy")
    write(beam_cases, "beams")
    write(step_cases, "steps")


if __name__ == "__main__":
    main()
