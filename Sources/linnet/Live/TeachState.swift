internal import LinnetStore

/// What the teach screen knows and how keys change it: a pure value, of which ``TeachRun`` does what it says.
struct TeachState {
  /// What a key asks for.
  enum Action: Equatable {
    /// A shot of a label, or of the background.
    case shot(String?)
    case undo
    case end
  }

  /// In the order of their keys; those beyond the ninth have none.
  private(set) var labels: [String]
  var counts: [String: Int]
  /// Shots of the background.
  var background: Int
  /// The name that is being typed; `nil` while none is.
  private(set) var entry: String?
  /// What happened last.
  var message = ""
  /// Whether that was something bad.
  var isTrouble = false
  private var lastShot: (label: String?, time: UInt64)?

  /// A key that is held down repeats faster than shots are worth taking: nanoseconds from shot to shot.
  static let pause: UInt64 = 250_000_000
  private static let longestName = 60

  init(labels: [(label: String, captures: Int)], background: Int) {
    self.labels = labels.map(\.label)
    counts = Dictionary(uniqueKeysWithValues: labels.map { ($0.label, $0.captures) })
    self.background = background
    if labels.isEmpty { entry = "" }
  }

  /// Takes a key.
  mutating func press(_ key: Screen.Key, at nanoseconds: UInt64) -> Action? {
    guard entry == nil else {
      type(key)
      return nil
    }
    switch key {
    case .character("q"), .character("Q"), .escape: return .end
    case .character("u"), .character("U"): return .undo
    case .character("b"), .character("B"), .character("0"): return shot(nil, at: nanoseconds)
    case .character("n"), .character("N"): begin()
    case .character(let character):
      guard let number = character.wholeNumberValue, character.isASCII else { return nil }
      guard number <= labels.count else {
        begin()
        return nil
      }
      return shot(labels[number - 1], at: nanoseconds)
    case .enter, .backspace: break
    }
    return nil
  }

  /// Says what came of something.
  mutating func say(_ text: String, isTrouble: Bool = false) { (message, self.isTrouble) = (text, isTrouble) }

  private mutating func shot(_ label: String?, at nanoseconds: UInt64) -> Action? {
    if let lastShot, lastShot.label == label, nanoseconds < lastShot.time + Self.pause { return nil }
    lastShot = (label, nanoseconds)
    return .shot(label)
  }

  private mutating func begin() {
    entry = ""
    say("")
  }

  private mutating func type(_ key: Screen.Key) {
    switch key {
    case .character(let character):
      if entry!.count < Self.longestName { entry!.append(character) }
    case .backspace: _ = entry!.popLast()
    case .escape: if !labels.isEmpty { entry = nil }
    case .enter: finish()
    }
  }

  /// The typed name becomes a label, if it can be one.
  private mutating func finish() {
    var name = Substring(entry!)
    while name.first == " " { name.removeFirst() }
    while name.last == " " { name.removeLast() }
    let label = String(name)
    guard !label.isEmpty else {
      if !labels.isEmpty { entry = nil }
      return
    }
    do throws(StoreError) {
      _ = try LabelName.folder(of: label)
    } catch {
      return say(error.description, isTrouble: true)
    }
    entry = nil
    if !labels.contains(label) { labels.append(label) }
    let number = labels.firstIndex(of: label)! + 1
    say(
      number > 9
        ? "“\(label)” has no key: only nine labels can be taught here"
        : "show “\(label)”, and press \(number) a few times while you turn it")
  }
}
