import Cognitron
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A command whose output is read through a pipe, and that is killed when the value is released.
///
/// The command waits while nobody reads: no more than the pipe's few kilobytes are held for it.
final class ChildProcess {
    private let process = Process()
    private let (output, errors) = (Pipe(), Pipe())
    private let ended = DispatchSemaphore(value: 0)
    private var message: [UInt8] = []
    private var hasErrors = true
    /// What the command reads, as errors name it.
    private let place: String

    /// Seconds without output after which the command is given up.
    private let patience: Int

    var processIdentifier: Int32 { process.processIdentifier }

    /// - Parameters:
    ///   - place: the file that the command reads.
    ///   - patience: seconds without output after which it is given up.
    /// - Throws: `CognitronError.file` where the command cannot be started.
    init(_ command: String, _ arguments: [String], reading place: String, patience: Int = 30) throws {
        (self.place, self.patience) = (place, patience)
        process.executableURL = URL(fileURLWithPath: command)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        process.terminationHandler = { [ended] _ in ended.signal() }
        do {
            try process.run()
        } catch {
            throw CognitronError(
                .file, command, "cannot be started", got: error.localizedDescription,
                advice: "check that it may be run, and that there is memory for it")
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The next bytes of the output, at most `count`; none at its end.
    ///
    /// - Throws: `CognitronError.file` where the command gives nothing for so many seconds.
    func read(upTo count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = try read(UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Exactly `count` bytes of the output; nil where it ends before.
    func read(exactly count: Int) throws -> [UInt8]? {
        let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let rest = UnsafeMutableBufferPointer(rebasing: buffer[initialized..<count])
                let part = try read(UnsafeMutableRawBufferPointer(rest))
                if part == 0 { break }
                initialized += part
            }
        }
        return bytes.count == count ? bytes : nil
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let descriptor = output.fileHandleForReading.fileDescriptor
        try wait(for: descriptor)
        while true {
            let count = sysRead(descriptor, buffer)
            if count >= 0 { return count }
            guard errno == EINTR else { throw failure("its output cannot be read") }
        }
    }

    /// Waits until the descriptor has bytes or is at its end; gathers what the command says of errors.
    private func wait(for descriptor: Int32) throws {
        let deadline = ContinuousClock.now + .seconds(patience)
        while true {
            let left = max(0, Int((deadline - ContinuousClock.now).components.seconds) + 1)
            guard ContinuousClock.now < deadline else {
                kill(process.processIdentifier, SIGKILL)
                throw failure("gave nothing for \(patience) seconds")
            }
            var states = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(
                    fd: hasErrors ? errors.fileHandleForReading.fileDescriptor : -1, events: Int16(POLLIN),
                    revents: 0),
            ]
            guard poll(&states, 2, Int32(left * 1000)) > 0 else { continue }
            if states[1].revents != 0 { gatherErrors(states[1].fd) }
            if states[0].revents != 0 { return }
        }
    }

    /// Keeps the first kilobytes of what the command says of errors.
    private func gatherErrors(_ descriptor: Int32) {
        let part = [UInt8](unsafeUninitializedCapacity: 1 << 12) { buffer, initialized in
            initialized = max(0, sysRead(descriptor, UnsafeMutableRawBufferPointer(buffer)))
        }
        hasErrors = !part.isEmpty
        if message.count < 1 << 13 { message += part }
    }

    /// Waits for the end of the command, whose output is read.
    ///
    /// - Throws: `CognitronError.file` with its own words where it ended with an error.
    func finish() throws {
        let deadline = DispatchTime.now() + .seconds(patience)
        while hasErrors, DispatchTime.now() < deadline {
            var state = [
                pollfd(fd: errors.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            ]
            if poll(&state, 1, 1000) > 0 { gatherErrors(state[0].fd) }
        }
        guard ended.wait(timeout: deadline) == .success else {
            kill(process.processIdentifier, SIGKILL)
            throw failure("did not end after \(patience) seconds")
        }
        // For a later call.
        ended.signal()
        guard process.terminationStatus == 0 else { throw failure("ended with an error") }
    }

    /// The last line that the command said, or else `problem`, as an error.
    private func failure(_ problem: String) -> CognitronError {
        let lines = String(decoding: message, as: UTF8.self).split(whereSeparator: \.isNewline)
        let name = process.executableURL?.lastPathComponent ?? "the command"
        return CognitronError.noVideo(place, lines.last.map { "\(name): \($0)" } ?? "\(name) \(problem)")
    }
}

private func sysRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
