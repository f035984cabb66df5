/// The header of a `.npy` file: a Python dictionary of exactly three entries.
struct NumPyHeader {
  var element: NumPyArray.Element
  var shape: [Int]

  init(_ text: String, name: String) throws(PipelineError) {
    func broken(_ reason: String) -> PipelineError { .badArray(path: name, reason: reason) }
    var scanner = Scanner(Array(text.utf8))
    var type: String?
    var isColumnMajor: Bool?
    var shape: [Int]?
    guard scanner.skip("{") else { throw broken("its header is no dictionary") }
    while !scanner.skip("}") {
      guard let key = scanner.string(), scanner.skip(":") else { throw broken("its header is broken") }
      switch key {
      case "descr": type = scanner.string()
      case "fortran_order": isColumnMajor = scanner.skip("True") ? true : scanner.skip("False") ? false : nil
      case "shape": shape = scanner.tuple()
      default: throw broken("its header has an unknown entry \(key)")
      }
      guard scanner.skip(",") || scanner.peek == UInt8(ascii: "}") else {
        throw broken("its header is broken")
      }
    }
    guard let type, let isColumnMajor, let shape else { throw broken("its header is incomplete") }
    guard !isColumnMajor else { throw broken("it is in Fortran order; save numpy.ascontiguousarray of it") }
    let normal = type.hasSuffix("i1") || type.hasSuffix("u1") ? "|" + type.suffix(2) : type
    guard let element = NumPyArray.Element(rawValue: normal) else {
      throw broken("its elements are \(type); int8, uint8 and float32 are read")
    }
    self.element = element
    self.shape = shape
  }

  private struct Scanner {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func skipSpace() {
      while place < bytes.count, bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: "\n") {
        place += 1
      }
    }

    var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func skip(_ word: StaticString) -> Bool {
      skipSpace()
      let wanted = Array(word.description.utf8)
      guard bytes[place...].starts(with: wanted) else { return false }
      place += wanted.count
      skipSpace()
      return true
    }

    mutating func string() -> String? {
      skipSpace()
      guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
      guard let end = bytes[(place + 1)...].firstIndex(of: quote) else { return nil }
      defer { place = end + 1 }
      return String(decoding: bytes[(place + 1)..<end], as: UTF8.self)
    }

    mutating func tuple() -> [Int]? {
      guard skip("(") else { return nil }
      var result: [Int] = []
      while !skip(")") {
        var digits = ""
        while let digit = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
          digits.unicodeScalars.append(UnicodeScalar(digit))
          place += 1
        }
        guard let value = Int(digits), result.count < 32 else { return nil }
        result.append(value)
        guard skip(",") || peek == UInt8(ascii: ")") else { return nil }
      }
      return result
    }
  }
}
