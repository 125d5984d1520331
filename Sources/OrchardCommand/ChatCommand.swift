import ArgumentParser
import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardTensors
import OrchardTokenizers

/// `orchard chat`: a conversation in the terminal.
package struct ChatCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Talk with a model in the terminal.",
    discussion: """
      Answers are written as they come. Ctrl-C stops an answer, not the program; at the prompt, twice ends it, and so \
      does Ctrl-D. A line that ends with a backslash goes on with the next. Lines that begin with a slash are commands:
        /reset           forget what was said, but for the system's words
        /system TEXT     set the system's words; without a text, show them
        /undo            take the last question and its answer back
        /save FILE, /load FILE
                         keep the conversation as JSON, and go on with it
        /adapter NAME    answer with that adapter from now on; without a name, with none
        /settings        show how answers are generated
        /help, /quit
      Where standard input is no terminal, each line is a question, and only answers go to standard output.

      Examples:
        orchard chat --model DIR --system "Be brief." --temperature 0.7
        orchard chat --model DIR --template chatml --max-new-tokens 200
        printf 'Who are you?\\nSince when?\\n' | orchard chat --model DIR
      """)

  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String

  @Option(parsing: .unconditional, help: ArgumentHelp("The system's words, which stand first.", valueName: "text"))
  var system: String?

  @Option(
    help: ArgumentHelp(
      "The form of the conversation: \(NamedChatTemplates.names.joined(separator: ", ")), or a Jinja file. "
        + "(default: the model's own)", valueName: "name"))
  var template: String?

  @Flag(help: "Leave out the oldest messages where the conversation exceeds the model's context.")
  var dropOldest = false

  @OptionGroup(title: "Generation")
  var generation: GenerationOptions

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: WeightOptions

  package init() {}

  package func validate() throws { try generation.refuseSeveralTexts("A chat has one answer.") }

  package func run() throws {
    let folder = try ModelPlace.folder(model)
    let configuration = try GenerationConfiguration(folder: generation.adapted.places(folder).model)
    let settings = try generation.settings(over: configuration)
    let device = try engine.start()
    let generator = try generation.generator(folder, precision.dtype.format, on: device)
    var chat = try ChatSession(
      generator, template: try template.map { try Self.template($0, generator.tokenizer) }, settings: settings)
    chat.system = system
    chat.adapter = generation.adapted.useAdapter
    chat.dropsOldest = dropOldest
    Interruption.catchSignals()
    var terminal = ChatTerminal(chat, adapters: generation.adapted.named.map(\.name))
    try terminal.talk()
  }

  private static func template(_ name: String, _ tokenizer: Tokenizer) throws -> ChatTemplate {
    guard FileManager.default.fileExists(atPath: name) else {
      return try ChatSession.template(named: name, for: tokenizer)
    }
    guard let data = FileManager.default.contents(atPath: name), let source = String(validating: data, as: UTF8.self)
    else { throw ValidationError("\(name) cannot be read as UTF-8 text.") }
    return try tokenizer.makeChatTemplate(source)
  }
}
