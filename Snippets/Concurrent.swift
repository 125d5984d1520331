import Foundation
import Orchard

let folder = URL(filePath: CommandLine.arguments.dropFirst().first ?? "work/run/model")
let shared = try await SharedGenerator(folder: folder)
var settings = GenerationSettings()
settings.maxNewTokens = 40

// One model, many callers: they take turns token by token, and each gets what it would get alone.
try await withThrowingTaskGroup(of: String.self) { [settings] group in
  for name in ["Ann", "Ben", "Cleo"] {
    group.addTask {
      var text = ""
      for try await piece in shared.stream("\(name): Lunch?", settings: settings) { text += piece.text }
      return "\(name): \(text)"
    }
  }
  for try await line in group { print(line) }
}
