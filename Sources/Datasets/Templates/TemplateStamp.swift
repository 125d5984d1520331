import Foundation
import OrchardJSON
import OrchardSettings

/// The prompt template that a model was trained with, kept in the model's folder.
///
/// A model answers well only in the form that it has learned; asked in another, it answers badly and nobody sees why.
public enum TemplateStamp {
  /// The file's name in a model's folder.
  public static let fileName = "prompt_template.json"

  /// The file's contents for a template.
  public static func text(_ template: PromptTemplate) -> String { template.resolved.prettyText + "\n" }

  /// The template that the model of a folder was trained with; nil where none is kept.
  ///
  /// - Throws: `DataError` where the file is broken.
  public static func read(from folder: URL) throws(DataError) -> PromptTemplate? {
    let url = folder.appending(path: fileName)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    do {
      return try PromptTemplate(recipe: url)
    } catch {
      throw DataError(file: url.path, problem: "is no prompt template: \(error)")
    }
  }

  /// Refuses a template that is not the one that the model of a folder was trained with.
  ///
  /// - Throws: `DataError` with both names and hashes, unless `forced`.
  public static func check(_ template: PromptTemplate, for folder: URL, forced: Bool) throws(DataError) {
    guard !forced, let trained = try read(from: folder), trained.hash != template.hash else { return }
    throw DataError(
      problem: "the model in \(folder.path) was trained with the template “\(trained.name)” "
        + "(\(trained.hash.prefix(12))), not “\(template.name)” (\(template.hash.prefix(12))); ask it with its own, or "
        + "force the other")
  }
}
