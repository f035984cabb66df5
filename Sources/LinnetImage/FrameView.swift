internal import LinnetTensor

/// How a person wants to look through a camera: which way it hangs, whether it shows a mirror image, and which part of it
/// matters.
public struct FrameView: Hashable, Sendable {
  /// Turned clockwise.
  public enum Rotation: Int, CaseIterable, Hashable, Sendable {
    case none = 0
    case quarter = 90
    case half = 180
    case threeQuarters = 270
  }

  public var rotation: Rotation
  /// Left and right exchanged, after the rotation.
  public var isMirrored: Bool
  /// A part of the picture as it looks after rotation and mirror; `nil` for all of it.
  public var crop: FrameCrop?

  public init(rotation: Rotation = .none, isMirrored: Bool = false, crop: FrameCrop? = nil) {
    self.rotation = rotation
    self.isMirrored = isMirrored
    self.crop = crop
  }

  /// The frame as the camera sends it.
  public static let plain = FrameView()
}

extension FrameView {
  /// How a frame that is stored in another orientation lies in what is looked at.
  func orientation(of stored: Orientation) -> Orientation {
    var all = stored
    for _ in 0..<rotation.rawValue / 90 { all = all.followed(by: .rotatedLeft) }
    return isMirrored ? all.followed(by: .flippedHorizontally) : all
  }

  /// What of the turned picture the backbone sees: its recipe's part of the crop.
  func part(of recipe: Preprocessing, width: Int, height: Int) throws(PictureError) -> Region {
    guard let crop else { return recipe.part(width: width, height: height) }
    guard let region = crop.region(width: width, height: height) else {
      throw .unsupported("the crop \(crop) leaves nothing of \(width) × \(height) pixels")
    }
    let part = recipe.part(width: region.width, height: region.height)
    return Region(x: region.x + part.x, y: region.y + part.y, width: part.width, height: part.height)
  }
}
