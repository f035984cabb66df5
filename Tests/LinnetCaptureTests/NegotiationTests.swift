import LinnetTensor
import Testing

@testable import LinnetCapture

@Suite struct NegotiationTests {
  private static func candidate(
    _ letters: String, _ width: Int, _ height: Int, _ rate: Double? = 30
  ) -> Negotiation.Candidate {
    .init(code: PixelCode(letters: letters)!, width: width, height: height, framesPerSecond: rate)
  }

  @Test func takesWhatCostsLeast() {
    let request = CameraRequest(width: 640, height: 480)
    func best(_ candidates: [Negotiation.Candidate]) -> String? {
      Negotiation.best(of: candidates, for: request)?.code.description
    }
    let (mjpg, yuyv) = (Self.candidate("MJPG", 640, 480), Self.candidate("YUYV", 640, 480))
    #expect(best([mjpg, yuyv]) == "YUYV")
    #expect(best([yuyv, mjpg]) == "YUYV")
    // Too slow, or of another size.
    #expect(best([mjpg, Self.candidate("YUYV", 640, 480, 5)]) == "MJPG")
    #expect(best([mjpg, Self.candidate("YUYV", 320, 240)]) == "MJPG")
    #expect(best([mjpg, Self.candidate("YUYV", 640, 480, nil)]) == "YUYV")
    // Colour before size, and no conversion where there need be none.
    #expect(best([Self.candidate("GREY", 640, 480), Self.candidate("MJPG", 320, 240)]) == "MJPG")
    #expect(best([Self.candidate("YU12", 640, 480), Self.candidate("MJPG", 320, 240)]) == "MJPG")
    #expect(best([Self.candidate("YU12", 640, 480), Self.candidate("GREY", 640, 480)]) == "YU12")
    #expect(best([Self.candidate("H264", 640, 480)]) == nil)
    #expect(best([]) == nil)
  }

  @Test func saysWhatCameOfIt() {
    var request = CameraRequest(width: 1920, height: 1080, pixels: .jpeg, framesPerSecond: 60)
    let format = FrameFormat(pixels: .yuyv, width: 1280, height: 720)
    var negotiation = Negotiation(
      card: "HD Webcam", path: "/dev/video0", asked: request, code: PixelCode(.yuyv), format: format,
      framesPerSecond: 7.5)
    #expect(
      negotiation.description
        == "HD Webcam (/dev/video0): 1280 × 720 YUYV, 7.5 frames a second "
        + "(asked for 1920 × 1080, MJPG, 60 frames a second)")
    request = CameraRequest(width: 1280, height: 720)
    negotiation.asked = request
    negotiation.framesPerSecond = 30
    #expect(negotiation.description == "HD Webcam (/dev/video0): 1280 × 720 YUYV, 30 frames a second")
    negotiation.code = PixelCode(letters: "YU12")!
    negotiation.format.pixels = .nv12
    negotiation.framesPerSecond = nil
    #expect(negotiation.description == "HD Webcam (/dev/video0): 1280 × 720 YU12 converted to NV12")
  }
}
