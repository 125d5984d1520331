import Foundation
import OrchardGeneration
import OrchardJSON
import TestSupport
import Testing

@Suite struct GenerationConfigurationTests {
  private func read(_ text: String) throws -> GenerationConfiguration {
    try GenerationConfiguration(try #require(try JSONValue(parsing: text).object))
  }

  @Test func endTokensAreOneOrSeveral() throws {
    #expect(try read(#"{"eos_token_id": 2}"#).endTokens == [2])
    #expect(try read(#"{"eos_token_id": [128001, 128009]}"#).endTokens == [128_001, 128_009])
    #expect(try read("{}").endTokens == nil)
  }

  @Test func samplingDefaultsAreTaken() throws {
    let configuration = try read(
      #"{"do_sample": true, "temperature": 0.6, "top_p": 0.9, "top_k": 0, "max_length": 4096, "min_p": null}"#)
    #expect(configuration.settings.sample)
    #expect(configuration.settings[step: "temperature"] == 0.6)
    #expect(configuration.settings[step: "top-p"] == 0.9)
    #expect(configuration.settings[step: "top-k"] == nil)
    #expect(configuration.maxLength == 4096)
    #expect(configuration.unusedKeys.isEmpty)
  }

  /// Llama's files keep a temperature beside `do_sample: false`.
  @Test func samplingValuesWithoutSamplingMeanNothing() throws {
    let configuration = try read(#"{"do_sample": false, "temperature": 0.6, "top_k": 50, "repetition_penalty": 1.2}"#)
    #expect(!configuration.settings.holds(step: "top-k"))
    #expect(configuration.settings[step: "repetition-penalty"] == 1.2)
  }

  @Test func beams() throws {
    let configuration = try read(#"{"num_beams": 4, "length_penalty": 2.0, "early_stopping": "never"}"#)
    #expect(configuration.settings.beams == 4)
    #expect(configuration.settings.lengthPenalty == 2)
    #expect(configuration.settings.earlyStopping == .never)
    #expect(try read(#"{"early_stopping": true}"#).settings.earlyStopping == .yes)
  }

  @Test func unknownKeysAreNamedWithTheirValues() throws {
    let configuration = try read(
      """
      {"no_repeat_ngram_size": 3, "token_healing": true, "remove_invalid_values": false, "typical_p": 1.0,
       "is_multilingual": false, "my_own_key": 4, "watermarking_config": {"bias": 2}}
      """)
    #expect(
      configuration.unusedKeys == ["token_healing = true", "my_own_key = 4", #"watermarking_config = {"bias": 2}"#])
    #expect(configuration.settings[step: "no-repeat-ngram-size"] == 3)
  }

  /// Every key of transformers' GenerationConfig, of the present version and of the last with groups and constraints.
  @Test(arguments: ["keys", "keys-4.56.2"])
  func everyKeyIsDoneOrIgnoredOrNamed(file: String) throws {
    let data = FileManager.default.contents(atPath: Goldens.url("generation/\(file).json").path) ?? Data()
    let keys = try #require(try JSONValue(parsing: data).array).compactMap(\.string)
    #expect(keys.count > 55)
    for key in keys { #expect(GenerationKeys.use(of: key) != nil, "\(key)") }
  }

  /// What is done changes the settings: no key is read and dropped.
  @Test func everyKeyThatIsDoneArrives() throws {
    let values: [(String, JSONValue)] = [
      ("do_sample", true), ("num_beams", 4), ("length_penalty", 2), ("early_stopping", "never"),
      ("num_return_sequences", 2), ("stop_strings", ["a", "b"]), ("temperature", 0.5), ("top_k", 3), ("top_p", 0.5),
      ("min_p", 0.1), ("top_h", 0.5), ("typical_p", 0.5), ("epsilon_cutoff", 0.1), ("eta_cutoff", 0.1),
      ("repetition_penalty", 1.1), ("encoder_repetition_penalty", 1.1), ("no_repeat_ngram_size", 2),
      ("encoder_no_repeat_ngram_size", 2), ("bad_words_ids", [[5, 7], [8]]), ("renormalize_logits", true),
      ("min_length", 3), ("min_new_tokens", 3), ("forced_bos_token_id", 5), ("forced_eos_token_id", 2),
      ("remove_invalid_values", true), ("exponential_decay_length_penalty", [5, 1.1]), ("suppress_tokens", [4]),
      ("begin_suppress_tokens", [4]), ("sequence_bias", [[[4], 1.5]]),
    ]
    for (key, value) in values {
      var object: JSONObject = JSONObject([(key, value)])
      if key == "num_return_sequences" { object["do_sample"] = true }
      let kind = LogitSteps.kinds.first { $0.fileKey == key }
      if kind?.part == .sampling { object["do_sample"] = true }
      let settings = try GenerationConfiguration(object).settings
      var plain = GenerationSettings()
      plain.sample = settings.sample && key != "do_sample"
      #expect(settings != plain, "\(key)")
      if let kind { #expect(settings.holds(step: kind.name)) }
    }
    let groups = try read(#"{"num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 0.5}"#).settings
    #expect(groups.beamGroups == 2)
    #expect(groups.holds(step: "diversity-penalty"))
    let forced = try read(#"{"num_beams": 2, "force_words_ids": [[5, 6], [[7], [8, 9]]]}"#).settings
    #expect(forced.forceWords == [.phrase(.tokens([5, 6])), .anyOf([.tokens([7]), .tokens([8, 9])])])
    let ids = try read(#"{"bos_token_id": 4, "decoder_start_token_id": [6, 6], "pad_token_id": 0, "max_length": 30}"#)
    #expect(ids.beginningToken == 4)
    #expect(ids.decoderStartToken == 6)
    #expect(ids.maxLength == 30)
  }

  @Test func valuesThatSwitchOffSayNothing() throws {
    let configuration = try read(
      """
      {"do_sample": true, "temperature": 1.0, "top_k": 0, "top_p": 1.0, "typical_p": 1.0, "epsilon_cutoff": 0.0,
       "eta_cutoff": 0, "repetition_penalty": 1.0, "encoder_repetition_penalty": 1, "no_repeat_ngram_size": 0,
       "encoder_no_repeat_ngram_size": 0, "min_length": 0, "num_beam_groups": 1, "diversity_penalty": 0.0,
       "num_return_sequences": 1, "renormalize_logits": false, "guidance_scale": 1.0, "penalty_alpha": 0.0}
      """)
    var plain = GenerationSettings()
    plain.sample = true
    #expect(configuration.settings == plain)
    #expect(configuration.unusedKeys.isEmpty)
  }

  @Test func wrongValuesAreToldWithFileAndKey() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(#"{"do_sample": true, "top_p": 1.5}"#, to: "generation_config.json")
    let error = #expect(throws: GenerationError.self) { try GenerationConfiguration(folder: folder.url) }
    let text = try #require(error).description
    #expect(text.contains("generation_config.json"))
    #expect(text.contains("top-p is “1.5”"))
    _ = try folder.write(#"{"eos_token_id": "two"}"#, to: "generation_config.json")
    let second = #expect(throws: GenerationError.self) { try GenerationConfiguration(folder: folder.url) }
    #expect(try #require(second).description.contains("“eos_token_id” must be a token id"))
    _ = try folder.write("{", to: "generation_config.json")
    let third = #expect(throws: GenerationError.self) { try GenerationConfiguration(folder: folder.url) }
    #expect(try #require(third).description.contains("line 1"))
  }

  @Test func aMissingFileSaysNothing() throws {
    let configuration = try GenerationConfiguration(folder: try TemporaryFolder().url)
    #expect(configuration.endTokens == nil)
    #expect(configuration.settings == GenerationSettings())
  }
}
