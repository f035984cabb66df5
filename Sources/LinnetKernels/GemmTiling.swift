internal import CLinnetKernels

/// How a matrix product is cut into tiles: which kernels do which groups of output channels, and how many rows go
/// through all groups before the next rows do.
@safe public struct GemmTiling: Sendable {
  /// Groups of output channels side by side that one kernel does.
  public struct Span: Sendable {
    public let kernel: GemmKernel
    public let count: Int

    public init(_ kernel: GemmKernel, count: Int) {
      self.kernel = kernel
      self.count = count
    }
  }

  /// The groups that come first.
  public let main: Span
  /// The groups after them, if any.
  public let rest: Span?
  /// Output channels of the last group.
  private let lastColumns: Int
  nonisolated(unsafe) let c: linnet_gemm_tiling

  /// - Parameters:
  ///   - main: together with `rest` covers exactly the product's panels.
  ///   - blockRows: rows of a block.
  ///   - n: output channels of the product; all that the panels hold where it is not given.
  public init(main: Span, rest: Span?, blockRows: Int, n: Int? = nil) {
    self.main = main
    self.rest = rest
    let last = rest ?? main
    let panels = main.count * main.kernel.panels + (rest.map { $0.count * $0.kernel.panels } ?? 0)
    let free = panels * linnetPanelChannels - (n ?? panels * linnetPanelChannels)
    lastColumns = last.kernel.panels * linnetPanelChannels - free
    let first = unsafe linnet_gemm_span(kernel: main.kernel.row, count: main.count)
    let second = unsafe linnet_gemm_span(kernel: (rest ?? main).kernel.row, count: rest?.count ?? 0)
    unsafe c = linnet_gemm_tiling(spans: (first, second), block_rows: blockRows)
  }

  /// Groups of output channels.
  public var groups: Int { main.count + (rest?.count ?? 0) }

  /// The output channels of `groups`, the last group's panels counted whole.
  public func channels(of groups: Range<Int>) -> Range<Int> {
    firstChannel(ofGroup: groups.lowerBound)..<firstChannel(ofGroup: groups.upperBound)
  }

  private func firstChannel(ofGroup group: Int) -> Int {
    let inMain = min(group, main.count) * main.kernel.panels
    let inRest = max(0, group - main.count) * (rest?.kernel.panels ?? 0)
    return (inMain + inRest) * linnetPanelChannels
  }

  /// The cheapest tiling for m × n × 4·kGroups by ``estimatedCycles(m:kGroups:)``; where groups are handed out to
  /// `parts` threads, for the thread that gets the most of them. Of equals the last, whose tile is the widest.
  public static func best(_ instructionSet: InstructionSet, m: Int, n: Int, kGroups: Int, parts: Int = 1)
    -> GemmTiling
  {
    func cycles(_ tiling: GemmTiling) -> Double {
      let most = (tiling.groups + parts - 1) / parts
      return tiling.estimatedCycles(m: m, kGroups: kGroups) * Double(most) / Double(tiling.groups)
    }
    let all = candidates(instructionSet, n: n, kGroups: kGroups)
    var best = (tiling: all[0], cycles: cycles(all[0]))
    for candidate in all.dropFirst() {
      let cost = cycles(candidate)
      if cost <= best.cycles { best = (candidate, cost) }
    }
    return best.tiling
  }

  /// Every tiling that covers `n` channels with as many groups of one kernel as fit, or up to two fewer, and groups
  /// of one other.
  public static func candidates(_ instructionSet: InstructionSet, n: Int, kGroups: Int) -> [GemmTiling] {
    let panels = (n + linnetPanelChannels - 1) / linnetPanelChannels
    let tiles = GemmKernel.tiles(instructionSet)
    let blockRows = max(48, 24_576 / (4 * kGroups) / 12 * 12)
    var found: [GemmTiling] = []
    for main in tiles where main.panels <= panels {
      let most = panels / main.panels
      for count in stride(from: most, through: max(1, most - 2), by: -1) {
        let left = panels - count * main.panels
        let span = Span(main, count: count)
        if left == 0 { found.append(GemmTiling(main: span, rest: nil, blockRows: blockRows, n: n)) }
        for other in tiles where left > 0 && other.panels != main.panels && left % other.panels == 0 {
          let rest = Span(other, count: left / other.panels)
          found.append(GemmTiling(main: span, rest: rest, blockRows: blockRows, n: n))
        }
      }
    }
    return found
  }

  /// What the cost function expects of m rows. The unit is a cycle of a core with two dot products and two loads a
  /// cycle; only comparisons between tilings of one shape and one instruction set mean anything.
  public func estimatedCycles(m: Int, kGroups: Int) -> Double {
    func cycles(_ kernel: GemmKernel, count: Int, columns: Int) -> Double {
      Double(count) * GemmTiling.groupCycles(kernel, columns: columns, m: m, kGroups: kGroups)
    }
    func whole(_ kernel: GemmKernel) -> Int { kernel.panels * linnetPanelChannels }
    let last = rest ?? main
    let before = rest == nil ? 0 : cycles(main.kernel, count: main.count, columns: whole(main.kernel))
    return before + cycles(last.kernel, count: last.count - 1, columns: whole(last.kernel))
      + cycles(last.kernel, count: 1, columns: lastColumns)
  }

  /// As few tiles as cover the rows, of equal heights.
  private static func groupCycles(_ kernel: GemmKernel, columns: Int, m: Int, kGroups: Int) -> Double {
    let overlaps = kernel.overlapsTiles(kGroups: kGroups)
    let tallest = overlaps ? 12 / kernel.panels : kernel.rows
    let tiles = (m + tallest - 1) / tallest
    return Double(tiles)
      * tileCycles(
        rows: Double(m) / Double(tiles), panels: kernel.effectivePanels(columns: columns),
        kGroups: Double(kGroups),
        overlaps: overlaps)
  }

  /// One tile: a step k costs its dot products or its loads, whichever are more, and at least a dot product's latency;
  /// then come the requantisation of every sum and the stores. Where tiles overlap, the requantisation hides behind
  /// the steps, as far as those leave room. The constants were fitted to measured times of 1…120 steps.
  private static func tileCycles(rows: Double, panels: Double, kGroups: Double, overlaps: Bool) -> Double {
    let steps = kGroups * max(rows * panels * 0.5, (rows + panels) * 0.48, 4)
    let finish = rows * panels * 1.25 + 7
    return overlaps ? max(steps + 8, steps * 0.75 + finish) : steps + finish
  }
}

extension GemmKernel {
  /// Whether the kernel requantises a tile of a product of `kGroups` steps while it sums the next: the AVX-512 VNNI
  /// tiles of three and four panels, cut to twelve sums (gemm_s8/avx512vnni.c).
  fileprivate func overlapsTiles(kGroups: Int) -> Bool {
    instructionSet == .avx512vnni && panels > 2 && kGroups <= 40
  }

  /// The panels that a group of `columns` output channels costs: in the same file, of two panels the second may be
  /// half a panel, two rows of which share their vectors.
  fileprivate func effectivePanels(columns: Int) -> Double {
    instructionSet == .avx512vnni && panels == 2 && columns <= 24 ? 1.5 : Double(panels)
  }
}

/// Output channels of a panel.
let linnetPanelChannels = Int(LINNET_PANEL_CHANNELS)
