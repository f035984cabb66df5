import LinnetKernels
import LinnetTensor
import Testing

/// Every depthwise kernel gives the bytes of the reference, whole or a few rows at a time.
@Suite struct DepthwiseKernelTests {
  struct Case {
    var height: Int
    var width: Int
    var channels: Int
    var kernel: (height: Int, width: Int)
    var stride: (height: Int, width: Int)
    var padding: (top: Int, left: Int, bottom: Int, right: Int)

    var output: Shape? {
      let h = height + padding.top + padding.bottom - kernel.height
      let w = width + padding.left + padding.right - kernel.width
      guard h >= 0, w >= 0 else { return nil }
      return Shape(height: h / stride.height + 1, width: w / stride.width + 1, channels: channels)
    }
  }

  static let runnable = DepthwiseKernel.all.filter {
    $0.instructionSet != .reference && $0.instructionSet.isSupported
  }

  @Test(arguments: runnable) func everyChannelCount(kernel: DepthwiseKernel) {
    for channels in Array(1...70) + [96, 112, 128, 129, 144, 240, 480, 672] {
      for stride in 1...2 {
        check(
          kernel,
          Case(
            height: 5, width: 6, channels: channels, kernel: (3, 3), stride: (stride, stride),
            padding: (1, 1, 1, 1)))
        check(
          kernel,
          Case(
            height: 5, width: 7, channels: channels, kernel: (5, 5), stride: (stride, stride),
            padding: (1, 2, 2, 2)))
      }
    }
  }

  @Test(arguments: runnable) func everyKernelStrideAndPadding(kernel: DepthwiseKernel) {
    for height in 1...7 {
      for width in 1...7 {
        for stride in 1...3 {
          for pad in 0...3 where pad < max(height, width) + 1 {
            for size in [1, 2, 3, 8, 17] {
              check(
                kernel,
                Case(
                  height: size, width: 18 - size, channels: 1 + (height * 31 + width * 7 + size) % 70,
                  kernel: (height, width), stride: (stride, 1 + stride % 3),
                  padding: (pad, pad / 2, pad, (pad + 1) / 2)))
            }
          }
        }
      }
    }
  }

  @Test(arguments: runnable) func everySize(kernel: DepthwiseKernel) {
    for height in 1...17 {
      for width in 1...17 {
        check(
          kernel,
          Case(
            height: height, width: width, channels: 37, kernel: (3, 3), stride: (1, 1), padding: (1, 1, 1, 1))
        )
        check(
          kernel,
          Case(
            height: height, width: width, channels: 70, kernel: (3, 3), stride: (2, 2), padding: (0, 0, 1, 1))
        )
      }
    }
  }

  private func check(_ kernel: DepthwiseKernel, _ test: Case) {
    guard let output = test.output else { return }
    for isExtreme in [false, true] {
      #expect(isSame(kernel, test, output, isExtreme: isExtreme), "\(test), extreme \(isExtreme)")
    }
  }

