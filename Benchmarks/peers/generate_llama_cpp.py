"""Greedy decoding with llama.cpp: `generate_llama_cpp.py FILE.gguf LENGTH NEW_TOKENS`.

Its own C interface is called, without the Python sampler around it; one unit is a new token, or, where NEW_TOKENS is 0,
a token of the prompt.
"""

import ctypes
import sys

import llama_cpp
import numpy
from prompts import prompt
from worker import serve, threads

path = sys.argv[1]
length, new_tokens = map(int, sys.argv[2:4])
llama_cpp.llama_backend_init()


@llama_cpp.llama_log_callback
def silence(level, text, data):
    pass


llama_cpp.llama_log_set(silence, ctypes.c_void_p(0))
model = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
settings = llama_cpp.llama_context_default_params()
settings.n_ctx = 512
settings.n_batch = 512
settings.n_threads = settings.n_threads_batch = threads()
context = llama_cpp.llama_init_from_model(model, settings)
memory = llama_cpp.llama_get_memory(context)
size = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))
tokens = prompt(length, size, 0)
END = 2


def evaluate(ids):
    array = (llama_cpp.llama_token * len(ids))(*ids)
    status = llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(array, len(ids)))
    assert status == 0, status
    logits = numpy.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(context, -1), shape=(size,))
    logits[END] = -numpy.inf
    return int(logits.argmax())


def generate():
    llama_cpp.llama_memory_clear(memory, True)
    made = [evaluate(tokens)]
    if new_tokens == 0:
        return length
    while len(made) < new_tokens:
        made.append(evaluate(made[-1:]))
    return new_tokens


serve(f"llama.cpp (llama-cpp-python {llama_cpp.__version__})", generate)
