public import LinnetHead
public import LinnetImage

/// How it is found out what decided.
public enum ExplanationMethod: String, CaseIterable, Hashable, Sendable {
  /// ``ClassActivation``: one run of the network.
  case cam
  /// Grey patches slide over the picture; where the score falls, there it was decided (Zeiler and Fergus,
  /// "Visualizing and Understanding Convolutional Networks", 2014). Asks the network itself, and takes a run a patch.
  case occlusion
}

/// Which part of a picture decided for a class.
public struct Explanation: Sendable {
  /// What the head says of the picture.
  public var decision: Decision
  /// The class that is explained: a place in the head's classes, its label and its confidence.
  public var explained: Decision.Ranked
  public var method: ExplanationMethod
  /// How much each part speaks for the class rather than the others, over ``part``.
  public var map: HeatMap
  /// Extents of the upright picture.
  public var width: Int
  public var height: Int
  /// What the network saw of it.
  public var part: Region

  public init(
    decision: Decision, explained: Decision.Ranked, method: ExplanationMethod, map: HeatMap, width: Int,
    height: Int, part: Region
  ) {
    (self.decision, self.explained, self.method, self.map) = (decision, explained, method, map)
    (self.width, self.height, self.part) = (width, height, part)
  }

  /// A rectangle of the picture that decided.
  public struct Box: Hashable, Sendable {
    /// In pixels of the upright picture.
    public var region: Region
    /// The greatest share in it; 1 for the first box.
    public var strength: Float
  }

  /// Rows and columns in which boxes and masks are found.
  private static let grid = 112

  private var fine: HeatMap { map.shares.resampled(rows: Self.grid, columns: Self.grid).shares }

  /// The tight rectangles around what reaches `threshold` of the greatest share, the strongest first: weak
  /// localisation, as in the paper of ``ClassActivation``. None where nothing speaks for the class.
  public func boxes(threshold: Float = 0.5) -> [Box] {
    fine.spots(from: threshold).map { spot in
      let left = part.x + spot.columns.lowerBound * part.width / Self.grid
      let top = part.y + spot.rows.lowerBound * part.height / Self.grid
      let right = part.x + (spot.columns.upperBound * part.width + Self.grid - 1) / Self.grid
      let bottom = part.y + (spot.rows.upperBound * part.height + Self.grid - 1) / Self.grid
      return Box(
        region: Region(x: left, y: top, width: right - left, height: bottom - top), strength: spot.peak)
    }
  }

  /// White where the share reaches `threshold` of the greatest, black elsewhere, of the picture's own extents.
  public func mask(threshold: Float = 0.5) -> Picture {
    let fine = fine
    var pixels = [UInt8](repeating: 0, count: 3 * width * height)
    for y in part.y..<part.y + part.height {
      let row = (y - part.y) * Self.grid / part.height
      for x in part.x..<part.x + part.width
      where fine[row, (x - part.x) * Self.grid / part.width] >= threshold {
        let place = 3 * (y * width + x)
        (pixels[place], pixels[place + 1], pixels[place + 2]) = (255, 255, 255)
      }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }
}
