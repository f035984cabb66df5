import LinnetTensor

/// Which stored pixels to decode, and how finely, so that a part of a picture can be resized to a given size.
struct DecodePlan: Hashable, Sendable {
  /// The scale, in eighths: 1, 2, 4 or 8, and 8 for all but JPEG. libjpeg-turbo's transforms for other sizes are
  /// scalar and take longer than that for all 8.
  var eighths: Int
  /// What to decode, in pixels of the stored picture at that scale.
  var region: Region
  /// Extents of `region` after it is turned upright.
  var width: Int
  var height: Int
  /// The wanted part inside the upright region.
  var box: Resampler.Box

  /// - Parameters:
  ///   - part: a part of the upright picture at full scale.
  ///   - size: the least that the part may have at the scale that is decoded.
  init(header: PictureHeader, part: Region, covering size: (width: Int, height: Int)) {
    let upright = header.uprightSize
    let scales = header.format == .jpeg ? [1, 2, 4] : []
    eighths = scales.first { part.width * $0 >= 8 * size.width && part.height * $0 >= 8 * size.height } ?? 8
    let stored = header.orientation.stored(part, width: upright.width, height: upright.height)
    let columns = SampleCover(of: stored.x, stored.width, scale: eighths, of: 8)
    let rows = SampleCover(of: stored.y, stored.height, scale: eighths, of: 8)
    region = Region(x: columns.start, y: rows.start, width: columns.count, height: rows.count)
    var (across, down) = header.orientation.isTransposed ? (rows, columns) : (columns, rows)
    if header.orientation.reversesX { across.reverse() }
    if header.orientation.reversesY { down.reverse() }
    (width, height) = (across.count, down.count)
    box = Resampler.Box(left: across.from, top: down.from, right: across.to, bottom: down.to)
  }
}
