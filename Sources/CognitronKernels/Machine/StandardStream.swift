// Standard output and standard error, written so that a failed write is an error and never ends the process.

#if canImport(Glibc)
    @preconcurrency import Glibc  // `stdout` is a variable to Swift
#elseif canImport(Darwin)
    @preconcurrency import Darwin
#endif

/// A standard stream of the process.
///
/// Writing to a pipe that nobody reads raises SIGPIPE, which ends a process that does not ignore it. Here the
/// write only fails: SIGPIPE is blocked in the calling thread and then discarded. How the process handles
/// SIGPIPE elsewhere does not change.
package struct StandardStream: Sendable {
    package static let output = StandardStream(descriptor: STDOUT_FILENO)
    package static let errors = StandardStream(descriptor: STDERR_FILENO)

    let descriptor: Int32

    /// Why a text was not written, or only in part.
    package struct WriteFailure: Error, Equatable {
        let code: Int32

        /// Whether the reader has closed the pipe.
        package var isReaderGone: Bool { code == EPIPE }
        /// `No space left on device`
        package var reason: String { String(cString: strerror(code)) }
    }

    /// Writes all of `text`, without a buffer, after what was printed to C's `stdout` so far.
    package func write(_ text: String) throws(WriteFailure) {
        var text = text
        let code = Self.discardingPipeSignal {
            if descriptor == STDOUT_FILENO { fflush(stdout) }
            return text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
        }
        if let code { throw WriteFailure(code: code) }
    }

    /// The error number of the write that failed; nil where all bytes were written.
    private func write(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        var rest = bytes
        while !rest.isEmpty {
            let written = systemWrite(descriptor, rest.baseAddress, rest.count)
            if written >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            } else if errno == EAGAIN {
                // Another program that shares the terminal or pipe has made it non-blocking.
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
        // Pending already: it is blocked, and not raised by `body`.
        if sigismember(&pending, SIGPIPE) == 1 { return body() }
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let result = body()
        // A write raises SIGPIPE in its own thread, so that no other thread can have taken it.
        sigpending(&pending)
        var number: Int32 = 0
        if sigismember(&pending, SIGPIPE) == 1 { sigwait(&pipe, &number) }
        return result
    }
}

// Under other names, since the methods hide the functions.
private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, start, count)
}

private func systemPoll(_ descriptor: inout pollfd) { poll(&descriptor, 1, -1) }
