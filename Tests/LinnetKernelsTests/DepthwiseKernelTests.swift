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

    func run(_ kernel: DepthwiseKernel, rowsAtOnce: Int, split: Int) -> [Int8] {
      var y = [Int8](repeating: 77, count: output.count + 64)
      requantisation.with { requantisation in
        unsafe x.withUnsafeBufferPointer { x in
          unsafe w.withUnsafeBufferPointer { w in
            unsafe y.withUnsafeMutableBufferPointer { y in
              let convolution = unsafe DepthwiseConvolution(
                window: window, channelMultiplier: 1, x: x.baseAddress!, w: w.baseAddress!, y: y.baseAddress!,
                zeroPoint: zeroPoint, requantisation: requantisation)
              let scratch = UnsafeMutableRawPointer.allocate(
                byteCount: convolution.scratchBytes, alignment: 64)
              defer { unsafe scratch.deallocate() }
              var row = 0
              while row < output.height {
                let end = min(row + rowsAtOnce, output.height)
                unsafe kernel(convolution, rows: row..<end, channels: 0..<split, scratch: scratch)
                if split < test.channels {
                  unsafe kernel(
                    convolution, rows: row..<end, channels: split..<test.channels, scratch: scratch)
                }
                row = end
              }
            }
          }
        }
      }
      return y
    }
    let expected = run(DepthwiseKernel.all[0], rowsAtOnce: output.height, split: test.channels)
    let half = test.channels > 16 ? test.channels / 32 * 16 + 16 : test.channels
    return run(kernel, rowsAtOnce: output.height, split: min(half, test.channels)) == expected
      && run(kernel, rowsAtOnce: 2, split: test.channels) == expected
  }
}
