/// What happens to a picture before the backbone sees it; part of every model file.
///
/// A pixel value `p` of 0…255 becomes the real number `(p − mean) / deviation`, channel by channel, which the
/// input tensor's ``Quantisation`` then turns into a code.
public struct Preprocessing: Hashable, Sendable {
  /// Which part of the picture is taken.
  public enum Fit: Hashable, Sendable {
    /// A centred square of side `floor(fraction · shorter side)`, at
    /// `((width − side + 1) / 2, (height − side + 1) / 2)`, resized to the input's extents.
    case centreCrop(fraction: Double)
    /// The whole picture, its aspect ratio given up.
    case stretch
  }

  /// How the part is resized; both antialiased over the footprint of an output pixel, as Pillow's.
  public enum Filter: Hashable, Sendable {
    /// Cubic convolution with a = −0.5 (Keys 1981).
    case bicubic
    case bilinear
  }

  /// The order in which the three colours stand in the tensor's innermost dimension.
  public enum ChannelOrder: Hashable, Sendable {
    case rgb
    case bgr
  }

  public var width: Int
  public var height: Int
  public var fit: Fit
  public var filter: Filter
  /// Per tensor channel (after `order`), in pixel values.
  public var mean: SIMD3<Float>
  /// Per tensor channel (after `order`), in pixel values; each above zero.
  public var deviation: SIMD3<Float>
  public var order: ChannelOrder

  public init(
    width: Int, height: Int, fit: Fit, filter: Filter, mean: SIMD3<Float>, deviation: SIMD3<Float>,
    order: ChannelOrder
  ) {
    self.width = width
    self.height = height
    self.fit = fit
    self.filter = filter
    self.mean = mean
    self.deviation = deviation
    self.order = order
  }
}
