import ArgumentParser
import Foundation
import OrchardFeedback
import OrchardServing

/// `orchard feedback serve`: the page on which people judge answers.
struct FeedbackServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Show the page on which people rank answers, call them good or bad, or correct them.",
    discussion: """
      Each --rater is given a link of their own, which is shown once; whoever has it judges under that name. A name that \
      has a link already gets a new one, and the old one ends. Each question about each item is given to --overlap \
      raters. What raters enter is kept at once, so nothing is lost where a browser or the server ends.

      The page is served on this machine alone unless --host names another address; there is no encryption, so put a \
      proxy that has some before it where raters come from elsewhere.

      Examples:
        orchard feedback serve feedback.sqlite --rater Ann --rater Ben --overlap 2
        orchard feedback serve feedback.sqlite --criterion honesty --port 9000
      """)

  @OptionGroup var place: FeedbackPlace

  @Option(parsing: .singleValue, help: ArgumentHelp("Somebody who is given a link; several times for several."))
  var rater: [String] = []

  @Option(help: "Raters that each question about each item is to have.")
  var overlap = 1

  @Option(help: "The address to serve on.")
  var host = "127.0.0.1"

  @Option(help: "The port; 0 for one that is free.")
  var port = 8080

  @OptionGroup(title: "Questions")
  var questions: QuestionOptions

  func validate() throws {
    if overlap < 1 { throw ValidationError("--overlap is \(overlap); it takes a number from 1.") }
    if !(0...65_535).contains(port) { throw ValidationError("--port is \(port); it takes a number from 0 to 65535.") }
  }

  func run() throws {
    let store = try FeedbackStore(place.url)
    try questions.ask(in: store)
    guard try !store.items().isEmpty else {
      throw FeedbackError("\(place.file): there are no prompts yet; collect some by orchard feedback collect")
    }
    let known = try store.raters()
    if known.isEmpty, rater.isEmpty {
      throw ValidationError("nobody has a link yet; give one to somebody by --rater NAME.")
    }
    let links = try rater.map { (name: $0, token: try store.token(for: $0)) }
    let (host, server) = (host, FeedbackServer(store, overlap: overlap, host: host, port: port))
    let others = known.filter { !rater.contains($0) }
    try Blocking.run {
      try await server.run { port in
        let base = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/"
        for link in links { try? Console.result("\(link.name): \(base)#token=\(link.token)") }
        if !others.isEmpty { Console.note("these have their links already: \(others.joined(separator: ", "))") }
        Console.note("serving \(base); Ctrl-C ends it")
      }
    }
  }
}
