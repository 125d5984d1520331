"""The benchmarks: what each side is started with, what bounds the work, and how fast Orchard means to be."""

import pathlib
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".peers/venv/bin/python"
CHECKPOINTS = ROOT / ".peers/checkpoints"
ORCHARD = ROOT / ".build/release/orchard-bench"


@dataclass
class Benchmark:
    name: str
    title: str
    unit: str  # what a unit is called
    orchard: list  # arguments of orchard-bench
    peers: dict  # {name: command}
    goals: dict = field(default_factory=dict)  # {name: how many times as fast as that peer}
    floor_share: float = None  # the share of the machine's limit that is the goal
    operations: dict = field(default_factory=dict)  # {type of numbers: floating-point operations in products}
    traffic: float = 0  # bytes of weights that have to be read
    rounds: int = 7

    def sides(self):
        yield "Orchard", [ORCHARD, *self.orchard]
        for name, arguments in self.peers.items():
            yield name, arguments

    def floor(self, limits):
        """The seconds that the machine needs at least, by its limits as measured."""
        return sum(count / limits[kind] for kind, count in self.operations.items()) + self.traffic / limits["memory"]


def peer(script, *arguments):
    return [PYTHON, ROOT / "Benchmarks/peers" / script, *arguments]


def peer_beside(world, script, *arguments):
    """A peer that needs other packages than most: they stand in a folder of their own, and are found first."""
    return ["env", f"PYTHONPATH={ROOT / '.peers' / world}", *peer(script, *arguments)]


LIMITS = {name: peer("limits.py", name) for name in ("fp32", "bf16", "memory")}


