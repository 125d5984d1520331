"""Outputs and gradients of single layers, of losses, optimisers and schedules.

Run by hand in an environment with exactly these packages; the tests only read what it writes:

    torch==2.13.0 (cpu), transformers==5.23.0, safetensors==0.8.0

    python Tests/Goldens/layers_goldens.py

Writes Tests/Goldens/layers/*.safetensors and schedules.json. In layers.safetensors each case has its inputs and
weights, `upstream` (the gradient that comes from above), `output`, and `gradient.<input or weight>`.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, T5Config
from transformers.models.llama import modeling_llama
from transformers.models.t5 import modeling_t5
from transformers.optimization import (
    Adafactor,
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_linear_schedule_with_warmup,
)

HERE = Path(__file__).resolve().parent / "layers"
generator = torch.Generator().manual_seed(1)
store = {}


def randn(*shape):
    return torch.randn(*shape, generator=generator)


def case(name, function, **inputs):
    """Runs `function` on the inputs; floating inputs get gradients from a random upstream."""
    leaves = {k: v.clone().requires_grad_(v.is_floating_point() and "mask" not in k) for k, v in inputs.items()}
    output = function(**leaves)
    upstream = randn(*output.shape)
    output.backward(upstream)
    for key, leaf in leaves.items():
        label = key.replace("__", ".")
        store[f"{name}.{label}"] = leaf.detach()
        if leaf.grad is not None:
            store[f"{name}.gradient.{label}"] = leaf.grad
    store[f"{name}.upstream"] = upstream
    store[f"{name}.output"] = output.detach()


def through(module):
    """A function of the module's weights (two underscores for each dot of its state dict) and the inputs."""

    def call(**inputs):
        weights = {key.replace("__", "."): inputs.pop(key) for key in list(inputs) if "weight" in key or "bias" in key}
        output = torch.func.functional_call(module, weights, args=(), kwargs=inputs)
        return output[0] if isinstance(output, tuple) else output

    return call


def weights(module, scale=1.0):
    return {k.replace(".", "__"): (1 + 0.3 * randn(*p.shape)) if p.dim() == 1 else scale * randn(*p.shape)
            for k, p in module.named_parameters()}


def layer_cases():
    F = torch.nn.functional
    ids = torch.tensor([[3, 0, 3], [6, 1, 5]])
    case("embedding", lambda input, weight: F.embedding(input, weight), input=ids, weight=randn(7, 4))
    case("linear", F.linear, input=randn(2, 3, 5), weight=randn(4, 5), bias=randn(4))
    case("linear-no-bias", F.linear, input=randn(2, 3, 5), weight=randn(4, 5))
    case("layer-norm", lambda input, weight, bias: F.layer_norm(input, (6,), weight, bias, 1e-5),
         input=randn(2, 3, 6), weight=1 + 0.3 * randn(6), bias=0.3 * randn(6))
    norm = modeling_t5.T5LayerNorm(6, eps=1e-6)
    case("t5-rms-norm", through(norm), hidden_states=2 * randn(2, 3, 6), **weights(norm))
    norm = modeling_llama.LlamaRMSNorm(6, eps=1e-5)
    case("llama-rms-norm", through(norm), hidden_states=2 * randn(2, 3, 6), **weights(norm))
    small = dict(d_model=10, d_ff=14, d_kv=4, num_heads=3, dropout_rate=0.0, relative_attention_num_buckets=8,
                 relative_attention_max_distance=12)
    relu, gated = T5Config(feed_forward_proj="relu", **small), T5Config(feed_forward_proj="gated-gelu", **small)
    dense = modeling_t5.T5DenseActDense(relu)
    case("feed-forward-relu", through(dense), hidden_states=randn(2, 3, 10), **weights(dense, 0.5))
    dense = modeling_t5.T5DenseGatedActDense(gated)
    case("feed-forward-gated-gelu", through(dense), hidden_states=randn(2, 3, 10), **weights(dense, 0.5))
    mlp = modeling_llama.LlamaMLP(LlamaConfig(hidden_size=10, intermediate_size=14, num_attention_heads=1))
    case("feed-forward-gated-silu", lambda hidden_states, **w: through(mlp)(x=hidden_states, **w),
         hidden_states=randn(2, 3, 10), **weights(mlp, 0.5))
    attention_cases(relu)


def attention_cases(config):
    """`mask` is added to the scores: 0 where a key may be seen, the lowest float where not."""
    lowest = torch.finfo(torch.float32).min
    lengths = torch.tensor([15, 9])
    padding = torch.where(torch.arange(15)[None] < lengths[:, None], 0.0, lowest)[:, None, None, :]
    causal = torch.triu(torch.full((15, 15), lowest), 1)[None, None]
    for name, decoder, mask in (("encoder", False, padding), ("decoder", True, causal)):
        config.is_decoder = decoder
        module = modeling_t5.T5Attention(config, has_relative_attention_bias=True, layer_idx=0)
        module.config._attn_implementation = "eager"
        case(f"t5-attention-{name}", through(module), hidden_states=randn(2, 15, 10), mask=mask,
             **weights(module, 0.5))
    module = modeling_t5.T5Attention(config, has_relative_attention_bias=False, layer_idx=0)
    case("t5-attention-cross", through(module), hidden_states=randn(2, 6, 10), key_value_states=randn(2, 15, 10),
         mask=padding, **weights(module, 0.5))


