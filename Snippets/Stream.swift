import Foundation
import Orchard

let folder = URL(filePath: CommandLine.arguments.dropFirst().first ?? "work/run/model")
let shared = try await SharedGenerator(folder: folder)
var settings = GenerationSettings()
settings.maxNewTokens = 40
for try await piece in shared.stream("Ann: Shall we meet on Monday?", settings: settings) {
  print(piece.text, terminator: "")
}
print()
