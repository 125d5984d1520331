import ArgumentParser
import Foundation

/// How a command ends that did not simply succeed: what to say, where, and the exit code.
package struct Ending {
  /// The exit code: 0 success, 1 failure, 64 wrong usage, 130 interrupted.
  package let code: Int32

  /// What is told, without the last line break.
  package let text: String

  /// The ending that an error thrown by a command stands for.
  package init(of error: any Error) {
    if error is Interrupted {
      code = 130
      text = "orchard: interrupted: \(error)"
    } else if let exit = error as? ExitCode {
      code = exit.rawValue
      text = ""
    } else if OrchardCommand.exitCode(for: error) == .success {
      code = 0
      text = OrchardCommand.fullMessage(for: error)
    } else if OrchardCommand.exitCode(for: error) == .validationFailure {
      code = 64
      text = Ending.misuse(OrchardCommand.fullMessage(for: error))
    } else {
      code = 1
      text = "orchard: error: " + Ending.sentence(for: error)
    }
  }

  /// Tells the text, on standard output if it was asked for (help, version) and on standard error otherwise.
  func tell() -> Int32 {
    if !text.isEmpty {
      let handle = code == 0 ? FileHandle.standardOutput : FileHandle.standardError
      try? handle.write(contentsOf: Data((text + "\n").utf8))
    }
    return code
  }

  /// Our errors describe themselves in a full sentence; Foundation's do in `localizedDescription`.
  private static func sentence(for error: any Error) -> String {
    switch error {
    case is CocoaError, is POSIXError: return error.localizedDescription
    default: return String(describing: error)
    }
  }

  /// The parser's message under this command's name: `orchard: error: …`, then the usage.
  private static func misuse(_ message: String) -> String {
    let label = "Error: "
    return "orchard: error: " + (message.hasPrefix(label) ? String(message.dropFirst(label.count)) : message)
  }
}
