import Foundation
import Orchard

let folder = URL(filePath: CommandLine.arguments.dropFirst().first ?? "work/encoder")
let embedder = try TextEmbedder(folder: folder)

// Vectors of length 1: their product is the cosine of the angle between two texts.
let vectors = try embedder.embed(["Shall we meet?", "Let us get together."], normalize: true)
print(zip(vectors[0], vectors[1]).reduce(0) { $0 + $1.0 * $1.1 })
