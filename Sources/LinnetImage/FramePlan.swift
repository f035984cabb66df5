internal import LinnetTensor

/// How a part of a frame becomes the colours of an input tensor: made once for a format, a view and a recipe.
///
/// Samples are resized from top to bottom first, in the bytes of all components at once as they lie in a row, then from
/// left to right, component by component.
struct FramePlan: Sendable {
  /// What a plan is made for.
  struct Key: Hashable {
    var source: Source
    var view: FrameView
  }

  enum Source: Hashable {
    /// Not JPEG.
    case raw(FrameFormat)
    case encoded(PictureHeader)

    var width: Int {
      switch self {
      case .raw(let format): format.width
      case .encoded(let header): header.width
      }
    }

    var height: Int {
      switch self {
      case .raw(let format): format.height
      case .encoded(let header): header.height
      }
    }

    /// How the picture is stored.
    var orientation: Orientation {
      switch self {
      case .raw: .upright
      case .encoded(let header): header.orientation
      }
    }
  }

  /// Rows of bytes in which samples of one or more components lie.
  struct Plane: Sendable {
    /// Of the first byte that is wanted.
    var offset: Int
    var bytesPerRow: Int
    /// Bytes that are wanted of a row.
    var rowBytes: Int
    /// Resizes rows.
    var down: ResamplingAxis
    var components: [Component]
  }

  struct Component: Sendable {
    /// Of the first sample in the wanted bytes of a row.
    var first: Int
    /// Bytes from a sample to the next.
    var step: Int
    /// Resizes samples of a row.
    var across: ResamplingAxis
  }

  let key: Key
  /// What to decode before, as it is stored.
  let decoding: (header: PictureHeader, plan: DecodePlan)?
  let planes: [Plane]
  /// `nil` where the components are colours already.
  let matrix: ColourMatrix?
  /// Extents of the picture.
  let width: Int
  let height: Int
  /// Whether the picture's rows are columns of the frame.
  let isTransposed: Bool

  init(_ key: Key, recipe: Preprocessing) throws(PictureError) {
    self.key = key
    let source = key.source
    let orientation = key.view.orientation(of: source.orientation)
    isTransposed = orientation.isTransposed
    (width, height) = (recipe.width, recipe.height)
    let upright = isTransposed ? (source.height, source.width) : (source.width, source.height)
    let part = orientation.stored(
      try key.view.part(of: recipe, width: upright.0, height: upright.1), width: upright.0, height: upright.1)
    let (across, down) = isTransposed ? (height, width) : (width, height)
    var axes = Axes(filter: recipe.filter, across: across, down: down)
    (axes.reversesAcross, axes.reversesDown) =
      isTransposed
      ? (orientation.reversesY, orientation.reversesX) : (orientation.reversesX, orientation.reversesY)
    switch source {
    case .raw(let format):
      decoding = nil
      let layout = FrameLayout(format)
      matrix = layout.isRGB ? nil : ColourMatrix(format.colour)
      planes = Self.planes(layout, axes) { component in
        (
          SampleCover(of: part.x, part.width, scale: 1, of: component.across),
          SampleCover(of: part.y, part.height, scale: 1, of: component.down)
        )
      }
    case .encoded(var header):
      header.orientation = .upright
      let plan = DecodePlan(header: header, part: part, covering: (across, down))
      decoding = (header, plan)
      matrix = nil
      let covers = (
        SampleCover(count: plan.width, from: plan.box.left, to: plan.box.right),
        SampleCover(count: plan.height, from: plan.box.top, to: plan.box.bottom)
      )
      let colours = FrameFormat(pixels: .rgb24, width: plan.width, height: plan.height)
      planes = Self.planes(FrameLayout(colours), axes) { _ in covers }
    }
  }

  /// What the axes of all components have in common.
  private struct Axes {
    var filter: Preprocessing.Filter
    /// Samples wanted.
    var across: Int
    var down: Int
    var reversesAcross = false
    var reversesDown = false

    func axis(_ cover: SampleCover, count: Int, isReversed: Bool) -> ResamplingAxis {
      var axis = ResamplingAxis()
      axis.prepare(
        .init(
          source: cover.count, from: cover.from, to: cover.to, count: count, filter: filter,
          isReversed: isReversed))
      return axis
    }
  }

  /// - Parameter covers: the samples of a component that are wanted of a row and of a column.
  private static func planes(
    _ layout: FrameLayout, _ axes: Axes,
    covers: (FrameLayout.Component) -> (columns: SampleCover, rows: SampleCover)
  ) -> [Plane] {
    var planes: [Plane] = []
    for group in layout.planes {
      let wanted = group.map { (component: $0, covers: covers($0)) }
      let first = wanted.map { $0.covers.columns.start * $0.component.step }.min()!
      let end = wanted.map { ($0.covers.columns.start + $0.covers.columns.count) * $0.component.step }.max()!
      let rows = wanted[0].covers.rows
      planes.append(
        Plane(
          offset: group[0].plane + rows.start * group[0].bytesPerRow + first,
          bytesPerRow: group[0].bytesPerRow,
          rowBytes: end - first, down: axes.axis(rows, count: axes.down, isReversed: axes.reversesDown),
          components: wanted.map { component, covers in
            Component(
              first: covers.columns.start * component.step + component.first - first, step: component.step,
              across: axes.axis(covers.columns, count: axes.across, isReversed: axes.reversesAcross))
          }))
    }
    return planes
  }
}
