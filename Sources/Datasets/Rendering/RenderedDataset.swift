import Dispatch
import OrchardSettings
import OrchardTokenizers

/// A data set as tokens, ready to be batched.
public struct RenderedDataset: Sendable {
  /// The examples in the order of their rows.
  public let examples: [RenderedExample]
  /// What rendering did.
  public let report: RenderingReport
  /// The kind of model they were rendered for.
  public let shape: SequenceShape
  /// The hash of the template, which travels with checkpoints; of several the hash of theirs.
  public let templateHash: String
  /// The tasks in the order of their examples; one without a name where there is but one.
  public let parts: [Part]

  /// What hides tokens of texts without prompts; nil where none are hidden.
  public let corruption: (any TextCorruption)?

  /// The examples that belong together and are drawn together, answers to one prompt; empty where each stands alone.
  public let groups: [Range<Int>]

  /// The examples of one task.
  public struct Part: Sendable, Equatable {
    /// The task's name.
    public let name: String
    /// Its examples.
    public let examples: Range<Int>
  }

  /// Tasks one after the other.
  public init(joining tasks: [(name: String, dataset: RenderedDataset)]) {
    precondition(!tasks.isEmpty, "a data set of no tasks")
    var examples: [RenderedExample] = []
    var report = RenderingReport()
    var parts: [Part] = []
    var groups: [Range<Int>] = []
    for (name, dataset) in tasks {
      parts.append(Part(name: name, examples: examples.count..<examples.count + dataset.examples.count))
      groups += dataset.groups.map { $0.lowerBound + examples.count..<$0.upperBound + examples.count }
      examples += dataset.examples
      report.add(dataset.report)
    }
    self.examples = examples
    self.report = report
    self.parts = parts
    self.groups = groups
    shape = tasks[0].dataset.shape
    corruption = tasks.lazy.compactMap(\.dataset.corruption).first
    templateHash = SHA256.hex(of: tasks.map { "\($0.name) \($0.dataset.templateHash)" }.joined(separator: "\n"))
  }

  /// Renders all rows of a data set, on all cores; the result does not depend on how many there are.
  ///
  /// - Throws: `DataError` at the first row (in the data set's order) that cannot be rendered, and where the
  ///   whole could teach nothing: see `RenderingReport`.
  public init(_ dataset: Dataset, composer: PromptComposer, worked: WorkedExamples? = nil, renderer: Renderer)
    throws(DataError)
  {
    let way = PromptWay(composer: composer, worked: worked ?? WorkedExamples(composer: composer))
    try self.init(dataset, ways: [way], seed: 0, renderer: renderer)
  }

  /// Renders all rows of a data set, each in one of several ways, drawn by the seed and the row's number.
  ///
  /// With a `reader` a row has several answers, each of which becomes an example.
  /// - Throws: As the initialiser for one way does.
  public init(
    _ dataset: Dataset, ways: [PromptWay], seed: Int, renderer: Renderer, answers reader: (any AnswerReader)? = nil
  ) throws(DataError) {
    let size = 256
    let parts = (dataset.count + size - 1) / size
    let results = Slots<Result<[[RenderedExample]], DataError>>(count: parts)
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let numbers = (part * size)..<min((part + 1) * size, dataset.count)
      results[part] = Result { () throws(DataError) in
        var rendered: [[RenderedExample]] = []
        for number in numbers {
          let row = try dataset.row(number)
          let way = ways[PromptWay.choice(of: ways.count, for: number, seed: seed)]
          rendered.append(try Self.render(row, number, way, renderer, reader))
        }
        return rendered
      }
    }
    var examples: [RenderedExample] = []
    examples.reserveCapacity(dataset.count)
    var report = RenderingReport()
    var groups: [Range<Int>] = []
    var found = reader.flatMap { $0.comparesAnswers ? PreferenceReport() : nil }
    for part in 0..<parts {
      for var rendered in try results[part]?.get() ?? [] {
        let wasDropped = rendered.isEmpty
        if !wasDropped, let kept = found?.add(rendered) {
          rendered = kept
          if !kept.isEmpty { groups.append(examples.count..<examples.count + kept.count) }
        }
        report.add(rendered, wasDropped: wasDropped)
        examples += rendered
      }
    }
    report.preferences = found
    self.groups = groups
    try report.check(
      isFramed: renderer.isFramed, shape: renderer.shape, expectsPrompts: renderer.settings.supervise == .completion,
      hasTexts: ways.contains { $0.composer.template.prompt.isEmpty || $0.composer.messages != nil })
    self.examples = examples
    self.report = report
    shape = renderer.shape
    let hashes = ways.map { way in
      way.composer.messages == nil ? way.composer.template.hash : SHA256.hex(of: renderer.chat?.source ?? "")
    }
    templateHash = hashes.count == 1 ? hashes[0] : SHA256.hex(of: hashes.joined(separator: "\n"))
    self.parts = [Part(name: "", examples: examples.indices)]
    corruption = examples.contains(where: \.isUncorrupted) ? try renderer.corruption(seed: seed) : nil
  }

  /// One row as tokens: its example, the parts of a long text, or its answers one by one.
  ///
  /// Where answers are compared and one of them is over-long and dropped, so is the row.
  private static func render(
    _ row: DataRow, _ number: Int, _ way: PromptWay, _ renderer: Renderer, _ reader: (any AnswerReader)?
  ) throws(DataError) -> [RenderedExample] {
    let worked = try way.worked.examples(for: row, number: number)
    guard let reader else {
      return try renderer.render(row, number: number, composer: way.composer, examples: worked)
    }
    var answers: [RenderedExample] = []
    for graded in try reader.answers(row, way.composer) {
      let rendered = try renderer.render(graded.row, number: number, composer: way.composer, examples: worked)
      guard rendered.count == 1 else { return [] }
      answers += rendered.map { example in
        var example = example
        example.grade = graded.grade
        return example
      }
    }
    return answers
  }

  /// The number of the task that an example is of.
  func task(of example: Int) -> Int { parts.firstIndex { $0.examples.contains(example) } ?? 0 }

  /// The tokens of each example: what samplers group by.
  public var lengths: [SequenceLength] {
    examples.map { example in
      if example.isUncorrupted, let corruption { return corruption.lengths(of: example.source.count) }
      return SequenceLength(source: example.source.count, target: example.target.count)
    }
  }

  /// The example of a number as a model reads it in an epoch.
  public func example(_ number: Int, epoch: Int) -> RenderedExample {
    let example = examples[number]
    guard example.isUncorrupted, let corruption else { return example }
    return corruption.example(example, number: number, epoch: epoch)
  }
}

/// One of the ways in which a task is put into words.
public struct PromptWay: Sendable {
  /// What makes prompts of rows.
  public let composer: PromptComposer
  /// The worked examples before them.
  public let worked: WorkedExamples

  /// A way.
  public init(composer: PromptComposer, worked: WorkedExamples) {
    self.composer = composer
    self.worked = worked
  }

  /// Which of `count` ways a row has.
  static func choice(of count: Int, for number: Int, seed: Int) -> Int {
    if count == 1 { return 0 }
    var random = SeededGenerator(
      seed: UInt64(truncatingIfNeeded: seed) ^ 0x7761_7973, stream: UInt64(truncatingIfNeeded: number))
    return random.below(count)
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
