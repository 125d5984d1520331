import ArgumentParser
import Foundation
import OrchardHub
import OrchardJSON

/// `orchard pull`: a model of the hub into the cache.
struct PullCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Fetch a model from the hub into the cache.",
    discussion: """
      The cache is the one that other programs share: $HF_HUB_CACHE, $HF_HOME/hub, or ~/.cache/huggingface/hub. What is \
      there is not fetched again, what was interrupted goes on where it stopped, and every file is checked against the \
      hub's checksum. The folder is printed; wherever a command takes --model, OWNER/NAME finds it by itself, and \
      fetches it where it is missing.

      Without --include, files that Orchard cannot use are left out: weights in other formats than safetensors. \
      HF_TOKEN is your token for private and gated models, HF_ENDPOINT another hub, HF_HUB_OFFLINE=1 forbids the network.

      Examples:
        orchard pull google/flan-t5-base
        orchard pull OWNER/NAME@v1.0 --include "*.json" --include "tokenizer*"
        orchard pull OWNER/NAME --verify --json
      """)

  @Argument(help: ArgumentHelp("The model: OWNER/NAME, or OWNER/NAME@REVISION.", valueName: "model"))
  var model: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Fetch the files that fit this pattern, as *.json; may stand several times.", valueName: "glob"))
  var include: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Leave out the files that fit this pattern; may stand several times.", valueName: "glob"))
  var exclude: [String] = []

  @Flag(help: "Read and check every byte that is in the cache already, too.")
  var verify = false

  @OptionGroup var format: OutputOptions

  func validate() throws {
    do {
      _ = try HubName(model)
    } catch { throw ValidationError("\(error).") }
  }

  func run() throws {
    let pulled = try ModelPlace.pull(
      HubName(model), selection: HubSelection(include: include, exclude: exclude), verify: verify)
    if format.json {
      try Console.result(
        JSONObject([
          ("model", .string(model)), ("commit", .string(pulled.commit)), ("folder", .string(pulled.folder.path)),
          ("files", .array(pulled.files.map(JSONValue.string))),
          ("skipped", .array(pulled.skipped.map(JSONValue.string))),
          ("bytes", .integer(pulled.bytes)), ("fetched_bytes", .integer(pulled.fetchedBytes)),
        ]))
      return
    }
    if !pulled.skipped.isEmpty {
      let few = pulled.skipped.prefix(6).joined(separator: ", ")
      Console.note("left out: \(few)\(pulled.skipped.count > 6 ? " and \(pulled.skipped.count - 6) more" : "")")
    }
    try Console.result(pulled.folder.path)
  }
}
