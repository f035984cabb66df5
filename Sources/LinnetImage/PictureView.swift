internal import LinnetTensor

/// One way to look at a picture: what part of it, whether in a mirror, in what light, how far turned.
public struct PictureView: Hashable, Sendable {
  public enum Part: Hashable, Sendable {
    /// What the backbone's recipe takes.
    case recipe
    /// The largest centred square; of a recipe that stretches, everything.
    case whole
    /// A square of ``PictureView/cropShare`` of that, at a corner of it or in its middle.
    case topLeft, topRight, bottomLeft, bottomRight, centre
  }

  public enum Light: UInt8, Hashable, Sendable {
    case asItIs, darker, lighter
  }

  /// Turned by 8 degrees, and enlarged so that no corner is empty.
  public enum Turn: Int8, Hashable, Sendable {
    case upright = 0
    case left = -1
    case right = 1
  }

  public var part = Part.recipe
  public var isMirrored = false
  public var light = Light.asItIs
  public var turn = Turn.upright

  public init(part: Part = .recipe, isMirrored: Bool = false, light: Light = .asItIs, turn: Turn = .upright) {
    self.part = part
    self.isMirrored = isMirrored
    self.light = light
    self.turn = turn
  }

  /// The picture as the recipe takes it.
  public static let plain = PictureView()

  static let cropShare = 0.75
}

extension PictureView {
  /// The part that is taken of an upright picture, at least one pixel.
  func part(of recipe: Preprocessing, width: Int, height: Int) -> Region {
    guard part != .recipe else { return recipe.part(width: width, height: height) }
    var all = Region(x: 0, y: 0, width: width, height: height)
    if case .centreCrop = recipe.fit {
      let side = min(width, height)
      all = Region(x: (width - side + 1) / 2, y: (height - side + 1) / 2, width: side, height: side)
    }
    guard part != .whole else { return all }
    let across = max(1, Int(PictureView.cropShare * Double(all.width)))
    let down = max(1, Int(PictureView.cropShare * Double(all.height)))
    let (right, bottom) = (all.width - across, all.height - down)
    let (x, y) =
      switch part {
      case .topLeft: (0, 0)
      case .topRight: (right, 0)
      case .bottomLeft: (0, bottom)
      case .bottomRight: (right, bottom)
      default: (right / 2, bottom / 2)
      }
    return Region(x: all.x + x, y: all.y + y, width: across, height: down)
  }
}

extension Region {
  /// The least rectangle that holds both.
  public func union(_ other: Region) -> Region {
    let (left, top) = (min(x, other.x), min(y, other.y))
    let right = max(x + width, other.x + other.width)
    let bottom = max(y + height, other.y + other.height)
    return Region(x: left, y: top, width: right - left, height: bottom - top)
  }
}
