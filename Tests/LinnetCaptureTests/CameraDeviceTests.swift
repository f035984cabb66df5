import Testing

@testable import LinnetCapture

@Suite struct CameraDeviceTests {
  @Test func whatIsNoCameraIsCalledByItsName() {
    func error(_ path: String) -> CaptureError? {
      do throws(CaptureError) {
        _ = try CameraSource(CameraRequest(device: path))
        return nil
      } catch {
        return error
      }
    }
    #expect(error("/") == .notACamera(path: "/", .folder))
    #expect(error("/etc/passwd") == .notACamera(path: "/etc/passwd", .file))
    #expect(error("/dev/null") == .notACamera(path: "/dev/null", .otherDevice))
    #expect(error("/nowhere/camera") == .noSuchSource(path: "/nowhere/camera"))
    #expect(error("/etc/passwd/camera") == .noSuchSource(path: "/etc/passwd/camera"))
    #expect(error("4711") == .noSuchSource(path: "/dev/video4711"))
    #expect(error("no such name") == .noSuchSource(path: "no such name"))
  }

  @Test func aCameraIsKnownByItsNameAndPlace() {
    let camera = CameraIdentity(driver: "uvcvideo", card: "Webcam", bus: "usb-1", serial: "A1", index: "0")
    func changed(_ change: (inout CameraIdentity) -> Void) -> CameraIdentity {
      var other = camera
      change(&other)
      return other
    }
    #expect(changed { $0.bus = "usb-2" }.isSame(as: camera))
    #expect(changed { $0.serial = "B2" }.isSame(as: camera))
    let twin = changed { ($0.bus, $0.serial) = ("usb-2", "B2") }
    #expect(!twin.isSame(as: camera) && !twin.isSameKind(as: camera))
    let nameless = changed { ($0.bus, $0.serial) = ("usb-2", nil) }
    #expect(!nameless.isSame(as: camera) && nameless.isSameKind(as: camera))
    #expect(!changed { $0.card = "Other" }.isSameKind(as: camera))
    #expect(!changed { $0.index = "1" }.isSame(as: camera))
  }
}