@dataclass
class T5Shape:
    """Multiplying parameters of a T5 with gated feed-forward layers, by what they are applied to."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int = 32128

    @property
    def per_source_token(self):
        projection = self.width * self.heads * 64
        encoder = self.layers * (4 * projection + 3 * self.width * self.inner)
        return encoder + self.layers * 2 * projection  # and the keys and values of cross-attention

    @property
    def per_target_token(self):
        projection = self.width * self.heads * 64
        return self.layers * (6 * projection + 3 * self.width * self.inner) + self.width * self.vocabulary


@dataclass
class LlamaShape:
    """Multiplying parameters of a Llama: everything but the table of embeddings."""

    width: int
    layers: int
    heads: int
    key_value_heads: int
    inner: int
    vocabulary: int = 32000

    @property
    def per_token(self):
        head = self.width // self.heads
        attention = 2 * self.width * head * (self.heads + self.key_value_heads)
        return self.layers * (attention + 3 * self.width * self.inner) + self.width * self.vocabulary


@dataclass
class BertShape:
    """Multiplying parameters of a BERT, and what attention multiplies for each token of a text."""

    width: int
    layers: int
    inner: int

    def per_token(self, length):
        return self.layers * (4 * self.width**2 + 2 * self.width * self.inner + 2 * length * self.width)


MINILM = BertShape(384, 6, 1536)
T5 = T5Shape(512, 8, 6, 1024)
T5_BASE = T5Shape(768, 12, 12, 2048)
LLAMA = LlamaShape(576, 30, 9, 3, 1536)
LLAMA_DECODE = LlamaShape(1024, 16, 16, 4, 2816)


def training(name, title, checkpoint, batch, length, target, precision, parameters, goal=None, floor_share=None):
    """Forward and backward: six operations for each parameter that a token meets."""
    shape = [CHECKPOINTS / checkpoint, batch, length, target, precision]
    return Benchmark(
        name, f"full fine-tuning step, {title}, {precision}", "tokens", ["training-step", *shape],
        {"transformers": peer("training_step.py", *shape)}, {"transformers": goal} if goal else {}, floor_share,
        operations={precision: 6 * batch * parameters}, rounds=3)


def adapting(kind, title, name, shape, precision, operations, goal):
    """Few parameters are tuned: forward, and gradients down to the inputs, but none of the weights."""
    shape = [CHECKPOINTS / name, *shape, precision, kind]
    return Benchmark(
        f"{name}-{kind}-{precision}", f"{title}, {precision}", "tokens", ["training-step", *shape],
        {"transformers": peer("training_step.py", *shape)}, {"transformers": goal}, None,
        operations={precision: 4 * operations}, rounds=3)


def t5_adapting(kind, title, precision, goal):
    source = 256 + (100 if kind == "prompt" else 0)  # a soft prompt is read with the source
    operations = 8 * (source * T5.per_source_token + 64 * T5.per_target_token)
    return adapting(kind, f"{title}, T5 shape, 8 × (256 in, 64 out)", "t5", [8, 256, 64], precision, operations, goal)


def llama_adapting(kind, title, precision, goal):
    operations = 4 * 512 * LLAMA.per_token
    return adapting(kind, f"{title}, Llama shape, 4 × 512", "llama", [4, 512, 0], precision, operations, goal)


def t5_training(precision, **goals):
    parameters = 256 * T5.per_source_token + 64 * T5.per_target_token
    return training(
        f"t5-step-{precision}", "T5 shape, 8 × (256 in, 64 out)", "t5", 8, 256, 64, precision, parameters, **goals)


def llama_training(precision, **goals):
    return training(
        f"llama-step-{precision}", "Llama shape, 4 × 512", "llama", 4, 512, 0, precision, 512 * LLAMA.per_token,
        **goals)


def policy_step(name, title, precision, goal):
    """Answers are drawn token by token, then read by the policy and the original, then learned from four times."""
    read = 16 * (128 * T5.per_source_token + 48 * T5.per_target_token) if name == "t5" else 16 * 176 * LLAMA.per_token
    return Benchmark(
        f"{name}-ppo-{precision}",
        f"PPO step, LoRA, {title}, 16 × (128 in, 48 new), 4 passes, {precision} (TRL: fp32)", "answers",
        ["policy-step", CHECKPOINTS / name, precision], {"TRL 0.11.4": peer_beside("trl-0.11", "ppo_step.py", CHECKPOINTS / name)},
        {"TRL 0.11.4": goal}, operations={precision: (2 * 3 + 4 * 4) * read}, rounds=3)


def policy_parts(name, title, precision):
    """What a PPO step cannot do without: a step takes hardly longer than both together."""
    work = [CHECKPOINTS / name, precision]
    return Benchmark(
        f"{name}-ppo-parts-{precision}",
        f"PPO step as above, {title}, {precision}, beside its generation and its passes alone", "answers",
        ["policy-step", *work],
        {part: [ORCHARD, "policy-part", *work, part] for part in ("generation", "passes")}, rounds=3)


def direct_step(precision):
    """Pairs are read by the original and by the policy, and learned from."""
    return Benchmark(
        f"llama-dpo-{precision}", f"DPO step, LoRA, Llama shape, 4 pairs × (128 + 64), {precision}", "pairs",
        ["direct-step", CHECKPOINTS / "llama", precision],
        {"TRL": peer_beside("trl-current", "dpo_step.py", CHECKPOINTS / "llama", precision)}, {"TRL": 1.8},
        operations={precision: (2 + 4) * 8 * 192 * LLAMA.per_token}, rounds=3)


def t5_generation(batch):
    shape = [batch, 256, 64]
    return Benchmark(
        f"t5-generation-{batch}", f"greedy generation, T5-base shape, fp32, batch {batch}, 256 in, 64 out", "tokens",
        ["generate", CHECKPOINTS / "t5-base", *shape],
        {
            "transformers": peer("generate_transformers.py", CHECKPOINTS / "t5-base", *shape),
            "CTranslate2": peer("generate_ctranslate2.py", CHECKPOINTS / "t5-base-ctranslate2", *shape),
        },
        {"transformers": 2.0, "CTranslate2": 1.0},
        # Each new token reads the decoder once for all rows; several rows cost products as well.
        operations={"fp32": 2 * batch * (256 * T5_BASE.per_source_token)},
        traffic=64 * 4 * T5_BASE.per_target_token, rounds=5)


def t5_small_weights(batch, precision, peer_name, goal):
    """The same with weights of fewer bits, beside the peer whose form is as small."""
    shape = [CHECKPOINTS / "t5-base", batch, 256, 64]
    sides = {
        "CTranslate2": peer("generate_ctranslate2.py", CHECKPOINTS / "t5-base-ctranslate2", *shape[1:], precision),
        "transformers": peer("generate_transformers.py", *shape, precision),
    }
    return Benchmark(
        f"t5-generation-{precision}-{batch}",
        f"greedy generation, T5-base shape, {precision}, batch {batch}, 256 in, 64 out", "tokens",
        ["generate", *shape, precision], {peer_name: sides[peer_name]}, {peer_name: goal},
        traffic=64 * BYTES[precision] * T5_BASE.per_target_token, rounds=5)


BYTES = {"fp32": 4, "bf16": 2, "int8": 1.03, "int4": 0.56}


def t5_beams():
    shape = [1, 256, 64]
    return Benchmark(
        "t5-beams", "beam search, 4 beams, T5-base shape, fp32, 256 in, 64 out", "tokens",
        ["generate", CHECKPOINTS / "t5-base", *shape, "fp32", 4],
        {"CTranslate2": peer("generate_ctranslate2.py", CHECKPOINTS / "t5-base-ctranslate2", *shape, "float32", 4)},
        {"CTranslate2": 2.0}, traffic=64 * 4 * T5_BASE.per_target_token, rounds=5)


def t5_beams_int8():
    """The same with weights of 8 bits on both sides."""
    shape = [1, 256, 64]
    return Benchmark(
        "t5-beams-int8", "beam search, 4 beams, T5-base shape, int8, 256 in, 64 out", "tokens",
        ["generate", CHECKPOINTS / "t5-base", *shape, "int8", 4],
        {"CTranslate2": peer("generate_ctranslate2.py", CHECKPOINTS / "t5-base-ctranslate2", *shape, "int8", 4)},
        {"CTranslate2": 2.0}, traffic=64 * BYTES["int8"] * T5_BASE.per_target_token, rounds=5)


LLAMA_CPP = {"fp32": "llama-decode-gguf/f32", **{
    ours: f"llama-decode-gguf-small/{theirs}" for ours, theirs in (("bf16", "bf16"), ("int8", "q8_0"), ("int4", "q4_0"))}}


def llama_cpp(precision, *arguments):
    return peer("generate_llama_cpp.py", CHECKPOINTS / f"{LLAMA_CPP[precision]}.gguf", *arguments)


def llama_decoding(precision, goal):
    peers = {"llama.cpp": llama_cpp(precision, 16, 64)}
    goals = {"llama.cpp": goal}
    if precision == "fp32":
        peers["transformers"] = peer("generate_transformers.py", CHECKPOINTS / "llama-decode", 1, 16, 64)
        goals["transformers"] = 2.5
    return Benchmark(
        f"llama-decoding-{precision}", f"greedy decoding, Llama decode shape, {precision}, 16 in, 64 out", "tokens",
        ["generate", CHECKPOINTS / "llama-decode", 1, 16, 64, precision], peers, goals,
        traffic=64 * BYTES[precision] * LLAMA_DECODE.per_token, rounds=5)


def llama_batch():
    """Eight rows at once; the peer decodes one."""
    work = ["generate", CHECKPOINTS / "llama-decode"]
    return Benchmark(
        "llama-batch", "greedy decoding, Llama decode shape, int8, batch 8 (llama.cpp: 1), 16 in, 64 out", "tokens",
        [*work, 8, 16, 64, "int8"], {"llama.cpp": llama_cpp("int8", 16, 64)},
        traffic=64 * BYTES["int8"] * LLAMA_DECODE.per_token, rounds=5)


def mixed_adapters(name, title):
    """Rows that take eight LoRAs in turn, beside rows that share one, and beside peft's way of mixing."""
    work = ["adapters", CHECKPOINTS / name, 16, 64, 64]
    return Benchmark(
        f"{name}-mixed-adapters", f"greedy generation, {title}, batch 16 with 8 LoRAs of r = 16 on q and v, 64 in, 64 out",
        "tokens", [*work, 8],
        {"Orchard, one LoRA": [ORCHARD, *work, 1], "Orchard, none": [ORCHARD, *work, 0],
         "transformers + peft, 8": peer("generate_adapters.py", *work[1:], 8)},
        {"Orchard, one LoRA": 0.8}, rounds=5)


