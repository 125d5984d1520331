import Foundation
import Synchronization

/// Thrown where long work stops because the user asked it to (exit code 130).
package struct Interrupted: Error, CustomStringConvertible {
  /// What was kept and how to go on.
  package let description: String

  /// An interruption, with what was kept and how to go on.
  package init(_ description: String) { self.description = description }
}

/// Ctrl-C and its kin: the first asks long work to stop at the next safe point, a second ends the process at once.
package enum Interruption {
  private static let requested = Atomic<Bool>(false)

  /// Whether the user has asked for the work to stop.
  package static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Lets signals raise `isRequested` from here on, and do no more: for commands that look at it often.
  package static func catchSignals() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        // Only what is allowed inside a signal handler: an atomic exchange and _exit.
        if Interruption.requested.exchange(true, ordering: .relaxed) { _exit(130) }
      }
    }
  }

  /// Lets another process of this program ask for the work to stop, however often it does.
  package static func catchRequests() {
    signal(SIGUSR1) { _ in Interruption.requested.store(true, ordering: .relaxed) }
    // A launcher that was asked twice ends at once, and asks nobody any more.
    signal(SIGINT, SIG_IGN)
  }

  /// Forgets that the user has asked: the work was stopped, and goes on with something else.
  package static func clear() { requested.store(false, ordering: .relaxed) }

  /// Throws if the user has asked for the work to stop.
  ///
  /// - Throws: `Interrupted` with the given words.
  package static func check(_ kept: @autoclosure () -> String) throws {
    if isRequested { throw Interrupted(kept()) }
  }
}
