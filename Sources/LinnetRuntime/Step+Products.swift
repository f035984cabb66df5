internal import LinnetKernels

/// A 1×1 convolution or a fully connected layer: a matrix product straight from the activations.
@safe struct ProductStep {
  let product: MatrixProduct
  let m: Int
  let n: Int
  let x: UnsafePointer<Int8>
  let xStride: Int
  let y: UnsafeMutablePointer<Int8>

  /// Rows are divided where there are enough, groups of output channels otherwise.
  func run(part: Int, of parts: Int) {
    if m >= 12 * parts || n < 32 * parts {
      let rows = Step.share(m, part: part, of: parts, unit: 12)
      guard !rows.isEmpty else { return }
      unsafe product(
        rows: rows.count, groups: product.allGroups, a: x + rows.lowerBound * xStride,
        c: y + rows.lowerBound * n)
    } else {
      let groups = Step.share(product.tiling.groups, part: part, of: parts, unit: 1)
      guard !groups.isEmpty else { return }
      unsafe product(rows: m, groups: groups, a: x, c: y)
    }
  }
}

/// A k×k, strided, padded or grouped convolution: windows gathered to rows, a tile of positions at a time, then the
/// matrix product.
@safe struct WindowStep {
  /// The product of the first group.
  let product: MatrixProduct
  let window: Window
  let groups: Int
  let tilePositions: Int
  /// Output channels of a group, and the same rounded up to 16.
  let n: Int
  let paddedChannels: Int
  let x: UnsafePointer<Int8>
  let inputChannels: Int
  let groupChannels: Int
  let zeroPoint: Int32
  let y: UnsafeMutablePointer<Int8>

  /// Positions a tile: as many as keep the gathered rows within the first-level cache.
  static func tilePositions(rowBytes: Int) -> Int { max(12, 24_576 / rowBytes / 12 * 12) }

  static func scratchBytes(rowBytes: Int) -> Int {
    tilePositions(rowBytes: rowBytes) * rowBytes + Window.overwrittenBytes
  }

  func run(part: Int, of parts: Int, scratch: UnsafeMutableRawPointer) {
    let rows = unsafe scratch.assumingMemoryBound(to: Int8.self)
    let positions = Step.share(window.positions, part: part, of: parts, unit: 12)
    var first = positions.lowerBound
    while first < positions.upperBound {
      let tile = first..<min(first + tilePositions, positions.upperBound)
      for group in 0..<groups {
        unsafe window.gather(
          from: x, channels: inputChannels, firstChannel: group * groupChannels, zeroPoint: zeroPoint,
          positions: tile, into: rows)
        unsafe product.advanced(byPaddedChannels: group * paddedChannels)(
          rows: tile.count, groups: product.allGroups, a: rows,
          c: y + tile.lowerBound * n * groups + group * n)
      }
      first = tile.upperBound
    }
  }
}

/// A depthwise convolution, a few output rows at a time.
@safe struct DepthwiseStep {
  let kernel: DepthwiseKernel
  let convolution: DepthwiseConvolution
  /// Output rows that the kernel does for all channels before it goes on: what they read stays in the
  /// second-level cache.
  let rowsAtOnce: Int

  static func rowsAtOnce(inputRowBytes: Int, strideHeight: Int) -> Int {
    max(1, 131_072 / (inputRowBytes * strideHeight))
  }

  func run(part: Int, of parts: Int, scratch: UnsafeMutableRawPointer) {
    let rows = Step.share(convolution.outputHeight, part: part, of: parts, unit: 1)
    var first = rows.lowerBound
    while first < rows.upperBound {
      let end = min(first + rowsAtOnce, rows.upperBound)
      unsafe kernel(
        convolution, rows: first..<end, channels: 0..<convolution.outputChannels, scratch: scratch)
      first = end
    }
  }
}
