import Foundation
import OrchardTensors
import TestSupport
import Testing

@Suite("Safetensors files")
struct SafetensorsTests {
  /// A file with this header and so many bytes of data.
  func file(_ header: String, data: Int = 0, in folder: TemporaryFolder) throws -> URL {
    let url = folder.url.appending(path: "model.safetensors")
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    bytes.append(Data(header.utf8))
    bytes.append(Data(repeating: 0, count: data))
    try bytes.write(to: url)
    return url
  }

  func message(_ url: URL) throws -> String {
    try #require(#expect(throws: EngineError.self) { try SafetensorsFile(url) }).description
  }

  @Test("Every type and many shapes come back as they were written")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "all.safetensors")
    var tensors: [(name: String, tensor: Tensor)] = DType.allCases.map { dtype in
      ("type.\(dtype)", Tensor(Array(-3..<9), shape: [3, 4]).to(dtype))
    }
    tensors.append(("scalar", Tensor(scalar: 2.5)))
    tensors.append(("empty", .zeros([0, 3])))
    tensors.append(("turned", Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]).transposed(0, 1)))
    tensors.append(("name with “quotes” and\ttabs", .ones([1])))
    try SafetensorsWriter.write(tensors, metadata: ["format": "pt", "note": "größer"], to: url)
    let read = try SafetensorsFile(url)
    #expect(read.names == tensors.map(\.name).sorted())
    #expect(read.metadata == ["format": "pt", "note": "größer"])
    for (name, tensor) in tensors {
      let found = try #require(read.tensor(name))
      #expect(found.dtype == tensor.dtype && found.shape == tensor.shape)
      #expect(found.array(of: Double.self) == tensor.array(of: Double.self), "\(name)")
    }
    #expect(read.tensor("absent") == nil)
    // The data begins at a multiple of 8, so that every type can be read in place.
    let bytes = try Data(contentsOf: url)
    #expect(bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) } % 8 == 0)
  }

  @Test("What is read from a file can be written to without changing the file")
  func privateMapping() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "one.safetensors")
    try SafetensorsWriter.write([("a", Tensor([Float(1), 2]))], to: url)
    let tensor = try #require(try SafetensorsFile(url).tensor("a"))
    tensor.fill(7)
    #expect(tensor.floats == [7, 7])
    #expect(try #require(try SafetensorsFile(url).tensor("a")).floats == [1, 2])
  }

  @Test("A tensor outlives the file that it came from")
  func lifetime() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "one.safetensors")
    try SafetensorsWriter.write([("a", .full([1000], 3))], to: url)
    var tensor = try SafetensorsFile(url).tensor("a")
    try FileManager.default.removeItem(at: url)
    tensor = tensor.map { $0 + 1 }
    #expect(try #require(tensor).sum.scalar == 4000)
  }

  @Test("A tensor at an odd place is copied, not misread")
  func alignment() throws {
    let folder = try TemporaryFolder()
    let url = try file(
      #"{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"f":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"#,
      data: 9, in: folder)
    var bytes = try Data(contentsOf: url)
    let floats = [Float(1.5), -2].withUnsafeBytes { Data($0) }
    bytes.replaceSubrange(bytes.count - 8..<bytes.count, with: floats)
    try bytes.write(to: url)
    #expect(try #require(try SafetensorsFile(url).tensor("f")).floats == [1.5, -2])
  }

  @Test("A file cut short anywhere is refused with a sentence")
  func truncated() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "model.safetensors")
    try SafetensorsWriter.write([("a", .ones([4])), ("b", .ones([2, 2]))], to: url)
    let whole = try Data(contentsOf: url)
    for count in 0..<whole.count {
      try whole.prefix(count).write(to: url)
      let message = try message(url)
      #expect(message.contains("model.safetensors") && message.contains("short") || message.contains("bytes"))
    }
  }

  @Test(
    "A header that lies is refused",
    arguments: [
      (#"[1]"#, "has a header that is"),
      (#"{"a":1}"#, "broken entry for “a”"),
      (#"{"a"#, "broken header"),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, "broken entry for “a”"),
      (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "broken entry for “a”"),
      (#"{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}"#, "broken entry for “a”"),
      (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "8 bytes, not those of its shape [3]"),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "cut short"),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, "cut short"),
      (#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, "ends at byte 16 of 8"),
      (#"{"a":{"dtype":"F9","shape":[2],"data_offsets":[0,8]}}"#, "element type F9"),
      (
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
        "not those of its shape [4611686018427387904, 4]"
      ),
    ])
  func lies(header: String, words: String) throws {
    let folder = try TemporaryFolder()
    let message = try message(file(header, data: 8, in: folder))
    #expect(message.contains(words), "\(message)")
  }

  @Test("A header longer than the file, and a file that is none")
  func foreign() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "model.safetensors")
    try Data(repeating: 0xff, count: 100).write(to: url)
    #expect(try message(url).contains("cut short or not a safetensors file"))
    #expect(try message(folder.url).contains("is not an ordinary file"))
    #expect(try message(folder.url.appending(path: "none")).contains("cannot be opened (No such file or directory)"))
  }
}
