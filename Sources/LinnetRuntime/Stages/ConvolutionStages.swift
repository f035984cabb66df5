internal import CLinux
internal import LinnetKernels
internal import LinnetTensor

/// A 1×1 convolution or a fully connected layer: a matrix product straight from the activations.
@safe struct ProductStage {
  let product: MatrixProduct
  /// Positions of an output row.
  let width: Int
  let repeats: RepeatTable

  func run(
    rows: Range<Int>, x: UnsafePointer<Int8>, _ input: RowMemory, y: UnsafeMutablePointer<Int8>,
    _ output: RowMemory, scratch: UnsafeMutableRawPointer
  ) {
    var row = rows.lowerBound
    while row < rows.upperBound {
      let count = min(
        input.run(from: row, to: rows.upperBound), output.run(from: row, to: rows.upperBound))
      unsafe product(
        rows: count * width, groups: product.allGroups,
        segments: repeats.addresses(from: x + input.offset(ofRow: row), scratch),
        c: y + output.offset(ofRow: row))
      row += count
    }
  }

  /// Positions instead of rows; both sides lie whole in the arena.
  func run(
    positions: Range<Int>, groups: Range<Int>, x: UnsafePointer<Int8>, _ input: RowMemory,
    y: UnsafeMutablePointer<Int8>, _ output: RowMemory, scratch: UnsafeMutableRawPointer
  ) {
    guard !positions.isEmpty && !groups.isEmpty else { return }
    let first = positions.lowerBound
    unsafe product(
      rows: positions.count, groups: groups,
      segments: repeats.addresses(from: x + first * (input.rowBytes / width), scratch),
      c: y + first * (output.rowBytes / width))
  }
}

/// A k×k convolution whose picture is read where it lies: a row of windows is a matrix whose rows overlap, one segment
/// for each row of the kernel.
@safe struct WindowStage {
  let product: MatrixProduct
  let repeats: RepeatTable
  let width: Int
  let kernelHeight: Int
  /// Bytes of zero points left and right of every picture row; where there are any, rows are copied between them.
  let leftBytes: Int
  let rightBytes: Int
  let zeroPoint: Int32

  /// The segments' pointers, a row of zero points, and as many copied rows as the kernel is high.
  static func scratchBytes(repeats: [Int], kernelHeight: Int, paddedRowBytes: Int) -> Int {
    MemoryPlan.aligned((kernelHeight + repeats.count) * 8) + (kernelHeight + 1) * slotBytes(paddedRowBytes)
  }

  private static func slotBytes(_ paddedRowBytes: Int) -> Int { MemoryPlan.aligned(paddedRowBytes + 64) }

  func run(
    rows: Range<Int>, _ reach: RowReach, x: UnsafePointer<Int8>, _ input: RowMemory,
    y: UnsafeMutablePointer<Int8>, _ output: RowMemory, scratch: UnsafeMutableRawPointer
  ) {
    let isCopied = leftBytes + rightBytes > 0
    let slotBytes = WindowStage.slotBytes(leftBytes + input.rowBytes + rightBytes)
    let segments = unsafe scratch.assumingMemoryBound(to: UnsafePointer<Int8>?.self)
    let outside = unsafe (scratch + MemoryPlan.aligned((kernelHeight + repeats.count) * 8))
      .assumingMemoryBound(to: Int8.self)
    let slots = unsafe outside + slotBytes
    unsafe memset(outside, zeroPoint, slotBytes)
    var copied = 0
    for row in rows {
      let top = row * reach.stride - reach.padTop
      for ky in 0..<kernelHeight {
        let from = top + ky
        if from < 0 || from >= reach.inputHeight {
          unsafe segments[ky] = UnsafePointer(outside)
        } else if isCopied {
          let slot = unsafe slots + from % kernelHeight * slotBytes
          if from >= copied { unsafe copy(x + input.offset(ofRow: from), input.rowBytes, to: slot) }
          unsafe segments[ky] = UnsafePointer(slot)
        } else {
          unsafe segments[ky] = x + input.offset(ofRow: from)
        }
      }
      copied = max(copied, top + kernelHeight)
      unsafe repeats.append(to: segments, segments: kernelHeight)
      unsafe product(
        rows: width, groups: product.allGroups, segments: segments, c: y + output.offset(ofRow: row))
    }
  }

  private func copy(_ row: UnsafePointer<Int8>, _ byteCount: Int, to slot: UnsafeMutablePointer<Int8>) {
    unsafe memset(slot, zeroPoint, leftBytes)
    unsafe memcpy(slot + leftBytes, row, byteCount)
    unsafe memset(slot + leftBytes + byteCount, zeroPoint, rightBytes)
  }
}

/// A k×k, strided, padded or grouped convolution: windows gathered to rows, a tile of positions at a time, then the
/// matrix product.
@safe struct GatheredStage {
  /// The product of the first group.
  let product: MatrixProduct
  let repeats: RepeatTable
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

