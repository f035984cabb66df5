public import LinnetHead
internal import LinnetStore

extension ClassDescriptions {
  /// Reads attributes: a table of comma-separated values whose first line names the columns and whose first column names
  /// the classes. A value is a number, yes, no, true or false; nothing or a question mark is not known.
  public init(attributes path: String) throws(PipelineError) {
    var rows = try DescriptionTable.rows(path)
    let header = rows.removeFirst()
    guard header.fields.count > 1 else {
      throw .badDescriptions(path: path, line: header.line, reason: "it names no attribute beside the class")
    }
    try self.init(path, rows, columns: Array(header.fields[1...]))
  }

  /// Reads vectors, one a class: a table as of attributes, with or without a first line of column names; or a NumPy array
  /// (x.npy) of a row a class with the names beside it (x.txt, a line a row).
  public init(vectors path: String) throws(PipelineError) {
    if path.hasSuffix(".npy") {
      try self.init(array: path)
      return
    }
    var rows = try DescriptionTable.rows(path)
    let width = rows[0].fields.count
    if rows.count > 1, rows[0].fields[1...].contains(where: { Float($0) == nil }) { rows.removeFirst() }
    try self.init(path, rows, columns: (1..<max(width, 1)).map(String.init))
  }

  private init(
    _ path: String, _ rows: [DescriptionTable.Row], columns: [String]
  ) throws(PipelineError) {
    var classes: [String] = []
    var values: [[Float?]] = []
    for row in rows {
      func broken(_ reason: String) -> PipelineError {
        .badDescriptions(path: path, line: row.line, reason: reason)
      }
      guard row.fields.count == columns.count + 1 else {
        throw broken("it has \(row.fields.count) fields where \(columns.count + 1) are expected")
      }
      guard !classes.contains(row.fields[0]) else { throw broken("\(row.fields[0]) stands there twice") }
      var numbers: [Float?] = []
      for (column, text) in zip(columns, row.fields[1...]) {
        switch DescriptionTable.value(text) {
        case .known(let value): numbers.append(value)
        case .unknown: numbers.append(nil)
        case .neither: throw broken("its \(column) is no number: “\(text.prefix(40))”")
        }
      }
      classes.append(row.fields[0])
      values.append(numbers)
    }
    do throws(HeadError) {
      try self.init(classes: classes, columns: columns, values: values)
    } catch {
      throw .badDescriptions(path: path, line: nil, reason: error.description)
    }
  }

  private init(array path: String) throws(PipelineError) {
    let array = try NumPyArray(path: path)
    guard array.shape.count == 2, array.shape[1] > 0 else {
      throw .badArray(path: path, reason: "a row a class is needed, and its shape is \(array.shape)")
    }
    let namesPath = String(path.dropLast(4)) + ".txt"
    let names: [String]
    do throws(StoreError) {
      names = String(decoding: try File.read(namesPath), as: UTF8.self)
        .split(whereSeparator: \.isNewline).map(String.init)
    } catch {
      throw .store(error)
    }
    guard names.count == array.shape[0] else {
      throw .badArray(
        path: path, reason: "it has \(array.shape[0]) rows and \(namesPath) names \(names.count)")
    }
    let width = array.shape[1]
    do throws(HeadError) {
      try self.init(
        classes: names, columns: (1...width).map(String.init),
        values: names.indices.map { row in (0..<width).map { array.real(row * width + $0) } })
    } catch {
      throw .badDescriptions(path: path, line: nil, reason: error.description)
    }
  }
}

/// Tables of class descriptions, as text.
private enum DescriptionTable {
  struct Row {
    var line: Int
    var fields: [String]
  }

  enum Value {
    case known(Float)
    case unknown
    case neither
  }

  /// The rows of a file that are not empty, one at least; a field's spaces around it are taken away.
  static func rows(_ path: String) throws(PipelineError) -> [Row] {
    let bytes: [UInt8]
    do throws(StoreError) { bytes = try File.read(path) } catch { throw .store(error) }
    let rows = commaSeparatedRows(bytes).enumerated().map { number, fields in
      Row(line: number + 1, fields: fields.map(trimmed))
    }.filter { $0.fields != [""] }
    guard !rows.isEmpty else { throw .badDescriptions(path: path, line: nil, reason: "it is empty") }
    guard rows.count > 1 else {
      throw .badDescriptions(path: path, line: rows[0].line, reason: "no class follows it")
    }
    return rows
  }

  static func value(_ text: String) -> Value {
    switch text.lowercased() {
    case "", "?", "na": return .unknown
    case "yes", "true": return .known(1)
    case "no", "false": return .known(0)
    default:
      guard let number = Float(text), number.isFinite else { return .neither }
      return .known(number)
    }
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
