import CLinux
import Testing

@testable import LinnetCapture

@Suite struct CaptureErrorTests {
  @Test(arguments: [
    (ENODEV, CaptureError.gone(path: "/dev/video9")),
    (EIO, .requestFailed(path: "/dev/video9", request: "R", code: EIO)),
    (EBUSY, .busy(path: "/dev/video9", users: [])), (EACCES, .permission(path: "/dev/video9", group: nil)),
    (ENOMEM, .noBuffers(path: "/dev/video9")),
  ])
  func errorNumbersHaveNames(code: Int32, error: CaptureError) {
    #expect(CaptureError.request("R", code, path: "/dev/video9") == error)
  }

  @Test func sentencesSayWhatToDo() {
    let path = "/dev/video0"
    let sentences: [(CaptureError, String)] = [
      (.permission(path: path, group: "video"), "usermod -aG video $USER"),
      (
        .busy(path: path, users: ["motion (process 12)"]),
        "in use by motion (process 12): end the other program"
      ),
      (.requestFailed(path: path, request: "VIDIOC_STREAMON", code: ENOSPC), "no bandwidth left"),
      (
        .requestFailed(path: path, request: "VIDIOC_STREAMON", code: EINVAL),
        "VIDIOC_STREAMON failed: Invalid argument"
      ),
      (.stalled(path: path, seconds: 2), "for 2 seconds:"),
      (.stalled(path: path, seconds: 0.5), "for 0.5 seconds:"),
      (.notACamera(path: path, .metadata), "`linnet cameras` lists"),
      (.noUsableFormat(path: path, offered: ["H264"]), "(H264)"),
    ]
    for (error, part) in sentences {
      #expect(error.description.contains(part), "\(error)")
      #expect(!error.description.contains("\n"))
    }
  }
}
