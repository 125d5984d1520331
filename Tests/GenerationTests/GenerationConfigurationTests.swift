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
    #expect(configuration.settings.logitSteps.count == 1)
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
      #"{"no_repeat_ngram_size": 3, "forced_bos_token_id": 0, "remove_invalid_values": false, "typical_p": 1.0}"#)
    #expect(configuration.unusedKeys == ["no_repeat_ngram_size = 3", "forced_bos_token_id = 0"])
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
