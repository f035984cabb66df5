import CLinux
import LinnetImage
import LinnetSafetensors
import LinnetStore
import Testing

/// The repository's folder.
let repository = Folder.parent(of: Folder.parent(of: Folder.parent(of: #filePath)))

/// The program under test lies beside the tests.
let program = Folder.parent(of: CommandLine.arguments[0]) + "/linnet"

let model = repository + "/models/efficientnet-lite0.linnet"

/// What a run of the program left behind.
struct Outcome {
  /// The exit status, −1 when a signal ended the program.
  var status: Int32
  var output: String
  var errors: String

  /// Its standard output, a JSON text a line.
  func json() throws -> [JSONValue] {
    try output.split(separator: "\n").map { try JSONValue.parse(String($0)) }
  }
}

/// A folder with a store for one test, removed with it.
final class Workplace {
  let folder: String
  private var runs = 0

  init() {
    var template = Array("/tmp/linnet-command-XXXXXX".utf8CString)
    let made = unsafe mkdtemp(&template)
    folder = unsafe String(cString: made!)
  }

  deinit { Workplace.remove(folder) }

  var store: Store { Store(at: folder + "/store") }

  static func remove(_ path: String) {
    for entry in (try? Folder.entries(path)) ?? [] {
      if entry.isFolder { remove(path + "/" + entry.name) }
      unsafe unlink(path + "/" + entry.name)
    }
    unsafe rmdir(path)
  }

  /// Starts the program with this store and model.
  /// - Parameter output: where its standard output goes; a file of ours by default.
  func start(
    _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
    output: String? = nil
  ) throws -> pid_t {
    var variables = [
      "LINNET_STORE": folder + "/store", "LINNET_MODEL": model, "PATH": "/usr/bin:/bin", "HOME": folder,
      "COLUMNS": "80",
    ]
    for name in ["LD_LIBRARY_PATH", "LINNET_ISA", "ASAN_OPTIONS", "UBSAN_OPTIONS"] {
      if let value = unsafe getenv(name) { variables[name] = unsafe String(cString: value) }
    }
    // A process that ends with `exit` in the midst of parsing leaves what the parser held; that is no leak of ours.
    variables["ASAN_OPTIONS", default: ""] += ":detect_leaks=0"
    variables.merge(environment) { $1 }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    let write = O_WRONLY | O_CREAT | O_TRUNC
    unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, output ?? folder + "/output", write, 0o644)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, folder + "/errors", write, 0o644)
    var argv = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    var envp = unsafe variables.map { unsafe strdup($0.key + "=" + $0.value) } + [nil]
    defer {
      for place in unsafe argv.indices { unsafe free(argv[place]) }
      for place in unsafe envp.indices { unsafe free(envp[place]) }
    }
    var child = pid_t()
    let status = unsafe posix_spawn(&child, program, &actions, nil, &argv, &envp)
    try #require(status == 0, "the program could not be started")
    return child
  }

  func finish(_ child: pid_t) -> Int32 {
    var status: Int32 = 0
    unsafe waitpid(child, &status, 0)
    return linnet_exit_status(status)
  }

  /// Runs the program to its end.
  func run(
    _ arguments: String..., environment: [String: String] = [:], input: String = "/dev/null",
    output: String? = nil
  ) throws -> Outcome {
    try run(arguments, environment: environment, input: input, output: output)
  }

  /// Runs the program to its end.
  func run(
    _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
    output: String? = nil
  ) throws -> Outcome {
    let status = finish(try start(arguments, environment: environment, input: input, output: output))
    func text(_ name: String) -> String {
      String(decoding: (try? File.read(folder + "/" + name)) ?? [], as: UTF8.self)
    }
    return Outcome(status: status, output: output == nil ? text("output") : "", errors: text("errors"))
  }

  /// Writes a file in the folder, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = folder + "/" + name
    try Folder.make(Folder.parent(of: path))
    try writeAtomically(bytes, to: path)
    return path
  }

  /// Writes striped pictures of a kind, and returns their folder.
  func pictures(_ kind: Int, _ count: Int) throws -> String {
    for number in 0..<count { try write(jpeg(kind, number), "pictures/kind-\(kind)/\(number).jpg") }
    return folder + "/pictures/kind-\(kind)"
  }
}

/// A picture of stripes of a colour and width of its own for each kind, moved a little for each number.
func jpeg(_ kind: Int, _ number: Int) throws -> [UInt8] {
  var pixels: [UInt8] = []
  for y in 0..<96 {
    for x in 0..<96 {
      let place = kind % 2 == 0 ? x + number : y + 2 * number
      let isLight = place / (3 + 4 * kind) % 2 == 0
      for channel in 0..<3 {
        let light = channel == kind % 3 ? 230 : 60 + 30 * kind % 120
        pixels.append(UInt8(isLight ? light : 20 + number))
      }
    }
  }
  return try Picture(width: 96, height: 96, pixels: pixels).encodeJPEG(quality: 90)
}

/// The keys of a JSON object in their order.
func keys(_ value: JSONValue) -> [String] { value.object?.map(\.key) ?? [] }
