"""A fine-tuning step with transformers: `training_step.py CHECKPOINT BATCH LENGTH TARGET_LENGTH fp32|bf16 [KIND]`.

KIND is `lora` (r = 16 on queries and values) or `prompt` (100 virtual tokens), by peft; without it all weights are tuned.

Forward, backward, gradients clipped to a norm of 1, AdamW (fused, as transformers' own trainer takes it).
bf16 means autocast, as in that trainer. Dropout is what the checkpoint's config says. One unit is a token, the
target's included.
"""

import sys

import torch
import transformers
from worker import serve, threads

checkpoint, precision = sys.argv[1], sys.argv[5]
batch, length, target_length = map(int, sys.argv[2:5])
torch.set_num_threads(threads())
torch.manual_seed(0)
config = transformers.AutoConfig.from_pretrained(checkpoint)
kind = transformers.AutoModelForSeq2SeqLM if config.is_encoder_decoder else transformers.AutoModelForCausalLM
model = kind.from_pretrained(checkpoint, dtype=torch.float32)
name = f"transformers {transformers.__version__}"
if len(sys.argv) > 6:
    import peft

    # This peft looks for a method under the name that it had in earlier releases of transformers.
    if not hasattr(model, "_prepare_encoder_decoder_kwargs_for_generation"):
        model._prepare_encoder_decoder_kwargs_for_generation = None
    task = "SEQ_2_SEQ_LM" if config.is_encoder_decoder else "CAUSAL_LM"
    kinds = {
        "lora": lambda: peft.LoraConfig(task_type=task, r=16, lora_alpha=32),
        "prompt": lambda: peft.PromptTuningConfig(task_type=task, num_virtual_tokens=100, num_transformer_submodules=1),
    }
    model = peft.get_peft_model(model, kinds[sys.argv[6]]())
    name += f" + peft {peft.__version__}"
model.train()
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, weight_decay=0.01, fused=True)


def ids(columns):
    return torch.randint(3, config.vocab_size, (batch, columns))


inputs = ids(length)
labels = ids(target_length) if config.is_encoder_decoder else inputs
mask = torch.ones_like(inputs)


def step():
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        loss = model(input_ids=inputs, attention_mask=mask, labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return inputs.numel() + (labels.numel() if config.is_encoder_decoder else 0)


serve(name, step)
