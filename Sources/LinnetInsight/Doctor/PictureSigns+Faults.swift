extension PictureSigns {
  /// Hardly anything in the picture is brighter than a quarter of white, and yet something is to be seen.
  public var isDark: Bool { highlight < 64 && !isBlank }

  /// The picture is of one brightness.
  public var isBlank: Bool { contrast < (highlight < 64 ? 1.5 : 4) }

  /// Edges have lost what focus gives them. Pictures in focus have a sharpness of 0.16 … 2, whatever they show; a Gaussian
  /// of 1 % of their extent leaves 0.08 … 0.13. Of a much wider one, nothing but the rounding of pixels remains.
  public var isBlurred: Bool { !isBlank && (sharpness < 0.15 || detail < 2 && contrast >= 25) }
}
