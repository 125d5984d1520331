import OrchardJSON

/// What becomes of each key of a `generation_config.json`.
///
/// The keys are those of transformers' `GenerationConfig`, of version 5 and of 4. Those of the logit steps stand with
/// the steps. A key that stands nowhere is named to the user, as are those of `.notDone` unless they are off.
package enum GenerationKeys {
  /// What becomes of a key.
  package enum Use: Sendable {
    /// It is the setting of this name; the value `false`, or a number equal to `off`, says nothing.
    case setting(String, off: Double? = nil)
    /// `GenerationConfiguration` reads it itself.
    case own
    /// It cannot change the text, for this reason.
    case ignored(String)
    /// It asks for something that is not done; a value of `off` asks for nothing.
    case notDone(off: [JSONValue] = [])
  }

  /// What becomes of `key`; nil for one that nothing is known of.
  package static func use(of key: String) -> Use? {
    if let kind = LogitSteps.kinds.first(where: { $0.fileKey == key }) { return .setting(kind.name, off: kind.off) }
    return table[key]
  }

  private static let cacheReason = "How keys and values are kept does not change them."
  private static let outputReason = "It says what transformers returns beside the text."
  private static let assistedReason = "It shapes drafts, which do not change the text, and asks for none by itself."

  private static let table: [String: Use] = [
    "max_new_tokens": .own,
    "max_length": .own,
    "eos_token_id": .own,
    "bos_token_id": .own,
    "decoder_start_token_id": .own,
    "early_stopping": .own,
    "do_sample": .setting("sample"),
    "num_beams": .setting("num-beams"),
    "length_penalty": .setting("length-penalty"),
    "num_beam_groups": .setting("num-beam-groups"),
    "force_words_ids": .setting("force-words"),
    "num_return_sequences": .setting("num-return-sequences"),
    "stop_strings": .setting("stop"),
    "max_time": .setting("max-time"),
    "prefill_chunk_size": .setting("prefill-chunk-size"),
    "penalty_alpha": .setting("penalty-alpha", off: 0),
    "dola_layers": .setting("dola-layers"),
    "guidance_scale": .setting("guidance-scale", off: 1),

    "use_cache": .ignored(cacheReason),
    "cache_implementation": .ignored(cacheReason),
    "cache_config": .ignored(cacheReason),
    "max_cache_len": .ignored(cacheReason),
    "return_legacy_cache": .ignored(cacheReason),
    "low_memory": .ignored("It trades time for memory."),
    "compile_config": .ignored("It says how transformers compiles."),
    "disable_compile": .ignored("It says how transformers compiles."),
    "continuous_batching_config": .ignored("It says how transformers batches."),
    "output_attentions": .ignored(outputReason),
    "output_hidden_states": .ignored(outputReason),
    "output_scores": .ignored(outputReason),
    "output_logits": .ignored(outputReason),
    "return_dict_in_generate": .ignored(outputReason),
    "pad_token_id": .ignored("Rows are not padded with tokens here."),
    "num_assistant_tokens": .ignored(assistedReason),
    "num_assistant_tokens_schedule": .ignored(assistedReason),
    "assistant_confidence_threshold": .ignored(assistedReason),
    "max_matching_ngram_size": .ignored(assistedReason),
    "assistant_lookbehind": .ignored(assistedReason),
    "target_lookbehind": .ignored(assistedReason),
    "is_assistant": .ignored(assistedReason),
    "speculation_type": .ignored(assistedReason),
    "assistant_early_exit": .ignored("It drafts, and drafts do not change the text."),
    "prompt_lookup_num_tokens": .ignored("It drafts, and drafts do not change the text."),
    "use_mtp": .ignored("It drafts, and drafts do not change the text."),
    "_from_model_config": .ignored("It tells where transformers has the values from."),
    "_commit_hash": .ignored("It tells where transformers has the values from."),
    "transformers_version": .ignored("It tells what wrote the file."),
    "generation_kwargs": .ignored("transformers takes further arguments from it, which no file holds."),

    "watermarking_config": .notDone(),
    "token_healing": .notDone(off: [false]),
    "assistant_ensemble_weight": .notDone(),
    "constraints": .notDone(off: [[]]),
    "forced_decoder_ids": .notDone(off: [[]]),
  ]
}
