import OrchardJSON
import OrchardSettings

/// Where a sampler stands: enough to go on exactly there, in another process too.
public struct SamplerState: Sendable, Equatable {
  /// Epochs finished.
  public var epoch: Int
  /// Batches given in this epoch.
  public var batch: Int
  /// The hash of the lengths and settings for which the position is meant.
  public var fingerprint: String

  /// The state as JSON, for a checkpoint.
  public var json: JSONValue {
    ["epoch": .integer(epoch), "batch": .integer(batch), "fingerprint": .string(fingerprint)]
  }

  /// A state from a checkpoint.
  ///
  /// - Throws: `DataError` where a value is missing.
  public init(_ json: JSONValue) throws(DataError) {
    guard let epoch = json["epoch"]?.int, let batch = json["batch"]?.int, epoch >= 0, batch >= 0,
      let fingerprint = json["fingerprint"]?.string
    else { throw DataError(problem: "a sampler's state needs epoch, batch and fingerprint; it is \(json.text)") }
    (self.epoch, self.batch, self.fingerprint) = (epoch, batch, fingerprint)
  }

  init(epoch: Int, batch: Int, fingerprint: String) {
    (self.epoch, self.batch, self.fingerprint) = (epoch, batch, fingerprint)
  }
}

/// Gives batch after batch, epoch after epoch, without end; the same ones for the same seed on every machine.
public struct BatchSampler: Sendable {
  /// The settings.
  public let settings: BatchSettings
  /// Where the sampler stands.
  public private(set) var state: SamplerState
  private let lengths: [SequenceLength]
  /// How tasks are mixed, where there are several.
  public let mixture: Mixture?
  private var plan: [[Int]]

  /// A sampler over examples of the given lengths, those of several tasks as a `mixture` has them.
  ///
  /// - Throws: `DataError` where there is no example, or not enough for one batch and the last is to be dropped.
  public init(_ lengths: [SequenceLength], settings: BatchSettings, mixture: Mixture? = nil) throws(DataError) {
    self.lengths = lengths
    self.settings = settings
    self.mixture = mixture
    state = SamplerState(epoch: 0, batch: 0, fingerprint: Self.fingerprint(lengths, settings, mixture))
    plan = BatchPlan.batches(lengths, settings, mixture, epoch: 0)
    guard !plan.isEmpty else {
      throw DataError(
        problem: lengths.isEmpty
          ? "there are no examples to sample from"
          : "\(lengths.count) examples fill no batch of \(settings.size); turn drop-last off, or make batches smaller")
    }
  }

  /// The batches of the epoch at hand.
  public var batchesInEpoch: Int { plan.count }

  /// How far the sampler has come, in epochs.
  public var epochs: Double { Double(state.epoch) + Double(state.batch) / Double(plan.count) }

  /// The next batch: the numbers of its examples.
  public mutating func next() -> [Int] {
    if state.batch == plan.count {
      state.epoch += 1
      state.batch = 0
      plan = BatchPlan.batches(lengths, settings, mixture, epoch: state.epoch)
    }
    defer { state.batch += 1 }
    return plan[state.batch]
  }

  /// Goes to where another sampler over the same data stood.
  ///
  /// - Throws: `DataError` where the data or the settings have changed since.
  public mutating func restore(_ saved: SamplerState) throws(DataError) {
    guard saved.fingerprint == state.fingerprint else {
      throw DataError(
        problem:
          "the data or the batch settings have changed since the checkpoint was written, so the run cannot go on "
          + "where it stood; restore them, or start a new run")
    }
    let plan = BatchPlan.batches(lengths, settings, mixture, epoch: saved.epoch)
    guard saved.batch <= plan.count else {
      throw DataError(problem: "a sampler's state names batch \(saved.batch) of \(plan.count)")
    }
    (self.plan, state) = (plan, saved)
  }

  private static func fingerprint(_ lengths: [SequenceLength], _ settings: BatchSettings, _ mixture: Mixture?) -> String
  {
    var digest = SHA256()
    digest.update(Array(settings.resolved.text.utf8))
    if let mixture { digest.update(Array("\(mixture.parts) \(mixture.counts)".utf8)) }
    for length in lengths { digest.update(Array("\(length.source),\(length.target);".utf8)) }
    return digest.hex()
  }
}
