import Foundation
import Testing

@testable import CognitronKernels

@Suite("Standard streams", .serialized)
struct StandardStreamTests {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        (readEnd, writeEnd) = (ends[0], ends[1])
        // Else a test that runs beside this one may start a program that keeps the pipe open.
        for end in ends { try #require(fcntl(end, F_SETFD, FD_CLOEXEC) == 0) }
    }

    private func hasPendingPipeSignal() -> Bool {
        var pending = sigset_t()
        sigpending(&pending)
        return sigismember(&pending, SIGPIPE) == 1
    }

    private func isPipeSignalBlocked() -> Bool {
        var mask = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &mask)
        return sigismember(&mask, SIGPIPE) == 1
    }

    @Test("A closed pipe fails the write and leaves the process and its signals alone")
    func closedPipe() {
        let handler = signal(SIGPIPE, SIG_DFL)
        defer {
            signal(SIGPIPE, handler)
            close(writeEnd)
        }
        close(readEnd)
        let wasBlocked = isPipeSignalBlocked()
        for _ in 0..<3 {
            let failure = #expect(throws: StandardStream.WriteFailure.self) {
                try StandardStream(descriptor: writeEnd).write("hello\n")
            }
            #expect(failure?.isReaderGone == true)
            #expect(!hasPendingPipeSignal() && isPipeSignalBlocked() == wasBlocked)
        }
    }

    @Test("A SIGPIPE that was pending before stays pending")
    func pendingBefore() {
        var (pipe, before) = (sigset_t(), sigset_t())
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        pthread_kill(pthread_self(), SIGPIPE)
        close(readEnd)
        #expect(throws: StandardStream.WriteFailure.self) {
            try StandardStream(descriptor: writeEnd).write("hello\n")
        }
        #expect(hasPendingPipeSignal())
        var number: Int32 = 0
        sigwait(&pipe, &number)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        close(writeEnd)
    }

    @Test(
        "A text larger than a pipe arrives whole, also through a non-blocking pipe", arguments: [false, true])
    func largeText(_ isNonBlocking: Bool) throws {
        if isNonBlocking { #expect(fcntl(writeEnd, F_SETFL, O_NONBLOCK) == 0) }
        let received = Locked(Data())
        let isDone = DispatchSemaphore(value: 0)
        let reader = FileHandle(fileDescriptor: readEnd, closeOnDealloc: true)
        Thread.detachNewThread {
            let data = reader.readDataToEndOfFile()
            received.withLock { $0 = data }
            isDone.signal()
        }
        let text = String(repeating: "Epoch 1/2  ✓\n", count: 50_000)
        try StandardStream(descriptor: writeEnd).write(text)
        close(writeEnd)
        isDone.wait()
        #expect(received.withLock { $0 } == Data(text.utf8))
    }

    @Test(
        "A full disk fails the write and is named",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() {
        close(readEnd)
        close(writeEnd)
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let failure = #expect(throws: StandardStream.WriteFailure.self) {
            try StandardStream(descriptor: descriptor).write("hello\n")
        }
        #expect(failure?.isReaderGone == false && failure?.reason == "No space left on device")
    }
}
