import Foundation

/// A file mapped into memory, private to this process: what is written there never reaches the file.
final class MappedFile {
  let bytes: UnsafeRawBufferPointer
  var count: Int { bytes.count }

  init(_ url: URL) throws {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw EngineError("\(url.path): cannot be opened (\(String(cString: strerror(errno))))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw EngineError("\(url.path): is not an ordinary file")
    }
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(status.st_size)
    guard let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw EngineError("\(url.path): cannot be mapped into memory (\(String(cString: strerror(errno))))")
    }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  /// Maps all of the file's pages in, which then need not be asked for one after another as they are read.
  ///
  /// Returns when they are there.
  func bringIn() {
    #if os(Linux)
      // MADV_POPULATE_READ; older kernels refuse it, and pages then come as they are touched.
      let (advice, piece): (Int32, Int) = (22, 1 << 24)
      guard let start = bytes.baseAddress else { return }
      let (address, count) = (Int(bitPattern: start), count)
      DispatchQueue.concurrentPerform(iterations: (count + piece - 1) / piece) { index in
        let place = UnsafeMutableRawPointer(bitPattern: address + index * piece)
        _ = madvise(place, min(piece, count - index * piece), advice)
      }
    #endif
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }
}
