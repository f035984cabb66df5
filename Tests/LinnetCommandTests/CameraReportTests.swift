import LinnetSafetensors
import Testing

@testable import LinnetCapture
@testable import linnet

@Suite struct CameraReportTests {
  private static let camera: CameraDescription = {
    func format(_ letters: String, _ use: CameraDescription.Format.Use, _ rates: [Double])
      -> CameraDescription.Format
    {
      let sizes = [
        CameraDescription.Size(width: 640...640, height: 480...480, rates: rates.map { $0...$0 }),
        CameraDescription.Size(width: 32...1920, height: 32...1080, rates: [5...7.5]),
      ]
      return .init(code: PixelCode(letters: letters)!, description: letters, use: use, sizes: sizes)
    }
    let control = CameraDescription.Control(
      name: "Power Line", kind: .menu, range: 0...2, usual: 1, value: 2,
      entries: [0: "off", 1: "50 Hz", 2: "60 Hz"])
    return CameraDescription(
      path: "/dev/video0", links: ["/dev/v4l/by-id/usb-x"], card: "HD\u{1B}[2J Webcam", driver: "uvcvideo",
      bus: "usb-1",
      serial: "A1",
      formats: [
        format("YUYV", .native, [30, 15]), format("UYVY", .native, [30, 15]),
        format("YU12", .converted, [30, 15]),
        format("H264", .none, [30]),
      ], controls: [control], users: [CameraUser(process: 7, program: "motion")], problem: nil)
  }()

  private static var locked: CameraDescription {
    var camera = camera
    camera.path = "/dev/video2"
    camera.problem = .permission(path: "/dev/video2", group: "video")
    return camera
  }

  @Test func aParagraphACamera() {
    let lines = CameraReport.lines([Self.camera, Self.locked], controls: true, Output())
    #expect(
      lines == [
        "/dev/video0  HD\\u{1b}[2J Webcam", "  /dev/v4l/by-id/usb-x", "  driver uvcvideo, at usb-1",
        "  in use by motion (process 7)",
        "  YUYV, UYVY", "    640 × 480 at 30, 32 × 32 to 1920 × 1080 at 7.5",
        "  YU12 (converted)", "    640 × 480 at 30, 32 × 32 to 1920 × 1080 at 7.5",
        "  H264 (cannot be used)",
        "  Power Line  60 Hz  (off, 50 Hz, 60 Hz; usually 50 Hz)",
        "",
        "/dev/video2  HD\\u{1b}[2J Webcam", "  /dev/v4l/by-id/usb-x",
        "  no permission to open /dev/video2: join its group with `sudo usermod -aG video $USER` and log in again",
      ])
  }

  @Test func everythingIsInTheJSON() throws {
    let value = try JSONValue.parse(CameraReport.json([Self.camera, Self.locked]))
    let cameras = try #require(value["cameras"]?.array)
    #expect(cameras.count == 2)
    #expect(
      keys(cameras[0]) == [
        "path", "links", "name", "driver", "bus", "serial", "formats", "controls", "users", "problem",
      ])
    let formats = try #require(cameras[0]["formats"]?.array)
    #expect(formats.map { $0["use"]?.string } == ["native", "native", "converted", "none"])
    let sizes = try #require(formats[0]["sizes"]?.array)
    #expect(keys(sizes[0]) == ["width", "height", "rates"] && sizes[0]["width"]?.integer == 640)
    #expect(sizes[1]["least_width"]?.integer == 32 && sizes[1]["width"]?.integer == 1920)
    #expect(sizes[0]["rates"]?.array?.map(\.double) == [30, 15])
    let control = try #require(cameras[0]["controls"]?.array?.first)
    #expect(control["value"]?.integer == 2 && control["entries"]?.array?[1]["name"]?.string == "50 Hz")
    #expect(cameras[0]["users"]?.array?[0]["process"]?.integer == 7)
    #expect(cameras[0]["problem"] == .null && cameras[1]["problem"]?.string?.contains("usermod") == true)
  }

  @Test(.enabled(if: CameraDescription.all().isEmpty, "a camera is there"))
  func noCameraIsNothingFound() throws {
    let lines = try Workplace().run("cameras")
    #expect(lines.status == 2 && lines.output.isEmpty && lines.errors.contains("no camera found"))
    let json = try Workplace().run("cameras", "--json")
    #expect(json.status == 2 && json.output == "{\"cameras\":[]}\n" && json.errors.isEmpty)
    #expect(try Workplace().run("watch", "--camera", "/dev").status == 66)
  }
}
