import Foundation
import Orchard

let folder = URL(filePath: CommandLine.arguments.dropFirst().first ?? "work/run/model")
let generator = try TextGenerator(folder: folder)
var settings = GenerationSettings()
settings.maxNewTokens = 40
let answer = try generator.generate(["Ann: Shall we meet on Monday?"], settings: settings)[0]
print(answer.text, answer.finish)
