import LinnetHead
import LinnetImage
import LinnetInsight
import LinnetPipeline
import LinnetReport
import Testing

@Suite struct ProjectionTests {
  @Test func theAxesAreThoseInWhichCapturesDiffer() throws {
    // On the unit sphere around the first axis: spread .3 along the second, .1 along the third, .01 elsewhere.
    var state: UInt32 = 3
    func noise(_ spread: Float) -> Float {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(Int32(bitPattern: state)) / 2_147_483_648 * spread
    }
    var rows: [[Float]] = []
    for _ in 0..<120 { rows.append([1, noise(0.3), noise(0.1)] + (0..<20).map { _ in noise(0.01) }) }
    let projection = Projection(principalAxesOf: captures(rows))
    let shares = try #require(projection.shares)
    #expect((0.8..<0.95).contains(shares.x) && (0.03..<0.2).contains(shares.y))
    func correlation(_ axis: Int, _ column: Int) -> Float {
      let lengths = rows.map { row in row.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      let a = projection.points.map { axis == 0 ? $0.x : $0.y }
      let b = zip(rows, lengths).map { $0[column] / $1 }
      let mean = b.reduce(0, +) / Float(b.count)
      let (ab, aa, bb) = zip(a, b).reduce((Float(0), Float(0), Float(0))) {
        ($0.0 + $1.0 * ($1.1 - mean), $0.1 + $1.0 * $1.0, $0.2 + ($1.1 - mean) * ($1.1 - mean))
      }
      return abs(ab) / (aa * bb).squareRoot()
    }
    #expect(correlation(0, 1) > 0.98 && correlation(1, 2) > 0.98)
    for axis in 0..<2 {
      let places = projection.points.map { axis == 0 ? $0.x : $0.y }
      #expect(abs(places.reduce(0, +)) < 1e-3)
      #expect(places.max { abs($0) < abs($1) }! > 0)
    }
    #expect(Projection(principalAxesOf: captures(rows)).points == projection.points)
  }

  /// The centred directions lie along (1, 1, −2) and (1, −1, 0), with variances 3/2 and 1.
  @Test func smallNumbersByHand() throws {
    let projection = Projection(principalAxesOf: captures([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 2]]))
    let shares = try #require(projection.shares)
    #expect(abs(shares.x - 0.6) < 1e-5 && abs(shares.y - 0.4) < 1e-5)
    let (a, b, c, d) = (
      projection.points[0], projection.points[1], projection.points[2], projection.points[3]
    )
    #expect(c == d && abs(abs(a.x - c.x) - 1.224745) < 1e-4 && abs(a.x - b.x) < 1e-4)
    #expect(abs(abs(a.y - b.y) - 1.414214) < 1e-4 && abs(c.y) < 1e-4)
  }

  @Test(arguments: [1, 2, 3])
  func littleToSee(count: Int) {
    let projection = Projection(
      principalAxesOf: captures([[Float]](repeating: [0.25, 0.5, 1], count: count)))
    #expect(projection.points.allSatisfy { abs($0.x) < 1e-5 && abs($0.y) < 1e-5 })
    #expect(projection.points.count == count)
    let zeros = Projection(principalAxesOf: captures([[Float]](repeating: [0, 0], count: count)))
    #expect(zeros.shares == SIMD2(0, 0) && zeros.points.allSatisfy { $0 == .zero })
  }

  @Test func pagesNeedNothingBesideThemselves() throws {
    let grey = Picture(width: 50, height: 30, pixels: [UInt8](repeating: 99, count: 4500))
    let bytes = try grey.encodeJPEG(quality: 80)
    let small = try #require(thumbnail(of: .bytes(bytes, name: "grey"), side: 24))
    var captures = captures([[1, 0], [0, 1], [1, 1]])
    captures.names = ["a/<b>.jpg", "x\" onload=\"y", "c\n.jpg"]
    captures.classes = ["<script>alert(1)</script>"]
    let page = Projection(principalAxesOf: captures).page(
      of: captures, thumbnails: [small, nil, small], title: "a & b")
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("a &amp; b"))
    for forbidden in ["<script", "onload=\"", "http:", "https:", "<b>.jpg"] {
      #expect(!page.contains(forbidden), "\(forbidden)")
    }
    #expect(page.split(separator: "data:image/jpeg;base64,").count == 3)
    #expect(page.split(separator: "class=\"dot ").count == 4)
    let places = page.split(separator: "left:").dropFirst().filter { $0.contains("%;top:") }
    #expect(places.count == 3)
    #expect(page.split(separator: "␊").count == 3, "in the style a line break would show")
    #expect(!page.contains("&gt;{") && !page.contains("NaN") && !page.contains("nan%"))
  }
}
