internal import CLinux

/// What can go wrong with the store and with files; every payload is what a person needs to act.
public enum StoreError: Error, Equatable, Sendable {
  /// Nothing lies at `path`.
  case missing(path: String)
  /// `path` is not a folder, where one was needed.
  case notAFolder(path: String)
  /// `path` is a folder, where a file was needed.
  case isAFolder(path: String)
  /// `path` is longer than the `limit` of bytes that is read.
  case tooLong(path: String, limit: Int)
  /// The system refused `action` on `path`; `code` is its errno.
  case refused(action: String, path: String, code: Int32)
  /// The disk that holds `path` has no space (or quota) left; nothing was changed.
  case diskFull(path: String)
  /// Another process kept the store locked for `seconds`.
  case busy(path: String, seconds: Int)
  /// `path`, one of the store's own files, is not what the store wrote.
  case damaged(path: String, reason: String)
  /// `label` cannot be a label.
  case badLabel(label: String, reason: String)
  /// `name` cannot name a head.
  case badName(name: String, reason: String)
  /// The set `set` has no label `label`; `known` are those it has.
  case noSuchLabel(label: String, set: String, known: [String])
  /// The set `set` already has the label `label`.
  case labelExists(label: String, set: String)
  /// There is no head `name`; `known` are those there are.
  case noSuchHead(name: String, known: [String])
  /// There is a head `name` already.
  case headExists(name: String)
  /// `path` is neither a JPEG nor a PNG.
  case notAPicture(name: String)
  /// There is no change to undo.
  case nothingToUndo
  /// The last change cannot be undone, because `path` was changed since by something else.
  case cannotUndo(path: String)

  /// Whether the input named by a person is not there or not readable, as against trouble with the disk.
  public var isMissingInput: Bool {
    switch self {
    case .missing, .notAFolder, .isAFolder: true
    case .refused(_, _, let code): code == EACCES || code == EPERM
    default: false
    }
  }

  /// Whether the disk or the system failed.
  public var isInputOutput: Bool {
    switch self {
    case .refused, .diskFull, .busy, .damaged: true
    default: false
    }
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path): "\(path): no such file or folder"
    case .notAFolder(let path): "\(path) is not a folder"
    case .isAFolder(let path): "\(path) is a folder, not a file"
    case .tooLong(let path, let limit):
      "\(path) is longer than the \(limit >> 20) MiB that are read of one file"
    case .refused(let action, let path, let code): "cannot \(action) \(path): \(systemMessage(code))"
    case .diskFull(let path): "no space is left on the disk that holds \(path); nothing was changed"
    case .busy(let path, let seconds):
      "another linnet has been changing the store for \(seconds) s; wait for it, or end it (\(path) is locked)"
    case .damaged(let path, let reason): "\(path) is damaged (\(reason)); remove it to go on without it"
    case .badLabel(let label, let reason): "\(quoted(label)) cannot be a label: \(reason)"
    case .badName(let name, let reason): "\(quoted(name)) cannot name a head: \(reason)"
    case .noSuchLabel(let label, let set, let known):
      "the set \(quoted(set)) has no label \(quoted(label)); \(listing(known, of: "labels"))"
    case .labelExists(let label, let set):
      "the set \(quoted(set)) already has a label \(quoted(label)); merge puts two labels together"
    case .noSuchHead(let name, let known): "there is no head \(quoted(name)); \(listing(known, of: "heads"))"
    case .headExists(let name):
      "there is a head \(quoted(name)) already; choose another name or remove that one first"
    case .notAPicture(let name): "\(name) is neither a JPEG nor a PNG"
    case .nothingToUndo: "there is no change to undo"
    case .cannotUndo(let path):
      "the last change cannot be undone: \(path) was changed since by something else"
    }
  }
}

/// `text` between quotation marks, with control characters made visible.
func quoted(_ text: String) -> String {
  var result = "“"
  for scalar in text.unicodeScalars {
    if scalar.value < 0x20 || scalar.value == 0x7F {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result + "”"
}

private func listing(_ known: [String], of things: String) -> String {
  guard !known.isEmpty else { return "there are no \(things) yet" }
  let shown = known.prefix(8).map(quoted).joined(separator: ", ")
  return "its \(things) are \(shown)" + (known.count > 8 ? " and \(known.count - 8) more" : "")
}

/// The system's words for `code`.
func systemMessage(_ code: Int32) -> String {
  guard let message = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: message)
}

/// The error for `errno` after `action` on `path`.
func systemError(_ action: String, _ path: String) -> StoreError {
  let code = linnet_errno()
  switch code {
  case ENOENT: return .missing(path: path)
  case ENOTDIR: return .notAFolder(path: path)
  case EISDIR: return .isAFolder(path: path)
  case ENOSPC, EDQUOT: return .diskFull(path: path)
  default: return .refused(action: action, path: path, code: code)
  }
}
