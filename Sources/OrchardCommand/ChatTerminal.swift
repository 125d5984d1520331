import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardSettings
import OrchardTensors
import OrchardTokenizers

/// The terminal's side of a conversation: questions in, answers out.
struct ChatTerminal {
  private var chat: ChatSession
  private var lines = LineReader()
  private let isInteractive = isatty(STDIN_FILENO) == 1
  private let out = Terminal.standardOutput

  private let adapters: [String]

  /// A conversation, in which answers may be made with one of these adapters.
  init(_ chat: ChatSession, adapters: [String]) {
    self.chat = chat
    self.adapters = adapters
  }

  /// Talks until the end of the input, or until the person has enough.
  mutating func talk() throws {
    if isInteractive { Console.note("Ask something; /help lists the commands, Ctrl-D ends the chat.") }
    var wasInterrupted = false
    while true {
      switch try question() {
      case .end:
        if isInteractive { try Console.stream("\n") }
        return
      case .interrupted:
        // A second Ctrl-C in a row ends the chat.
        Interruption.clear()
        guard isInteractive, !wasInterrupted else { throw Interrupted("the chat has ended") }
        wasInterrupted = true
        try Console.stream("\n")
        Console.note("Ctrl-C again, or Ctrl-D, ends the chat.")
        continue
      case .text(let line):
        if line.allSatisfy(\.isWhitespace) { break }
        // Only a person gives commands: a script's line may well begin with a slash.
        if isInteractive, line.hasPrefix("/") {
          if try !follow(line) { return }
        } else {
          try ask(line)
        }
      }
      wasInterrupted = false
    }
  }

  private mutating func question() throws -> LineReader.Line {
    if isInteractive { try Console.stream(out.styled("> ", .bold)) }
    var text = ""
    while true {
      let line = lines.next()
      guard case .text(let part) = line else { return text.isEmpty ? line : line == .end ? .text(text) : line }
      guard isInteractive, part.hasSuffix("\\") else { return .text(text + part) }
      text += part.dropLast() + "\n"
      try Console.stream(out.styled("… ", .dim))
    }
  }

  private mutating func ask(_ question: String) throws {
    do {
      var answer = try chat.ask(question)
      if answer.droppedMessages > 0 {
        Console.note("(\(answer.droppedMessages) of the oldest questions left out: the context is full)")
      }
      while let piece = try answer.next() {
        if !piece.isEmpty { try Console.stream(piece) }
        if Interruption.isRequested { break }
      }
      try Console.stream("\n")
      chat.keep(answer)
      if Interruption.isRequested {
        guard isInteractive else { throw Interrupted("the answers so far are above") }
        Interruption.clear()
        Console.note("(stopped)")
      } else if answer.finish == .length || answer.finish == .contextFull {
        Console.note("(ended by \(answer.finish?.rawValue ?? ""))")
      }
    } catch let error as GenerationError where isInteractive {
      Console.warn(error.description)
    } catch let error as ChatTemplateError where isInteractive {
      Console.warn(error.description)
    }
  }

  /// Follows a command; false ends the chat.
  private mutating func follow(_ line: String) throws -> Bool {
    let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    switch parts[0] {
    case "/quit", "/exit", "/bye": return false
    case "/help":
      Console.note(
        "/reset  /system [TEXT]  /undo  /save FILE  /load FILE  /adapter [NAME]  /settings  /quit; "
          + "a \\ at the end of a line goes on")
    case "/reset":
      chat.reset()
      Console.note("(forgotten)")
    case "/undo": Console.note(chat.undo() ? "(taken back)" : "There is nothing to take back.")
    case "/system":
      if rest.isEmpty {
        Console.note(chat.system ?? "There are no system's words; /system TEXT sets some.")
      } else {
        chat.system = rest
        Console.note("(set)")
      }
    case "/adapter": choose(rest)
    case "/settings": Console.note(chat.settings.resolved.text)
    case "/save", "/load":
      if rest.isEmpty { Console.note("\(parts[0]) wants the name of a file.") } else { file(parts[0], rest) }
    default: Console.note("There is no command \(parts[0]); /help lists them.")
    }
    return true
  }

  private mutating func choose(_ name: String) {
    guard name.isEmpty || adapters.contains(name) else {
      return Console.note(
        adapters.isEmpty
          ? "There is no adapter to choose; begin the chat with --adapter \(name)=FOLDER."
          : "There is no adapter “\(name)”; there are \(adapters.joined(separator: ", ")).")
    }
    chat.adapter = name.isEmpty ? nil : name
    Console.note(name.isEmpty ? "(the model alone)" : "(with \(name))")
  }

  private mutating func file(_ command: String, _ name: String) {
    let url = URL(filePath: name)
    do {
      if command == "/save" {
        let json: JSONValue = ["messages": .array(chat.messages.map(\.json))]
        try AtomicFile.write(json.prettyText + "\n", to: url)
        Console.note("(\(chat.messages.count) messages saved to \(name))")
      } else {
        chat.messages = try ChatMessage.list(JSONValue(parsing: Data(contentsOf: url)))
        Console.note("(\(chat.messages.count) messages loaded)")
      }
    } catch {
      Console.warn("\(name): \(Ending(of: error).text.replacing("orchard: error: ", with: ""))")
    }
  }
}
