import OrchardDatasets
import TestSupport
import Testing

@Suite struct BatchStreamTests {
  func dataset(_ shape: SequenceShape) throws -> RenderedDataset {
    let folder = try TemporaryFolder()
    let rows = (1...40).map { "{\"p\": \"\(String(repeating: "p", count: $0))\", \"c\": \"c\($0)\"}\n" }
    let data = try Dataset(file: try folder.write(rows.joined(), to: "a.jsonl"))
    let template = PromptTemplate(name: "t", prompt: "{{p}}", completion: "{{c}}")
    let tokenizer = shape == .decoderOnly ? LetterTokenizer.decoderOnly : .encoderDecoder
    let renderer = try Renderer(tokenizer: tokenizer, shape: shape)
    return try RenderedDataset(data, composer: PromptComposer(template), renderer: renderer)
  }

  @Test func packsAreDrawnLikeRows() throws {
    var settings = BatchSettings()
    settings.packing = true
    settings.size = 4
    var stream = try BatchStream(try dataset(.decoderOnly), settings: settings, paddingID: 0, capacity: 64)
    var seen: [Int] = []
    for _ in 0..<stream.sampler.batchesInEpoch {
      let batch = stream.next()
      #expect(batch.targetWidth <= 64)
      seen += batch.rows.flatMap(\.self)
    }
    #expect(seen.sorted() == Array(0..<40))
    #expect(stream.packs.count < 30)
    let error = #expect(throws: DataError.self) {
      try BatchStream(try dataset(.encoderDecoder), settings: settings, paddingID: 0, capacity: 64)
    }
    #expect(error?.problem == "packing is for decoder-only models; turn packing off, or group batches by length")
  }

  @Test func onceHoldsAllTheLongestFirst() throws {
    let batches = BatchStream.once(try dataset(.encoderDecoder), size: 6, paddingID: 0)
    #expect(batches.flatMap(\.rows).flatMap(\.self).sorted() == Array(0..<40))
    #expect(batches.map(\.sourceWidth) == batches.map(\.sourceWidth).sorted(by: >))
    #expect(batches.map(\.count) == [6, 6, 6, 6, 6, 6, 4])
  }
}
