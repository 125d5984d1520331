"""Log-likelihoods of continuations and of whole texts, by transformers.

Run by hand, after models_goldens.py, in an environment with exactly these packages; the tests only read:

    torch==2.13.0 (cpu), transformers==5.23.0, tokenizers==0.23.3

    python Tests/Goldens/likelihood_goldens.py STORIES260K

STORIES260K is the folder of the 260K TinyStories model (the tests that need it are skipped where it is absent).
Writes Tests/Goldens/likelihood.json. Texts become tokens by the rules of lm-evaluation-harness: white space at the
end of a context goes to the continuation; a decoder's pair is encoded as one text and parted after the context's own
tokens; an encoder-decoder's are encoded apart. Windows of a long text do not overlap unless their stride is shorter.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer, PreTrainedTokenizerFast

HERE = Path(__file__).resolve().parent
NAMES = ["t5-v1_0", "t5-v1_1", "llama-grouped", "llama-scaled"]

# Written for this test.
STORY = (
    "Once upon a time, there was a little dog named Max. Max liked to run in the park.\n\nOne day, Max saw a big red "
    "ball.  He wanted to play with it, but the ball was too high in the tree. \"Can you help me?\" he asked the bird. "
    "The bird said, \"Yes, I can!\" and pushed the ball down. Max was very happy. They played all day long.\n"
)
STORIES_PAIRS = [
    ("Once upon a time,", " there was a little girl named Lily."),
    ("Once upon a time, ", "there was a little girl named Lily."),
    ("Once upon a time, there was a little girl named Lily. She loved to play", " outside"),
    ("Once upon a time, there was a little girl named Lily. She loved to play", " chess"),
    ("", "Once upon a time"),
    ("  ", "Once"),
    ("The dog was sad.\n\n", "His mom said, \"Don't worry!\" … é 🐕"),
    ("a", "b"),
]
TINY_PAIRS = [
    ("the cat sat", " on the hill"), ("the cat sat  ", "in the old tree"), ("a bird sang in", " rain"), ("ann", " bob"),
]


def load(folder):
    kind = AutoConfig.from_pretrained(folder).is_encoder_decoder
    return (AutoModelForSeq2SeqLM if kind else AutoModelForCausalLM).from_pretrained(folder, dtype=torch.float32).eval()


@torch.no_grad()
def score(model, context, tokens):
    if model.config.is_encoder_decoder:
        start = [model.config.decoder_start_token_id]
        logits = model(
            input_ids=torch.tensor([context]), decoder_input_ids=torch.tensor([start + tokens[:-1]]),
            use_cache=False).logits[0]
    else:
        most = model.config.max_position_embeddings
        logits = model(input_ids=torch.tensor([(context + tokens)[-(most + 1):][:-1]])).logits[0]
    logs = torch.log_softmax(logits.float(), -1)[-len(tokens):]
    wanted = torch.tensor(tokens)
    top = logits[-len(tokens):].topk(2).values
    margin = (top[:, 0] - top[:, 1]).min().item()
    return {
        "context": context, "tokens": tokens, "log_probabilities": logs.gather(1, wanted[:, None])[:, 0].tolist(),
        "greedy": bool((logs.argmax(-1) == wanted).all()), "margin": margin,
    }


@torch.no_grad()
def greedy(model, context, count):
    tokens = []
    for _ in range(count):
        if model.config.is_encoder_decoder:
            start = [model.config.decoder_start_token_id]
            logits = model(input_ids=torch.tensor([context]), decoder_input_ids=torch.tensor([start + tokens]),
                           use_cache=False).logits
        else:
            logits = model(input_ids=torch.tensor([context + tokens])).logits
        tokens.append(logits[0, -1].argmax().item())
    return tokens


def token_pairs(model, seed):
    generator = torch.Generator().manual_seed(seed)

    def draw(count):
        return torch.randint(3, model.config.vocab_size, (count,), generator=generator).tolist()

    end = [1] if model.config.is_encoder_decoder else []
    begin = [] if end else [1]
    shared = begin + draw(9) + end
    pairs = [(shared, draw(n)) for n in (1, 4, 2, 1)] + [(shared, greedy(model, shared, 3))]
    other = begin + draw(3) + end
    pairs += [(other, draw(n)) for n in (5, 2)]
    for n, m in ((1, 1), (14, 6), (5, 2), (30, 1), (2, 12)):
        pairs.append((begin + draw(n) + end, draw(m)))
    context = begin + draw(6) + end
    pairs.append((context, greedy(model, context, 4)))
    if begin:
        pairs.append((begin + draw(70), draw(5)))  # more than the context of 64: cut at its beginning
    return [score(model, *pair) for pair in pairs]


def encode(tokenizer, text, causal, special=True):
    ids = tokenizer.encode(text, add_special_tokens=special)
    if special and not causal and ids[-1:] != [tokenizer.eos_token_id]:
        ids.append(tokenizer.eos_token_id)
    return ids


def text_pairs(model, tokenizer, pairs):
    causal = not model.config.is_encoder_decoder
    cases = []
    for context, continuation in pairs:
        kept = context.rstrip()
        moved = context[len(kept):] + continuation
        if not causal:
            source, tokens = encode(tokenizer, kept, causal), encode(tokenizer, moved, causal, special=False)
        elif not kept:
            source, tokens = [tokenizer.bos_token_id], encode(tokenizer, moved, causal, special=False)
        else:
            source = encode(tokenizer, kept, causal)
            tokens = encode(tokenizer, kept + moved, causal)[len(source):]
        cases.append({"context_text": context, "continuation_text": continuation} | score(model, source, tokens))
    return cases


def windows(tokens, prefix, length, stride):
    scored = min(length, len(tokens))
    yield [prefix], tokens[:scored]
    while scored < len(tokens):
        end = min(scored + stride, len(tokens))
        read = tokens[end - length - 1:end - 1]
        yield read[:len(read) - (end - scored - 1)], tokens[scored:end]
        scored = end


def rolling(model, tokens, prefix, length, stride):
    logs = [p for c, t in windows(tokens, prefix, length, stride) for p in score(model, c, t)["log_probabilities"]]
    assert len(logs) == len(tokens)
    return {"window": length, "stride": stride, "sum": sum(logs)}


def rolling_tokens(model, seed):
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.randint(3, model.config.vocab_size, (150,), generator=generator).tolist()
    shapes = [(16, 16), (16, 5), (16, 1), (64, 64), (64, 20), (40, 40)]
    return {"tokens": tokens, "prefix": 1, "cases": [rolling(model, tokens, 1, *shape) for shape in shapes]}


def main():
    torch.set_num_threads(1)
    result = {}
    for seed, name in enumerate(NAMES):
        model = load(HERE / "models" / name)
        tokenizer = AutoTokenizer.from_pretrained(HERE / "models" / name)
        entry = {"pairs": token_pairs(model, 70 + seed), "texts": text_pairs(model, tokenizer, TINY_PAIRS)}
        if not model.config.is_encoder_decoder:
            entry["rolling"] = rolling_tokens(model, 80 + seed)
        result[name] = entry
    stories = Path(sys.argv[1])
    model = load(stories)
    # Its tokenizer.json as it stands: AutoTokenizer would put transformers' own pipeline for Llama in its place.
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(stories / "tokenizer.json"), bos_token="<s>", eos_token="</s>")
    tokens = encode(tokenizer, STORY, True, special=False)
    result["stories260K"] = {
        "texts": text_pairs(model, tokenizer, STORIES_PAIRS),
        "rolling": {"text": STORY, "tokens": tokens, "prefix": 1,
                    "cases": [rolling(model, tokens, 1, *shape) for shape in ((512, 512), (64, 64), (64, 16))]},
    }
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in result.items())
    (HERE / "likelihood.json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