def llama_reading(precision, goal):
    return Benchmark(
        f"llama-prompt-{precision}", f"a prompt of 256, Llama decode shape, {precision} (llama.cpp: bf16)", "tokens",
        # Of llama.cpp's forms BF16 reads prompts fastest.
        ["read", CHECKPOINTS / "llama-decode", 1, 256, precision], {"llama.cpp": llama_cpp("bf16", 256, 0)},
        {"llama.cpp": goal}, rounds=5)


def embedding(precision, peer_precision, **goals):
    checkpoint = CHECKPOINTS / "minilm"
    return Benchmark(
        f"embed-{precision}-{peer_precision}",
        f"sentence embedding, MiniLM shape, 256 texts of 128 tokens, {precision} beside {peer_precision}", "texts",
        ["embed", checkpoint, precision],
        {"sentence-transformers": peer("embed.py", checkpoint, peer_precision)}, goals,
        operations={precision: 2 * 256 * 128 * MINILM.per_token(128)}, rounds=5)


def rewarding(precision, peer_precision, **goals):
    checkpoint = CHECKPOINTS / "bert-reward"
    return Benchmark(
        f"reward-{precision}-{peer_precision}",
        f"reward-model scoring, BERT-base shape, 256 texts (prompt and answer), {precision} beside {peer_precision}",
        "texts", ["reward", checkpoint, precision], {"transformers": peer("reward.py", checkpoint, peer_precision)}, goals,
        rounds=5)