def bucket_cases():
    distances = torch.arange(-200, 201)
    store["buckets.distance"] = distances
    for both in (True, False):
        for count, longest in ((32, 128), (8, 12), (10, 14)):
            table = modeling_t5.T5Attention._relative_position_bucket(distances, both, count, longest)
            store[f"buckets.{'bidirectional' if both else 'causal'}.{count}.{longest}"] = table


def rotary_cases():
    llama3 = {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0,
              "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
    variants = {"default": {"rope_type": "default", "rope_theta": 10000.0}, "llama3": llama3}
    for name, parameters in variants.items():
        for head in (8, 64, 128):
            config = LlamaConfig(hidden_size=2 * head, num_attention_heads=2, head_dim=head,
                                 rope_parameters=dict(parameters), max_position_embeddings=131072)
            rotary = modeling_llama.LlamaRotaryEmbedding(config)
            store[f"rotary.{name}.{head}.frequencies"] = rotary.inv_freq.clone()
        config = LlamaConfig(hidden_size=16, num_attention_heads=2, head_dim=8, rope_parameters=dict(parameters))
        rotary = modeling_llama.LlamaRotaryEmbedding(config)
        positions = torch.tensor([[0, 1, 2, 3, 100], [0, 0, 5, 6, 7]])

        def rotate(query, key):
            cos, sin = rotary(query, positions)
            query, key = modeling_llama.apply_rotary_pos_emb(query, key, cos, sin)
            return torch.cat((query, key), dim=1)

        store[f"rotary.{name}.positions"] = positions
        case(f"rotary.{name}", rotate, query=randn(2, 4, 5, 8), key=randn(2, 2, 5, 8))


def loss_cases():
    logits = 3 * randn(4, 7, 11)
    labels = torch.randint(0, 11, (4, 7), generator=generator)
    labels[0, 3:], labels[2, :2], labels[3, 6] = -100, -100, -100
    store["cross-entropy.logits"], store["cross-entropy.labels"] = logits, labels
    for smoothing in (0.0, 0.1):
        for reduction in ("mean", "sum"):
            leaf = logits.clone().requires_grad_()
            loss = torch.nn.functional.cross_entropy(
                leaf.view(-1, 11), labels.view(-1), label_smoothing=smoothing, reduction=reduction)
            loss.backward()
            store[f"cross-entropy.{reduction}.{smoothing}"] = loss.detach()
            store[f"cross-entropy.{reduction}.{smoothing}.gradient"] = leaf.grad


def optimizer_cases():
    """Trajectories over five steps: parameters `<case>.<name>` have shape [6, ...], the start first."""
    shapes = {"matrix": (6, 5), "vector": (7,), "cube": (2, 3, 4)}
    start = {key: randn(*shape) for key, shape in shapes.items()}
    gradients = {key: randn(5, *shape) * (0.2 + torch.arange(5.0)).view(-1, *[1] * len(shape))
                 for key, shape in shapes.items()}
    out = {f"start.{k}": v for k, v in start.items()} | {f"gradients.{k}": v for k, v in gradients.items()}
    makers = {
        "adamw": lambda p: torch.optim.AdamW(p, lr=1e-2, weight_decay=0.01),
        "adamw-betas": lambda p: torch.optim.AdamW(p, lr=3e-3, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
        "adafactor-external": lambda p: Adafactor(p, lr=1e-2, scale_parameter=False, relative_step=False),
        "adafactor-relative": lambda p: Adafactor(p, warmup_init=False),
        "adafactor-warmup": lambda p: Adafactor(p, warmup_init=True),
        "adafactor-momentum": lambda p: Adafactor(p, lr=1e-2, relative_step=False, scale_parameter=True, beta1=0.9,
                                                  weight_decay=0.1, clip_threshold=0.7, decay_rate=-0.6),
    }
    for name, make in makers.items():
        parameters = {key: torch.nn.Parameter(value.clone()) for key, value in start.items()}
        optimizer = make(list(parameters.values()))
        path = {key: [value.clone()] for key, value in start.items()}
        for step in range(5):
            for key, parameter in parameters.items():
                parameter.grad = gradients[key][step].clone()
            optimizer.step()
            for key, parameter in parameters.items():
                path[key].append(parameter.detach().clone())
        out.update({f"{name}.{key}": torch.stack(values) for key, values in path.items()})
    save(out, "optimizers")


def schedule_cases():
    makers = {
        "constant": lambda o, warmup, total: get_constant_schedule_with_warmup(o, warmup),
        "linear": get_linear_schedule_with_warmup,
        "cosine": get_cosine_schedule_with_warmup,
    }
    cases = []
    for name, make in makers.items():
        for warmup, total in ((0, 20), (5, 20), (7, 13)):
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
            schedule = make(optimizer, warmup, total)
            factors = []
            for _ in range(total + 3):
                factors.append(schedule.get_last_lr()[0])
                optimizer.step()
                schedule.step()
            cases.append({"schedule": name, "warmup_steps": warmup, "total_steps": total, "factors": factors})
    (HERE / "schedules.json").write_text(json.dumps(cases) + "\n")


def save(tensors, name):
    path = HERE / f"{name}.safetensors"
    save_file({key: value.contiguous() for key, value in tensors.items()}, path)
    path.chmod(0o644)


def main():
    torch.set_num_threads(1)
    HERE.mkdir(exist_ok=True)
    layer_cases()
    bucket_cases()
    rotary_cases()
    loss_cases()
    save(store, "layers")
    optimizer_cases()
    schedule_cases()


if __name__ == "__main__":
    main()
