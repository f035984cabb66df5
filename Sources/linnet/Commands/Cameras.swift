internal import ArgumentParser
internal import LinnetCapture
internal import LinnetSafetensors

struct Cameras: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cameras",
    abstract: "List the cameras of this machine and what they can do.",
    discussion: """
      Behind each size stands its highest rate, in frames a second. A camera is chosen by its node (/dev/video0), its number (0), a lasting name under /dev/v4l/by-id, or a part of \
      its name. Ends with exit status 2 when there is none.

      JSON: cameras (path, links, name, driver, bus, serial, formats: code, description, use (native, converted or \
      none), sizes: width, height (least and greatest where they differ), rates; controls: name, kind, minimum, \
      maximum, usual, value, entries; users: process, program; problem).

      EXAMPLES
        linnet cameras
        linnet cameras --controls        with what can be set, and how it is
        linnet cameras --json | jq '.cameras[].path'
      """)

  @Flag(name: .customLong("controls"), help: "Also list what can be set.")
  var showsControls = false

  @OptionGroup var json: JSONOption

  func run() throws {
    let cameras = CameraDescription.all()
    let output = Output()
    if json.isOn {
      output.line(CameraReport.json(cameras))
    } else {
      for line in CameraReport.lines(cameras, controls: showsControls, output) { output.line(line) }
    }
    guard cameras.isEmpty else { return }
    throw Failure(.unknown, json.isOn ? nil : "no camera found: plug one in, and see that its cable is firm")
  }
}