def tokenizing(kind, title, folder="tokenizers"):
    arguments = [CHECKPOINTS / folder / kind, CHECKPOINTS / "tokenizers/english.txt"]
    return Benchmark(
        f"tokenize-{kind}", f"tokenizing 1 MB of English, {title}, one thread", "bytes", ["encode", *arguments],
        {"tokenizers": peer("encode.py", *arguments)}, {"tokenizers": 1.0})


def scoring(metric, title, package, goal):
    arguments = [metric, CHECKPOINTS / "pairs/predictions.txt", CHECKPOINTS / "pairs/references.txt"]
    return Benchmark(
        metric, title, "pairs", ["score", *arguments], {package: peer("score.py", *arguments)}, {package: goal},
        rounds=5)


BENCHMARKS = [
    t5_training("fp32", goal=1.5, floor_share=0.7),
    llama_training("fp32", goal=1.25, floor_share=0.7),
    t5_training("bf16"),
    llama_training("bf16"),
    t5_adapting("lora", "LoRA step, r = 16 on q and v", "fp32", 1.4),
    t5_adapting("lora", "LoRA step, r = 16 on q and v", "bf16", 1.9),
    llama_adapting("lora", "LoRA step, r = 16 on q and v", "fp32", 1.4),
    llama_adapting("lora", "LoRA step, r = 16 on q and v", "bf16", 1.9),
    t5_adapting("prompt", "prompt-tuning step, 100 virtual tokens", "fp32", 1.7),
    policy_step("t5", "T5 shape", "fp32", 2.0),
    policy_step("t5", "T5 shape", "bf16", 3.5),
    policy_parts("t5", "T5 shape", "fp32"),
    policy_step("llama", "Llama shape", "fp32", 2.0),
    policy_step("llama", "Llama shape", "bf16", 3.5),
    policy_parts("llama", "Llama shape", "fp32"),
    direct_step("fp32"),
    direct_step("bf16"),
    t5_generation(1),
    t5_generation(8),
    t5_small_weights(1, "int8", "CTranslate2", 2.5),
    t5_small_weights(8, "int8", "CTranslate2", 2.0),
    t5_small_weights(1, "bf16", "transformers", 3.0),
    t5_beams(),
    t5_beams_int8(),
    llama_decoding("fp32", 0.9),
    llama_decoding("bf16", 1.0),
    llama_decoding("int8", 1.3),
    llama_decoding("int4", 1.3),
    llama_batch(),
    mixed_adapters("t5-base", "T5-base shape"),
    mixed_adapters("llama-decode", "Llama decode shape"),
    llama_reading("bf16", 1.4),
    llama_reading("int8", 1.4),
    llama_reading("int4", 1.4),
    embedding("fp32", "fp32"),
    embedding("bf16", "bf16"),
    embedding("bf16", "fp32", **{"sentence-transformers": 2.0}),
    rewarding("fp32", "fp32", transformers=2.0),
    rewarding("bf16", "bf16", transformers=2.0),
    rewarding("bf16", "fp32", transformers=2.0),
    tokenizing("unigram", "unigram"),
    tokenizing("bpe", "BPE with byte fallback"),
    tokenizing("byte-level-bpe", "byte-level BPE"),
    tokenizing("llama3", "byte-level BPE, words as Llama 3", "split-tokenizers"),
    tokenizing("gpt4o", "byte-level BPE, words as GPT-4o", "split-tokenizers"),
    tokenizing("wordpiece", "WordPiece"),
    scoring("rouge", "ROUGE-1, -2, -L with stemmer, 10,000 pairs", "rouge_score", 20.0),
    scoring("bleu", "BLEU, 10,000 pairs", "sacreBLEU", 5.0),
    Benchmark(
        "load", "loading a 500 MB safetensors checkpoint to the first token", "checkpoints",
        ["load", CHECKPOINTS / "llama"], {"transformers": peer("load.py", CHECKPOINTS / "llama")},
        {"transformers": 5.0}, rounds=5),
]
