"""Greedy generation with transformers: `generate_transformers.py CHECKPOINT BATCH LENGTH NEW_TOKENS [fp32|bf16]`.

Exactly NEW_TOKENS tokens a row: the end token is ruled out. One unit is a new token.
"""

import sys

import torch
import transformers
from prompts import prompt
from worker import serve, threads

checkpoint = sys.argv[1]
batch, length, new_tokens = map(int, sys.argv[2:5])
dtype = torch.bfloat16 if sys.argv[5:] == ["bf16"] else torch.float32
torch.set_num_threads(threads())
config = transformers.AutoConfig.from_pretrained(checkpoint)
kind = transformers.AutoModelForSeq2SeqLM if config.is_encoder_decoder else transformers.AutoModelForCausalLM
model = kind.from_pretrained(checkpoint, dtype=dtype).eval()
inputs = torch.tensor([prompt(length, config.vocab_size, row) for row in range(batch)])
mask = torch.ones_like(inputs)


def generate():
    with torch.inference_mode():
        output = model.generate(
            input_ids=inputs, attention_mask=mask, do_sample=False, num_beams=1, max_new_tokens=new_tokens,
            min_new_tokens=new_tokens, pad_token_id=0)
    made = output.shape[1] - (1 if config.is_encoder_decoder else length)
    assert made == new_tokens, (made, new_tokens)
    return batch * new_tokens


serve(f"transformers {transformers.__version__}", generate)
