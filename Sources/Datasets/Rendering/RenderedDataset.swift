import Dispatch
import OrchardSettings

/// A data set as tokens, ready to be batched.
public struct RenderedDataset: Sendable {
  /// The examples in the order of their rows.
  public let examples: [RenderedExample]
  /// What rendering did.
  public let report: RenderingReport
  /// The kind of model they were rendered for.
  public let shape: SequenceShape
  /// The hash of the template, which travels with checkpoints.
  public let templateHash: String

  /// Renders all rows of a data set, on all cores; the result does not depend on how many there are.
  ///
  /// - Throws: `DataError` at the first row (in the data set's order) that cannot be rendered, and where the
  ///   whole could teach nothing: see `RenderingReport`.
  public init(_ dataset: Dataset, composer: PromptComposer, worked: WorkedExamples? = nil, renderer: Renderer)
    throws(DataError)
  {
    let worked = worked ?? WorkedExamples(composer: composer)
    let size = 256
    let parts = (dataset.count + size - 1) / size
    let results = Slots<Result<[[RenderedExample]], DataError>>(count: parts)
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let numbers = (part * size)..<min((part + 1) * size, dataset.count)
      results[part] = Result { () throws(DataError) in
        var rendered: [[RenderedExample]] = []
        for number in numbers {
          let row = try dataset.row(number)
          let examples = try worked.examples(for: row, number: number)
          rendered.append(try renderer.render(row, number: number, composer: composer, examples: examples))
        }
        return rendered
      }
    }
    var examples: [RenderedExample] = []
    examples.reserveCapacity(dataset.count)
    var report = RenderingReport()
    for part in 0..<parts {
      for rendered in try results[part]?.get() ?? [] {
        report.add(rendered)
        examples += rendered
      }
    }
    try report.check(
      shape: renderer.shape, expectsPrompts: renderer.settings.supervise == .completion,
      hasTexts: composer.template.prompt.isEmpty)
    self.examples = examples
    self.report = report
    shape = renderer.shape
    templateHash = composer.template.hash
  }

  /// The tokens of each example: what samplers group by.
  public var lengths: [SequenceLength] {
    examples.map { SequenceLength(source: $0.source.count, target: $0.target.count) }
  }
}

/// One place for each part of work; every part writes its own place alone.
private final class Slots<Value: Sendable>: @unchecked Sendable {
  private let places: UnsafeMutableBufferPointer<Value?>

  init(count: Int) {
    places = .allocate(capacity: count)
    places.initialize(repeating: nil)
  }

  deinit {
    places.deinitialize()
    places.deallocate()
  }

  subscript(index: Int) -> Value? {
    get { places[index] }
    set { places[index] = newValue }
  }
}
