import Foundation
import OrchardJSON

/// SentencePiece `.model` files as `tokenizer.json`.
public enum SentencePieceModel {
  /// Reads a SentencePiece file and writes what it says in the form of a `tokenizer.json`.
  ///
  /// What SentencePiece does not know (the tokens around a text, T5's sentinels, added tokens) comes from
  /// `tokenizer_config.json`, `added_tokens.json` and `config.json` in the same folder where they are there. Without
  /// them a unigram model counts as a T5's and a byte-pair model as a Llama's.
  ///
  /// - Parameter url: The file, mostly named `spiece.model` or `tokenizer.model`.
  /// - Returns: The contents of a `tokenizer.json` that encodes as SentencePiece does.
  /// - Throws: `TokenizerError` where the file cannot be read, is no SentencePiece model, or is of a kind that a
  ///   `tokenizer.json` cannot express.
  public static func tokenizerJSON(from url: URL) throws -> JSONValue {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw TokenizerError("\(url.path) cannot be read: \(error.localizedDescription)")
    }
    let file: SentencePieceFile
    do {
      file = try SentencePieceFile(Array(data))
    } catch {
      throw TokenizerError("\(url.path) is not a SentencePiece model: at byte \(error.offset), \(error.problem).")
    }
    let family = try SentencePieceFamily(beside: url, algorithm: file.algorithm)
    return try SentencePieceConversion(file, family, path: url.path).document()
  }
}
