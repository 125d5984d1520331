import Foundation

/// All that a person wants to see of a training run, written as one page that needs nothing else.
public struct RunReport: Sendable {
  /// A name and its value.
  public struct Fact: Sendable {
    /// What it is.
    public var name: String
    /// Its value as people read it.
    public var value: String

    /// A fact.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Curves over one axis, such as the losses of training and of held-out data.
  public struct Chart: Sendable {
    /// What the picture shows.
    public var title: String
    /// The name of the horizontal axis.
    public var horizontal: String
    /// The name of the vertical axis.
    public var vertical: String
    /// The curves; four have colours of their own.
    public var curves: [Curve]

    /// A chart.
    public init(title: String, horizontal: String = "step", vertical: String = "loss", curves: [Curve]) {
      self.title = title
      self.horizontal = horizontal
      self.vertical = vertical
      self.curves = curves
    }
  }

  /// One curve.
  public struct Curve: Sendable {
    /// The name in the legend.
    public var name: String
    /// The points from left to right; one that is not finite is left out.
    public var points: [(x: Double, y: Double)]

    /// A curve.
    public init(name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }
  }

  /// A score before and after the run.
  public struct ScoreChange: Sendable {
    /// What is measured.
    public var measure: Measure
    /// The value before, where it was measured.
    public var before: Double?
    /// Its interval.
    public var beforeInterval: BootstrapInterval?
    /// The value after.
    public var after: Double
    /// Its interval.
    public var afterInterval: BootstrapInterval?

    /// A score before and after.
    public init(
      measure: Measure, before: Double?, beforeInterval: BootstrapInterval? = nil, after: Double,
      afterInterval: BootstrapInterval? = nil
    ) {
      self.measure = measure
      self.before = before
      self.beforeInterval = beforeInterval
      self.after = after
      self.afterInterval = afterInterval
    }
  }

  /// One example: what was asked, what a person answered, and what the model answered.
  public struct Sample: Sendable {
    /// A heading for the example; its number where empty.
    public var title: String
    /// The input.
    public var input: String
    /// The human answer.
    public var human: String
    /// The model's answer before the run, where it was asked.
    public var before: String?
    /// The model's answer after the run.
    public var after: String

    /// An example.
    public init(title: String = "", input: String, human: String, before: String?, after: String) {
      self.title = title
      self.input = input
      self.human = human
      self.before = before
      self.after = after
    }
  }

  /// The page's title.
  public var title: String
  /// A sentence or two under the title.
  public var summary = ""
  /// The few numbers to see first.
  public var highlights: [Fact] = []
  /// Pictures of curves.
  public var charts: [Chart] = []
  /// Scores before and after.
  public var scores: [ScoreChange] = []
  /// How the scores were made: number of examples, bootstrap, signatures.
  public var scoreNotes: [String] = []
  /// Examples.
  public var samples: [Sample] = []
  /// The settings of the run.
  public var settings: [Fact] = []
  /// Commands by which the reader goes on, with what each does.
  public var commands: [Fact] = []
  /// The last line: version and time.
  public var footer = ""

  /// An empty report.
  public init(title: String) { self.title = title }

  /// Takes over the scores of the same predictions' metrics before and after the run.
  public mutating func setScores(before: ScoreReport?, after: ScoreReport) {
    scores = after.scores.map { score in
      let old = before?.score(score.measure.metric, score.measure.variant)
      return ScoreChange(
        measure: score.measure, before: old?.value, beforeInterval: old?.interval, after: score.value,
        afterInterval: score.interval)
    }
    var notes = [after.segments == 1 ? "1 example" : "\(after.segments) examples"]
    if let bootstrap = after.bootstrap {
      let percent = (bootstrap.confidence * 100).fixed(0)
      notes.append("\(percent) % intervals from \(bootstrap.resamples) bootstrap resamples, seed \(bootstrap.seed)")
    }
    for score in after.scores {
      let note = "\(score.measure.metric.prefix { $0.isLetter }): \(score.signature)"
      if !notes.contains(where: { $0.hasSuffix(score.signature) }) { notes.append(note) }
    }
    scoreNotes = notes
  }

  /// The whole page as HTML.
  public var html: String {
    var out = Array("<!DOCTYPE html>\n".utf8)
    page.write(into: &out)
    out.append(0x0A)
    return String(decoding: out, as: UTF8.self)
  }

  /// Writes the page to a file, at once or not at all.
  ///
  /// - Throws: Foundation's error where the file cannot be written.
  public func write(to file: URL) throws { try Data(html.utf8).write(to: file, options: .atomic) }
}
