internal import LinnetSafetensors

/// A change as the journal has it: renames inside the store and what they are for.
struct ChangeRecord: Equatable {
  /// One rename; paths relative to the store.
  struct Move: Equatable {
    var from: String
    var to: String
  }

  var id: String
  var kind: ChangeKind
  var summary: String
  var time: String
  var moves: [Move]

  /// The renames that take this one back, and are safe to repeat when these are.
  var inverse: [Move] { moves.reversed().map { Move(from: $0.to, to: $0.from) } }

  /// Folders in `trash/` that the renames come from or go to.
  var trashFolders: Set<String> {
    var result: Set<String> = []
    for move in moves {
      for path in [move.from, move.to] where path.hasPrefix(StoreLayout.trash + "/") {
        result.insert(String(path.split(separator: "/", maxSplits: 2)[1]))
      }
    }
    return result
  }
}

/// What a change does, in the journal and for a person.
public enum ChangeKind: String, Sendable {
  case enrol
  case rename
  case merge
  case remove
  case train
  case importHead = "import"
  case removeHead = "remove-head"
  case undo
}

extension ChangeRecord {
  /// Lines of JSON: the change, then a rename a line.
  func encoded() -> [UInt8] {
    var head = JSONWriter()
    head.beginObject()
    head.key("linnet.change")
    head.value(1)
    for (key, value) in [("id", id), ("kind", kind.rawValue), ("summary", summary), ("time", time)] {
      head.key(key)
      head.value(value)
    }
    head.key("moves")
    head.value(moves.count)
    head.endObject()
    var text = head.text + "\n"
    for move in moves {
      var line = JSONWriter()
      line.beginArray()
      line.value(move.from)
      line.value(move.to)
      line.endArray()
      text += line.text + "\n"
    }
    return Array(text.utf8)
  }

  /// Reads what ``encoded()`` wrote; anything else is `damaged` under the name `path`.
  static func decode(_ bytes: [UInt8], path: String) throws(StoreError) -> ChangeRecord {
    func damaged(_ reason: String) -> StoreError { .damaged(path: path, reason: reason) }
    var lines = bytes.split(separator: UInt8(ascii: "\n"))[...]
    guard let first = lines.popFirst(), let head = try? JSONValue.parse(Array(first)),
      head["linnet.change"]?.integer == 1, let id = head["id"]?.string, !id.isEmpty,
      let kind = head["kind"]?.string.flatMap(ChangeKind.init(rawValue:)),
      let summary = head["summary"]?.string, let time = head["time"]?.string,
      let count = head["moves"]?.integer
    else { throw damaged("its first line describes no change") }
    guard lines.count == count else { throw damaged("\(lines.count) renames of \(count)") }
    var moves: [Move] = []
    for line in lines {
      guard let pair = (try? JSONValue.parse(Array(line)))?.array, pair.count == 2,
        let from = pair[0].string, let to = pair[1].string, isInside(from), isInside(to)
      else { throw damaged("a line is no rename inside the store") }
      moves.append(Move(from: from, to: to))
    }
    return ChangeRecord(id: id, kind: kind, summary: summary, time: time, moves: moves)
  }

  private static func isInside(_ path: String) -> Bool {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return parts.count >= 2
      && parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
  }
}