  private func isSame(_ kernel: DepthwiseKernel, _ test: Case, _ output: Shape, isExtreme: Bool) -> Bool {
    var randoms = Randoms(seed: UInt64(test.height * 7919 + test.width * 104_729 + test.channels))
    let x = randoms.codes(test.height * test.width * test.channels + 64, isExtreme: isExtreme)
    let groups = (test.kernel.height + 3) / 4
    let taps = test.kernel.width * groups
    var w = [Int8](repeating: 0, count: panels(test.channels) * taps * 64)
    var sums = [Int32](repeating: 0, count: panels(test.channels) * 16)
    for channel in 0..<test.channels {
      for kx in 0..<test.kernel.width {
        for ky in 0..<test.kernel.height {
          let value = randoms.weights(1, isExtreme: isExtreme)[0]
          w[((channel / 16 * test.kernel.width + kx) * groups + ky / 4) * 64 + channel % 16 * 4 + ky % 4] =
            value
          sums[channel] += Int32(value)
        }
      }
    }
    let requantisation = RequantisationCase(
      sums: sums, depth: test.kernel.height * test.kernel.width, isExtreme: isExtreme, randoms: &randoms)
    let zeroPoint = isExtreme ? Int32(127) : Int32.random(in: -128...127, using: &randoms)
    let window = Window(
      input: Shape(height: test.height, width: test.width, channels: test.channels), output: output,
      channels: test.channels, kernel: test.kernel, stride: test.stride, padTop: test.padding.top,
      padLeft: test.padding.left)

    func run(_ kernel: DepthwiseKernel, rowsAtOnce: Int, split: Int, isRing: Bool = false) -> [Int8] {
      var y = [Int8](repeating: 77, count: output.count + 64)
      requantisation.with { requantisation in
        unsafe w.withUnsafeBufferPointer { w in
          let convolution = unsafe DepthwiseConvolution(
            window: window, channelMultiplier: 1, w: w.baseAddress!, zeroPoint: zeroPoint,
            requantisation: requantisation)
          let scratch = UnsafeMutableRawPointer.allocate(byteCount: convolution.scratchBytes, alignment: 64)
          defer { unsafe scratch.deallocate() }
          for row in stride(from: 0, to: output.height, by: rowsAtOnce) {
            let rows = row..<min(row + rowsAtOnce, output.height)
            var source = isRing ? ring(of: x, test, under: rows) : Ring(codes: x, rows: test.height)
            var target =
              isRing ? Ring(emptyRows: rows.count, of: output) : Ring(codes: y, rows: output.height)
            unsafe source.codes.withUnsafeMutableBufferPointer { x in
              unsafe target.codes.withUnsafeMutableBufferPointer { y in
                let bound = unsafe convolution.bound(
                  x: UnsafePointer(x.baseAddress!), ring: source.rows, y: y.baseAddress!, ring: target.rows)
                for channels in [0..<split, split..<test.channels] where !channels.isEmpty {
                  unsafe kernel(bound, rows: rows, channels: channels, scratch: scratch)
                }
              }
            }
            if isRing { target.copy(rows, of: output, into: &y) } else { y = target.codes }
          }
        }
      }
      return y
    }
    let expected = run(DepthwiseKernel.all[0], rowsAtOnce: output.height, split: test.channels)
    let half = test.channels > 16 ? test.channels / 32 * 16 + 16 : test.channels
    return run(kernel, rowsAtOnce: output.height, split: min(half, test.channels)) == expected
      && run(kernel, rowsAtOnce: 2, split: test.channels) == expected
      && run(kernel, rowsAtOnce: 3, split: test.channels, isRing: true) == expected
  }

  /// Rows of a picture, row r at row r modulo `rows`.
  private struct Ring {
    var codes: [Int8]
    let rows: Int

    init(codes: [Int8], rows: Int) {
      self.codes = codes
      self.rows = rows
    }

    init(emptyRows rows: Int, of shape: Shape) {
      codes = [Int8](repeating: 55, count: rows * shape.width * shape.channels + 64)
      self.rows = rows
    }

    func copy(_ range: Range<Int>, of shape: Shape, into picture: inout [Int8]) {
      let bytes = shape.width * shape.channels
      for row in range {
        picture.replaceSubrange(
          row * bytes..<(row + 1) * bytes, with: codes[row % rows * bytes..<(row % rows + 1) * bytes])
      }
    }
  }

  /// Only the rows under output `rows`, everything else of the ring being rubbish.
  private func ring(of picture: [Int8], _ test: Case, under rows: Range<Int>) -> Ring {
    let bytes = test.width * test.channels
    let height = min(test.height, (rows.count - 1) * test.stride.height + test.kernel.height)
    var codes = [Int8](repeating: -77, count: height * bytes + 64)
    let top = rows.lowerBound * test.stride.height - test.padding.top
    let bottom = (rows.upperBound - 1) * test.stride.height - test.padding.top + test.kernel.height
    for row in max(0, top)..<max(0, top, min(test.height, bottom)) where row < test.height {
      codes.replaceSubrange(
        row % height * bytes..<(row % height + 1) * bytes, with: picture[row * bytes..<(row + 1) * bytes])
    }
    return Ring(codes: codes, rows: height)
  }
}