  static func scratchBytes(repeats: [Int], rowBytes: Int) -> Int {
    MemoryPlan.aligned(RepeatTable.scratchBytes(repeats)) + tilePositions(rowBytes: rowBytes) * rowBytes
      + Window.overwrittenBytes
  }

  func run(part: Int, of parts: Int, scratch: UnsafeMutableRawPointer) {
    let rows = unsafe (scratch + MemoryPlan.aligned((1 + repeats.count) * 8)).assumingMemoryBound(
      to: Int8.self)
    let addresses = unsafe repeats.addresses(from: rows, scratch)
    let positions = Step.share(window.positions, part: part, of: parts, unit: 12)
    var first = positions.lowerBound
    while first < positions.upperBound {
      let tile = first..<min(first + tilePositions, positions.upperBound)
      for group in 0..<groups {
        unsafe window.gather(
          from: x, channels: inputChannels, firstChannel: group * groupChannels, zeroPoint: zeroPoint,
          positions: tile, into: rows)
        unsafe product.advanced(byPaddedChannels: group * paddedChannels)(
          rows: tile.count, groups: product.allGroups, segments: addresses,
          c: y + tile.lowerBound * n * groups + group * n)
      }
      first = tile.upperBound
    }
  }
}

/// A depthwise convolution, a few output rows at a time.
@safe struct DepthwiseStage {
  let kernel: DepthwiseKernel
  let convolution: DepthwiseConvolution
  /// Output rows that the kernel does for all channels before it goes on: what they read stays in the
  /// second-level cache.
  let rowsAtOnce: Int

  /// All rows where they read no more than 256 KiB, else equal parts in fours: kernels lay their weights out anew for
  /// every part, and share what they load among up to four rows.
  static func rowsAtOnce(inputRowBytes: Int, strideHeight: Int, outputHeight: Int) -> Int {
    let most = max(4, 262_144 / (inputRowBytes * strideHeight) / 4 * 4)
    let parts = (outputHeight + most - 1) / most
    let rows = (outputHeight + parts - 1) / parts
    return min(outputHeight, (rows + 3) / 4 * 4)
  }

  func run(
    rows: Range<Int>, x: UnsafePointer<Int8>, _ input: RowMemory, y: UnsafeMutablePointer<Int8>,
    _ output: RowMemory, scratch: UnsafeMutableRawPointer
  ) {
    unsafe run(
      rows: rows, channels: 0..<convolution.outputChannels, x: x, input, y: y, output, scratch: scratch)
  }

  func run(
    rows: Range<Int>, channels: Range<Int>, x: UnsafePointer<Int8>, _ input: RowMemory,
    y: UnsafeMutablePointer<Int8>, _ output: RowMemory, scratch: UnsafeMutableRawPointer
  ) {
    guard !channels.isEmpty else { return }
    let bound = unsafe convolution.bound(x: x, ring: input.rows, y: y, ring: output.rows)
    var first = rows.lowerBound
    while first < rows.upperBound {
      let end = min(first + rowsAtOnce, rows.upperBound)
      unsafe kernel(bound, rows: first..<end, channels: channels, scratch: scratch)
      first = end
    }
  }
}

/// The elementwise sum of a chain's tensor and one that lies whole in the arena.
@safe struct AddStage {
  let kernel: AddKernel
  let other: UnsafePointer<Int8>
  /// Whether `other` is the first of the operator's inputs.
  let isOtherFirst: Bool
  let parameters: AdditionParameters
  let range: ClosedRange<Int32>

  func run(
    rows: Range<Int>, x: UnsafePointer<Int8>, _ input: RowMemory, y: UnsafeMutablePointer<Int8>,
    _ output: RowMemory
  ) {
    var row = rows.lowerBound
    while row < rows.upperBound {
      let count = min(
        input.run(from: row, to: rows.upperBound), output.run(from: row, to: rows.upperBound))
      unsafe run(
        count: count * output.rowBytes, x: x + input.offset(ofRow: row), other: other + row * output.rowBytes,
        y: y + output.offset(ofRow: row))
      row += count
    }
  }

  /// Elements instead of rows; all lies whole in the arena.
  func run(elements: Range<Int>, x: UnsafePointer<Int8>, y: UnsafeMutablePointer<Int8>) {
    guard !elements.isEmpty else { return }
    let first = elements.lowerBound
    unsafe run(count: elements.count, x: x + first, other: other + first, y: y + first)
  }

  private func run(
    count: Int, x: UnsafePointer<Int8>, other: UnsafePointer<Int8>, y: UnsafeMutablePointer<Int8>
  ) {
    unsafe kernel(
      count: count, a: isOtherFirst ? other : x, b: isOtherFirst ? x : other, c: y, parameters: parameters,
      range: range)
  }
}
