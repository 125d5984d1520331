/// Changes a text before it is cut into pieces.
package protocol Normalizer: Sendable {
  /// Reads the settings of this stage.
  init(_ settings: StageSettings) throws

  /// Changes the text.
  func apply(to text: inout AlignedText)
}

/// Cuts a text into pieces, and may change them.
package protocol PreTokenizer: Sendable {
  /// Reads the settings of this stage.
  init(_ settings: StageSettings) throws

  /// Cuts the pieces into smaller ones.
  func apply(to pieces: inout Pieces)
}

/// Turns one piece into tokens of its vocabulary.
package protocol VocabularyModel: Sendable {
  /// Reads the settings and the vocabulary of the model.
  init(_ settings: StageSettings) throws

  /// The tokens and their numbers.
  var vocabulary: Vocabulary { get }

  /// The token for what is not in the vocabulary.
  var unknownID: Int32? { get }

  /// Whether the text of an unknown token is the part of the text it stands for rather than its own name.
  var unknownKeepsText: Bool { get }

  /// Appends the tokens of a piece that is not empty.
  func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into run: inout TokenRun, scratch: inout ModelScratch)
}

/// Adds special tokens around encoded texts and puts a pair together.
package protocol PostProcessor: Sendable {
  /// Reads the settings of this stage.
  init(_ settings: StageSettings) throws

  /// Processes the one or two parts; they are joined afterwards.
  func apply(to parts: [EncodedPart], addSpecialTokens: Bool) -> [EncodedPart]
}

/// One stage on the way from tokens back to text, fed a token at a time.
package protocol Decoder: Sendable {
  /// Reads the settings of this stage.
  init(_ settings: StageSettings) throws

  /// A fresh run over the tokens of one text.
  func begin() -> any DecoderRun

  /// What the stage makes of one token's text, byte for byte, where `place` tells what stands before it.
  ///
  /// Unlike a run, it waits for nothing: half a character is told as the bytes that it is.
  /// - Throws: `TokenizerError` where that depends on more than the place.
  func piece(_ text: [UInt8], at place: inout PiecePlace) throws -> [UInt8]
}
