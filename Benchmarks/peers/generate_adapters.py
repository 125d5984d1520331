"""Greedy generation with several LoRAs in one batch: `generate_adapters.py CHECKPOINT BATCH LENGTH NEW_TOKENS COUNT`.

Row r takes adapter r mod COUNT, r = 16 on the queries and values. Exactly NEW_TOKENS tokens a row; one unit is one.
"""

import sys

import peft
import torch
import transformers
from prompts import prompt
from worker import serve, threads

checkpoint = sys.argv[1]
batch, length, new_tokens, count = map(int, sys.argv[2:6])
torch.set_num_threads(threads())
torch.manual_seed(1)
config = transformers.AutoConfig.from_pretrained(checkpoint)
is_encoder_decoder = config.is_encoder_decoder
kind = transformers.AutoModelForSeq2SeqLM if is_encoder_decoder else transformers.AutoModelForCausalLM
targets = ["q", "v"] if is_encoder_decoder else ["q_proj", "v_proj"]
settings = peft.LoraConfig(r=16, target_modules=targets, task_type="SEQ_2_SEQ_LM" if is_encoder_decoder else "CAUSAL_LM")
base = kind.from_pretrained(checkpoint, dtype=torch.float32)
# This peft looks for a method under the name that it had in earlier releases of transformers.
if not hasattr(base, "_prepare_encoder_decoder_kwargs_for_generation"):
    base._prepare_encoder_decoder_kwargs_for_generation = None
model = peft.get_peft_model(base, settings, adapter_name="a0")
for number in range(1, count):
    model.add_adapter(f"a{number}", settings)
for name, parameter in model.named_parameters():
    if "lora_B" in name:
        torch.nn.init.normal_(parameter, std=0.02)
model.eval()
inputs = torch.tensor([prompt(length, config.vocab_size, row) for row in range(batch)])
mask = torch.ones_like(inputs)
names = [f"a{row % count}" for row in range(batch)]


def generate():
    with torch.inference_mode():
        output = model.generate(
            input_ids=inputs, attention_mask=mask, do_sample=False, num_beams=1, max_new_tokens=new_tokens,
            min_new_tokens=new_tokens, pad_token_id=0, adapter_names=names)
    made = output.shape[1] - (1 if is_encoder_decoder else length)
    assert made == new_tokens, (made, new_tokens)
    return batch * new_tokens


serve(f"transformers {transformers.__version__}, peft {peft.__version__}", generate)
