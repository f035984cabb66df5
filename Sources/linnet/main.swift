internal import ArgumentParser
internal import CLinux

linnet_ignore_broken_pipes()
do {
  var command = try Linnet.parseAsRoot(SourceOptions.completed(Array(CommandLine.arguments.dropFirst())))
  try command.run()
} catch let failure as Failure {
  failure.end()
} catch {
  Linnet.exit(withError: error)
}
