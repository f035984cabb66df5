import LinnetKernels
import Testing

/// Every matrix kernel gives the bytes of the reference, and writes nothing beside them.
@Suite struct GemmKernelTests {
  struct Extents: CustomTestStringConvertible {
    let m: [Int]
    let n: [Int]
    let k: [Int]
    var testDescription: String { "m \(m), n \(n), k \(k)" }
  }

  /// Small ones exhaustively, and the shapes of the default backbone.
  static let grid: [Extents] = [
    Extents(m: [1, 2, 3, 5, 6, 7, 11, 12, 13, 17, 25], n: Array(1...70), k: [1, 3, 4, 5, 8]),
    Extents(m: [1, 13], n: [1, 15, 16, 17, 31, 33, 48, 64, 65, 80, 96], k: Array(1...70)),
    Extents(
      m: [1, 13, 49, 60], n: [16, 24, 40, 80, 112, 144, 192, 240, 320], k: [9, 16, 27, 32, 96, 144, 240, 672]),
    Extents(m: [49], n: [1152, 1280], k: [192, 320, 1152]),
    Extents(m: [1], n: [1000, 1001], k: [1280]),
    Extents(m: [700], n: [33], k: [40]),
  ]

  @Test(arguments: GemmKernel.all.filter { $0.instructionSet != .reference && $0.instructionSet.isSupported })
  func equalsReference(kernel: GemmKernel) {
    for extents in GemmKernelTests.grid {
      for m in extents.m {
        for n in extents.n {
          for k in extents.k where m * n * k < 40_000_000 {
            let isSame = [false, true].allSatisfy { compare(kernel, m: m, n: n, k: k, isExtreme: $0) }
            #expect(isSame, "m \(m), n \(n), k \(k)")
          }
        }
      }
    }
  }

  /// Rows lie further apart than they are long; between and behind them, markers must survive. Every third shape
  /// reads its rows as segments that lie apart, every third reads some groups of them again.
  private func compare(_ kernel: GemmKernel, m: Int, n: Int, k: Int, isExtreme: Bool) -> Bool {
    var randoms = Randoms(seed: UInt64(m * 1_000_003 + n * 1009 + k) &* (isExtreme ? 3 : 7))
    let kGroups = (k + 3) / 4
    let segments = (m + n + k) % 3 == 0 ? (kGroups % 3 == 0 ? 3 : kGroups % 2 == 0 ? 2 : 1) : 1
    let repeats = (m + n + k) % 3 == 1 ? min((m + n) % 4, kGroups - 1) : 0
    let segmentGroups = (kGroups - repeats) / segments
    let aStride = (segments == 1 ? k : 4 * segmentGroups) + (m % 3) * 5
    let cStride = n + (m % 2) * 3
    let segmentBytes = m * aStride + 64
    let a = randoms.codes(segmentBytes * segments, isExtreme: isExtreme)
    let (w, sums) = weights(n: n, k: k, isExtreme: isExtreme, randoms: &randoms)
    let requantisation = RequantisationCase(sums: sums, depth: k, isExtreme: isExtreme, randoms: &randoms)
    func run(_ kernel: GemmKernel) -> [Int8] {
      var c = [Int8](repeating: 77, count: m * cStride + 64)
      requantisation.with { requantisation in
        unsafe a.withUnsafeBufferPointer { a in
          unsafe w.withUnsafeBufferPointer { w in
            unsafe c.withUnsafeMutableBufferPointer { c in
              let product = unsafe MatrixProduct(
                n: n, segments: segments, segmentGroups: segmentGroups, repeats: repeats, aStride: aStride,
                w: w.baseAddress!, cStride: cStride, requantisation: requantisation,
                tiling: tiling(kernel, n: n))
              let starts: [UnsafePointer<Int8>?] = unsafe (0..<segments).map {
                unsafe a.baseAddress! + $0 * segmentBytes
              }
              let again: [UnsafePointer<Int8>?] = unsafe (0..<repeats).map {
                unsafe a.baseAddress! + ($0 * 7 + n) % segmentGroups * 4
              }
              unsafe product(rows: m, groups: product.allGroups, segments: starts + again, c: c.baseAddress!)
            }
          }
        }
      }
      return c
    }
    return run(kernel) == run(GemmKernel.all[0])
  }

  /// As many groups of this kernel as there are panels for, the rest by the reference.
  private func tiling(_ kernel: GemmKernel, n: Int) -> GemmTiling {
    let groups = panels(n) / kernel.panels
    let left = panels(n) - groups * kernel.panels
    let rest = GemmTiling.Span(GemmKernel.all[0], count: left)
    guard groups > 0 else { return GemmTiling(main: rest, rest: nil, blockRows: 48) }
    return GemmTiling(
      main: GemmTiling.Span(kernel, count: groups), rest: left > 0 ? rest : nil, blockRows: 48)
  }

  private func weights(n: Int, k: Int, isExtreme: Bool, randoms: inout Randoms) -> ([Int8], sums: [Int32]) {
    let kGroups = (k + 3) / 4
    var packed = [Int8](repeating: 0, count: panels(n) * kGroups * 64)
    var sums = [Int32](repeating: 0, count: panels(n) * 16)
    let values = randoms.weights(n * k, isExtreme: isExtreme)
    for channel in 0..<n {
      for depth in 0..<k {
        let value = values[channel * k + depth]
        packed[((channel / 16) * kGroups + depth / 4) * 64 + (channel % 16) * 4 + depth % 4] = value
        sums[channel] += Int32(value)
      }
    }
    return (packed, sums)
  }
}
