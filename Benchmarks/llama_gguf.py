"""Writes a Llama checkpoint as the GGUF file that llama.cpp reads, in 32-bit floats."""

import json

import gguf
import numpy
from safetensors.numpy import load_file


def rotary_order(weight, heads):
    """Rotary positions pair neighbours in llama.cpp and halves in Hugging Face folders: the rows are reordered."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def convert_to_gguf(source, target):
    config = json.loads((source / "config.json").read_text())
    weights = load_file(source / "model.safetensors")
    heads, key_value_heads = config["num_attention_heads"], config["num_key_value_heads"]

    writer = gguf.GGUFWriter(target, "llama")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(key_value_heads)
    writer.add_rope_dimension_count(config["hidden_size"] // heads)
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    add_vocabulary(writer, json.loads((source / "tokenizer.json").read_text()), config["vocab_size"])

    def add(name, weight):
        writer.add_tensor(name, numpy.ascontiguousarray(weight, dtype=numpy.float32))

    add("token_embd.weight", weights["model.embed_tokens.weight"])
    add("output_norm.weight", weights["model.norm.weight"])
    add("output.weight", weights.get("lm_head.weight", weights["model.embed_tokens.weight"]))
    for layer in range(config["num_hidden_layers"]):
        ours, theirs = f"model.layers.{layer}.", f"blk.{layer}."
        add(theirs + "attn_norm.weight", weights[ours + "input_layernorm.weight"])
        add(theirs + "ffn_norm.weight", weights[ours + "post_attention_layernorm.weight"])
        add(theirs + "attn_q.weight", rotary_order(weights[ours + "self_attn.q_proj.weight"], heads))
        add(theirs + "attn_k.weight", rotary_order(weights[ours + "self_attn.k_proj.weight"], key_value_heads))
        add(theirs + "attn_v.weight", weights[ours + "self_attn.v_proj.weight"])
        add(theirs + "attn_output.weight", weights[ours + "self_attn.o_proj.weight"])
        for name, part in (("ffn_gate", "gate_proj"), ("ffn_up", "up_proj"), ("ffn_down", "down_proj")):
            add(f"{theirs}{name}.weight", weights[f"{ours}mlp.{part}.weight"])

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_vocabulary(writer, tokenizer, size):
    tokens = sorted(tokenizer["model"]["vocab"].items(), key=lambda pair: pair[1])
    assert len(tokens) == size, (len(tokens), size)
    kinds = []
    for token, number in tokens:
        if number == 0:
            kinds.append(gguf.TokenType.UNKNOWN)
        elif number < 3:
            kinds.append(gguf.TokenType.CONTROL)
        else:
            kinds.append(gguf.TokenType.BYTE if token.startswith("<0x") else gguf.TokenType.NORMAL)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token for token, _ in tokens])
    writer.add_token_scores([-float(number) for _, number in tokens])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)


def quantize_gguf(source, folder):
    """llama.cpp's own smaller forms of a file: bf16.gguf, q8_0.gguf and q4_0.gguf."""
    import ctypes

    import llama_cpp

    kinds = {
        "bf16": llama_cpp.LLAMA_FTYPE_MOSTLY_BF16, "q8_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0,
        "q4_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0,
    }
    for name, kind in kinds.items():
        settings = llama_cpp.llama_model_quantize_default_params()
        settings.ftype = kind
        target = folder / f"{name}.gguf"
        status = llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(settings))
        assert status == 0, (name, status)
