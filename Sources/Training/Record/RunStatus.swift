import Foundation

/// How a run stands.
public enum RunStatus: String, Sendable, CaseIterable {
  /// A process works at it.
  case running
  /// All steps are done and the model is written.
  case complete
  /// The user stopped it; it can be resumed.
  case stopped
  /// An error ended it.
  case failed
  /// The process went away without a word: killed, or the machine stopped.
  case lost
}
