// Writes to standard output and standard error; a failed write throws and never ends the process.

#if canImport(Glibc)
    @preconcurrency import Glibc  // Swift imports `stdout` as a mutable variable
#elseif canImport(Darwin)
    @preconcurrency import Darwin
#endif

/// A standard stream of the process.
///
/// Writing to a pipe without a reader raises SIGPIPE, which by default ends the process. Here the write fails
/// instead: SIGPIPE is blocked in the calling thread and then discarded. The process's own handling of
/// SIGPIPE does not change.
package struct StandardStream: Sendable {
    package static let output = StandardStream(descriptor: STDOUT_FILENO)
    package static let errors = StandardStream(descriptor: STDERR_FILENO)

    let descriptor: Int32

    /// The reason why a text was not written, or only in part.
    package struct WriteFailure: Error, Equatable {
        let code: Int32

        /// Whether the pipe's reader has closed it.
        package var isReaderGone: Bool { code == EPIPE }
        /// The system's message, such as `No space left on device`.
        package var reason: String { String(cString: strerror(code)) }
    }

    /// Writes all of `text`, unbuffered, after flushing C's `stdout`.
    package func write(_ text: String) throws(WriteFailure) {
        var text = text
        let code = Self.discardingPipeSignal {
            if descriptor == STDOUT_FILENO { fflush(stdout) }
            return text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
        }
        if let code { throw WriteFailure(code: code) }
    }

    /// Returns the error number of a failed write; nil where all bytes were written.
    private func write(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        var rest = bytes
        while !rest.isEmpty {
            let written = systemWrite(descriptor, rest.baseAddress, rest.count)
            if written >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            } else if errno == EAGAIN {
                // Another program sharing the terminal or pipe has made it non-blocking.
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                systemPoll(&poll)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }

    private static func discardingPipeSignal<Result>(_ body: () -> Result) -> Result {
        var (pipe, before, pending) = (sigset_t(), sigset_t(), sigset_t())
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        sigpending(&pending)
        // Already pending, hence blocked, and not raised by `body`.
        if sigismember(&pending, SIGPIPE) == 1 { return body() }
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let result = body()
        // A write raises SIGPIPE in its own thread, so no other thread can receive it.
        sigpending(&pending)
        var number: Int32 = 0
        if sigismember(&pending, SIGPIPE) == 1 { sigwait(&pipe, &number) }
        return result
    }
}

// Wrappers, since the methods above hide these functions' names.
private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, start, count)
}

private func systemPoll(_ descriptor: inout pollfd) { poll(&descriptor, 1, -1) }
