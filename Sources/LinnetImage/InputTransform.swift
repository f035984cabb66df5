public import LinnetTensor

/// Turns pictures into a network's input tensor: decode, crop, resize, quantise. Made once a model and thread; after
/// the first pictures of a size nothing is allocated but what the decoders of PNG and progressive JPEG take and give back.
public struct InputTransform: ~Copyable {
  /// Decoded pixels an input pixel, each way, below which no smaller scale of a JPEG is decoded: its blocks are shrunk
  /// one by one and alias, which a resize by this factor averages out.
  static let oversampling = 2.5

  let preprocessing: Preprocessing
  let codes: CodeTable
  var reader: PictureReader
  private var resampler: Resampler
  var frames: FrameResampler
  var resized: [UInt8]
  /// Of a few rows of `resized`.
  var columnSums: [UInt16]

  /// What a picture may cost.
  public var limits: DecodeLimits

  /// - Parameters:
  ///   - shape: the input tensor's; its extents are those of `preprocessing`.
  /// - Throws: ``PictureError/unsupported(_:)`` where `shape` is not 3 channels of these extents.
  public init(
    preprocessing: Preprocessing, shape: Shape, quantisation: Quantisation
  ) throws(PictureError) {
    guard
      shape == Shape(height: preprocessing.height, width: preprocessing.width, channels: 3),
      shape.checkedCount != nil
    else {
      throw .unsupported(
        "the network's input is \(shape.text), pictures make "
          + "\(preprocessing.height)×\(preprocessing.width)×3")
    }
    self.preprocessing = preprocessing
    codes = CodeTable(preprocessing, quantisation)
    reader = PictureReader()
    resampler = Resampler()
    frames = FrameResampler()
    resized = [UInt8](repeating: 0, count: shape.count)
    columnSums = [UInt16](repeating: 0, count: 3 * preprocessing.width)
    limits = DecodeLimits()
  }

  /// Writes the codes of an encoded picture (JPEG, PNG), decoding no more of it than the tensor needs: only the part
  /// that is cropped, and a JPEG at the smallest of its scales that has two and a half times the input's
  /// extents.
  ///
  /// - Parameter codes: height × width × 3, channels innermost; unchanged on an error.
  /// - Precondition: `codes` has as many elements as the shape.
  public mutating func write(picture bytes: [UInt8], into codes: inout MutableSpan<Int8>) throws(PictureError)
  {
    try bytes.withRawSpan { bytes throws(PictureError) in try resize(bytes) }
    self.codes.write(resized, into: &codes)
  }

  /// Writes the codes of a decoded picture.
  ///
  /// - Precondition: `codes` has as many elements as the shape.
  public mutating func write(_ picture: Picture, into codes: inout MutableSpan<Int8>) {
    let part = preprocessing.part(width: picture.width, height: picture.height)
    reader.copy(picture, part: part)
    let box = Resampler.Box(left: 0, top: 0, right: Double(part.width), bottom: Double(part.height))
    resize(reader.pixels, width: part.width, height: part.height, box: box)
    self.codes.write(resized, into: &codes)
  }

  /// Decodes what is needed of an encoded picture, and resizes it.
  private mutating func resize(_ bytes: RawSpan) throws(PictureError) {
    let header = try PictureHeader.read(bytes)
    try header.check(limits)
    let size = header.uprightSize
    let plan = DecodePlan(
      header: header, part: preprocessing.part(width: size.width, height: size.height),
      covering: (
        Int(Self.oversampling * Double(preprocessing.width)),
        Int(Self.oversampling * Double(preprocessing.height))
      ))
    try reader.read(bytes, header: header, plan: plan, limits: limits)
    resize(reader.pixels, width: plan.width, height: plan.height, box: plan.box)
  }

  mutating func resize(_ pixels: [UInt8], width: Int, height: Int, box: Resampler.Box) {
    resampler.resize(
      pixels, width: width, height: height, box: box, filter: preprocessing.filter,
      to: &resized, width: preprocessing.width, height: preprocessing.height)
  }
}

extension Preprocessing {
  /// The part that is taken of an upright picture, at least one pixel.
  public func part(width: Int, height: Int) -> Region {
    switch fit {
    case .stretch: return Region(x: 0, y: 0, width: width, height: height)
    case .centreCrop(let fraction):
      let shorter = min(width, height)
      let side = min(shorter, max(1, Int(fraction * Double(shorter))))
      return Region(x: (width - side + 1) / 2, y: (height - side + 1) / 2, width: side, height: side)
    }
  }
}
