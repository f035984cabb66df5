internal import LinnetStore

/// Rows of comma-separated values (RFC 4180): fields may stand in quotation marks, and hold commas, line ends and
/// doubled quotation marks there.
public func commaSeparatedRows(_ bytes: [UInt8]) -> [[String]] {
  var rows: [[String]] = []
  var row: [String] = []
  var field: [UInt8] = []
  var isQuoted = false
  func finished(_ field: [UInt8]) -> String { String(decoding: field, as: UTF8.self) }
  var place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  while place < bytes.count {
    let byte = bytes[place]
    place += 1
    if isQuoted {
      if byte != UInt8(ascii: "\"") {
        field.append(byte)
      } else if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
        field.append(byte)
        place += 1
      } else {
        isQuoted = false
      }
      continue
    }
    switch byte {
    case UInt8(ascii: "\""): isQuoted = true
    case UInt8(ascii: ","):
      row.append(finished(field))
      field = []
    case UInt8(ascii: "\n"):
      rows.append(row + [finished(field)])
      (row, field) = ([], [])
    case UInt8(ascii: "\r"): break
    default: field.append(byte)
    }
  }
  if !field.isEmpty || !row.isEmpty { rows.append(row + [finished(field)]) }
  return rows
}

/// The `group` of each `file` in the manifest at `path`; files whose group is empty are left out.
func readGroups(_ path: String) throws(PipelineError) -> [String: String] {
  let bytes: [UInt8]
  do throws(StoreError) { bytes = try File.read(path) } catch { throw .store(error) }
  var rows = commaSeparatedRows(bytes)[...]
  guard let header = rows.popFirst(), let file = header.firstIndex(of: "file") else {
    throw .badManifest(path: path, line: 1, reason: "its first line names no column “file”")
  }
  guard let group = header.firstIndex(of: "group") else { return [:] }
  var result: [String: String] = [:]
  for (number, row) in rows.enumerated() where row != [""] {
    guard row.count > max(file, group) else {
      throw .badManifest(
        path: path, line: number + 2, reason: "it has \(row.count) fields of \(header.count)")
    }
    if !row[group].isEmpty { result[row[file]] = row[group] }
  }
  return result
}
