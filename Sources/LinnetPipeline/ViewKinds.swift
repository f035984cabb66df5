public import LinnetImage

/// Kinds of views of a picture whose embeddings are averaged.
public struct ViewKinds: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Everything in the mirror too: twice the time.
  public static let flip = ViewKinds(rawValue: 1)
  /// The whole and five parts: seven times the time.
  public static let crops = ViewKinds(rawValue: 2)
  /// Darker and lighter: three times the time.
  public static let light = ViewKinds(rawValue: 4)
  /// Turned a little to either side: three times the time.
  public static let turns = ViewKinds(rawValue: 8)

  private static let names: [(name: String, kind: ViewKinds)] = [
    ("flip", .flip), ("crops", .crops), ("light", .light), ("turns", .turns),
  ]

  /// Of "flip,crops", or "none"; `nil` where a name is unknown or there is no name.
  public init?(_ text: String) {
    var kinds: ViewKinds = []
    if text == "none" {
      self = kinds
      return
    }
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let known = ViewKinds.names.first(where: { $0.name == name }) else { return nil }
      kinds.insert(known.kind)
    }
    self = kinds
  }

  /// As ``init(_:)`` takes it; empty for no kind.
  public var text: String {
    ViewKinds.names.filter { contains($0.kind) }.map(\.name).joined(separator: ",")
  }

  /// The plain view first, then the others in one order.
  public var views: [PictureView] {
    var views = [PictureView.plain]
    if contains(.crops) {
      let parts: [PictureView.Part] = [.whole, .topLeft, .topRight, .bottomLeft, .bottomRight, .centre]
      views += parts.map { PictureView(part: $0) }
    }
    if contains(.light) { views += [.darker, .lighter].map { PictureView(light: $0) } }
    if contains(.turns) { views += [.left, .right].map { PictureView(turn: $0) } }
    guard contains(.flip) else { return views }
    return views
      + views.map { view in
        var view = view
        view.isMirrored = true
        return view
      }
  }
}
