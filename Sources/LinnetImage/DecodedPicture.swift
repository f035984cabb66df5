public import LinnetTensor

/// A picture decoded as far as some views of it for some backbones need: decoded once, cut and resized any number of
/// times. Keeps its buffers from picture to picture.
public struct DecodedPicture: ~Copyable {
  var reader = PictureReader()
  /// Extents of the upright pixels that were decoded.
  private(set) var width = 0
  private(set) var height = 0
  /// Extents of the whole upright picture at full scale.
  private var fullWidth = 0
  private var fullHeight = 0
  /// What was wanted, at full scale, and where it lies in the pixels.
  private var part = Region(x: 0, y: 0, width: 1, height: 1)
  private var box = Resampler.Box(left: 0, top: 0, right: 1, bottom: 1)

  /// What a picture may cost.
  public var limits = DecodeLimits()

  public init() {}

  /// Decodes an encoded picture (JPEG, PNG): no more of it than `views` show through any of the recipes, and a JPEG at
  /// the smallest of its scales that ``InputTransform/write(picture:into:)`` would take for any of them.
  public mutating func read(
    _ bytes: [UInt8], for recipes: [Preprocessing], views: [PictureView]
  ) throws(PictureError) {
    try bytes.withRawSpan { bytes throws(PictureError) in try read(bytes, recipes, views) }
  }

  private mutating func read(
    _ bytes: RawSpan, _ recipes: [Preprocessing], _ views: [PictureView]
  ) throws(PictureError) {
    let header = try PictureHeader.read(bytes)
    try header.check(limits)
    let size = header.uprightSize
    var wanted: [(part: Region, width: Double, height: Double)] = []
    for recipe in recipes {
      for view in views {
        wanted.append(
          (
            view.part(of: recipe, width: size.width, height: size.height),
            InputTransform.oversampling * Double(recipe.width),
            InputTransform.oversampling * Double(recipe.height)
          ))
      }
    }
    guard let first = wanted.first else { return }
    part = wanted.reduce(first.part) { $0.union($1.part) }
    let covering = wanted.reduce((width: 1.0, height: 1.0)) { most, each in
      (
        max(most.width, each.width * (Double(part.width) / Double(each.part.width))),
        max(most.height, each.height * (Double(part.height) / Double(each.part.height)))
      )
    }
    let plan = DecodePlan(
      header: header, part: part, covering: (Int(covering.width), Int(covering.height)))
    try reader.read(bytes, header: header, plan: plan, limits: limits)
    (width, height, box) = (plan.width, plan.height, plan.box)
    (fullWidth, fullHeight) = (size.width, size.height)
  }

  /// Where in the pixels the view lies.
  func box(of view: PictureView, _ recipe: Preprocessing) -> Resampler.Box {
    let shown = view.part(of: recipe, width: fullWidth, height: fullHeight)
    guard shown != part else { return box }
    let across = (box.right - box.left) / Double(part.width)
    let down = (box.bottom - box.top) / Double(part.height)
    let left = max(0, box.left + Double(shown.x - part.x) * across)
    let top = max(0, box.top + Double(shown.y - part.y) * down)
    return Resampler.Box(
      left: left, top: top, right: min(Double(width), left + Double(shown.width) * across),
      bottom: min(Double(height), top + Double(shown.height) * down))
  }
}
