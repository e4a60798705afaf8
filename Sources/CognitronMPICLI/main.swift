// `cognitron-mpi`: `cognitron` as one of the processes that mpirun starts.

import Cognitron
import CognitronCLI
import CognitronMPI
import Foundation

/// What the program does on this rank: a measurement, or a command of `cognitron`.
///
/// - Returns: as `CommandLineProgram.main(on:)`.
func run(on communicator: MPICommunicator) -> (status: Int32, message: String)? {
    let words = CommandLine.arguments.dropFirst()
    guard words.first == Measurement.command else { return CommandLineProgram.main(on: communicator) }
    do {
        let measurement = try Measurement(Array(words.dropFirst()), on: communicator)
        if communicator.rank == 0 { print(try measurement.json) }
        return nil
    } catch {
        return (1, "Error: \(error)")
    }
}

/// Gives the ranks that may run on the same cores of one machine a part of them each, unless the user has said
/// how many threads there should be.
func shareCores(_ communicator: MPICommunicator) {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let cores = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") } ?? ""
    let own = Array("\(communicator.host) \(cores)".utf8)
    let sharing = communicator.gather(own).filter { $0 == own }.count
    guard ProcessInfo.processInfo.environment["COGNITRON_THREADS"] == nil, sharing > 1 else { return }
    Threads.count = max(1, Threads.count / sharing)
}

let communicator: MPICommunicator
do {
    communicator = try MPICommunicator()
} catch {
    FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
    exit(1)
}
shareCores(communicator)
// mpirun gives every rank a terminal of its own, also where its output goes into a file.
if communicator.size > 1 { setenv("TERM", "dumb", 1) }
if let (status, message) = run(on: communicator) {
    guard status != 0 else {
        if communicator.rank == 0 { print(message) }
        communicator.finalize()
        exit(0)
    }
    // Where all ranks fail alike, the first one's message is enough: it ends the others.
    if communicator.rank > 0 { Thread.sleep(forTimeInterval: 3) }
    let place =
        communicator.size > 1
        ? "rank \(communicator.rank) of \(communicator.size) on \(communicator.host): " : ""
    FileHandle.standardError.write(Data("\(place)\(message)\n".utf8))
    communicator.abort(status: status)
}
communicator.finalize()
