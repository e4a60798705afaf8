// One attempt at a download: requests the bytes missing in the .part file and appends them.

import CognitronKernels
import Cognitron
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// `@unchecked Sendable`: after `run` has started the task, only the session's serial delegate queue accesses
/// the state, until it signals the semaphore.
final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    enum Outcome {
        case complete
        /// A further attempt may succeed.
        case cutOff(CognitronError)
        /// No connection.
        case unreachable(CognitronError)
        /// A further attempt would fail in the same way.
        case failed(CognitronError)
    }

    private let file: RemoteFile
    private let part: String
    private let timeout: Double
    private let progress: ((DownloadProgress) -> Void)?
    private let handle: FileHandle
    private var received: Int
    private var outcome: Outcome?
    private let isDone = DispatchSemaphore(value: 0)

    /// - Throws: `CognitronError.download` where the .part file cannot be written or is locked by another
    ///   program.
    init(
        _ file: RemoteFile, into part: String, timeout: Double, _ progress: ((DownloadProgress) -> Void)?
    ) throws {
        (self.file, self.part, self.timeout, self.progress) = (file, part, timeout, progress)
        if !FileManager.default.fileExists(atPath: part) {
            _ = FileManager.default.createFile(atPath: part, contents: nil)
        }
        guard let handle = FileHandle(forUpdatingAtPath: part) else {
            throw CognitronError(
                .download, part, "the file cannot be written", advice: "check the folder's permissions")
        }
        guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CognitronError(
                .download, part, "another program is downloading this file",
                advice: "wait until it has finished")
        }
        self.handle = handle
        received = 0
        super.init()
        do {
            received = Int(try handle.seekToEnd())
        } catch {
            throw diskError(error)
        }
    }

    /// Runs the attempt. Removes the .part file if no byte arrived.
    func run() -> Outcome {
        let outcome = attempt()
        if case .complete = outcome {
        } else if received == 0 {
            // Before closing, which releases the lock: another program's file must not be removed.
            try? FileManager.default.removeItem(atPath: part)
        }
        try? handle.close()
        return outcome
    }

    private func attempt() -> Outcome {
        do {
            if received > file.byteCount { try startAnew() }
            if received == file.byteCount { return .complete }
            let request = Self.request(
                try Self.checkAddress(file), from: received, timeout: timeout)
            let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
            defer { session.finishTasksAndInvalidate() }
            session.dataTask(with: request).resume()
            isDone.wait()
            return outcome ?? .complete
        } catch {
            return .failed(diskError(error))
        }
    }

    /// - Throws: `CognitronError.download` where the address is not a file's, or gives no valid name.
    @discardableResult
    static func checkAddress(_ file: RemoteFile) throws -> URL {
        guard let url = URL(string: file.address), url.scheme == "http" || url.scheme == "https",
            !["", ".", ".."].contains(file.name)
        else {
            throw CognitronError(
                .download, file.address.isEmpty ? "download" : file.address,
                "this is not the address of a file", expected: "http://… or https://…")
        }
        return url
    }

    static func request(_ url: URL, from offset: Int, timeout: Double, method: String = "GET") -> URLRequest {
        var request = URLRequest(
            url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: timeout)
        request.httpMethod = method
        // Size and hash are those of the file itself, not of a compressed transfer.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        if offset > 0 { request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range") }
        return request
    }

    /// Whether the request succeeds with a 2xx status.
    static func answers(_ request: URLRequest) -> Bool {
        let isDone = DispatchSemaphore(value: 0)
        let status = Locked(0)
        let session = URLSession(configuration: .ephemeral)
        defer { session.finishTasksAndInvalidate() }
        session.dataTask(with: request) { _, response, _ in
            status.withLock { $0 = (response as? HTTPURLResponse)?.statusCode ?? 0 }
            isDone.signal()
        }.resume()
        isDone.wait()
        return (200..<300).contains(status.withLock { $0 })
    }

    private func startAnew() throws {
        try handle.truncate(atOffset: 0)
        received = 0
    }
}

// The session's callbacks. The first outcome is kept.
extension Transfer {
    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        do {
            try accept(response)
        } catch {
            outcome = .failed(diskError(error))
        }
        completionHandler(outcome == nil ? .allow : .cancel)
    }

    private func accept(_ response: URLResponse) throws {
        guard let http = response as? HTTPURLResponse else { return }
        switch http.statusCode {
        case 206:
            let range = http.value(forHTTPHeaderField: "Content-Range") ?? "nothing"
            if !range.hasPrefix("bytes \(received)-") {
                outcome = .cutOff(error("the server sent another part", "bytes \(received)-", range))
                try startAnew()
            }
        case 200:
            // Ranges are not supported: the whole file follows.
            try startAnew()
        case 416:
            outcome = .cutOff(error("the server has no such range", "a file of \(file.byteCount) bytes", nil))
            try startAnew()
        case 408, 429, 500...:
            outcome = .cutOff(error("the server cannot answer now", "status 200", "\(http.statusCode)"))
        default:
            let isMissing = http.statusCode == 404
            outcome = .failed(
                error(
                    isMissing ? "the server does not have the file" : "the server refuses the file",
                    "status 200", "\(http.statusCode)", byOtherMeans))
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        guard outcome == nil else { return }
        do {
            guard received + data.count <= file.byteCount else {
                outcome = .failed(
                    error("the server sends more than the file", "\(file.byteCount) bytes", "more"))
                try startAnew()
                return dataTask.cancel()
            }
            try handle.write(contentsOf: data)
            received += data.count
            progress?(DownloadProgress(file: file.name, received: received, total: file.byteCount))
        } catch {
            outcome = .failed(diskError(error))
            dataTask.cancel()
        }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError failure: (any Error)?) {
        if outcome == nil {
            outcome = received == file.byteCount ? .complete : interruption(failure)
        }
        isDone.signal()
    }
}

extension Transfer {
    private func interruption(_ failure: (any Error)?) -> Outcome {
        let reason = failure.map { " (\($0.localizedDescription))" } ?? ""
        switch (failure as? URLError)?.code {
        case .cannotConnectToHost, .cannotFindHost, .dnsLookupFailed, .notConnectedToInternet:
            return .unreachable(
                error(
                    "the server cannot be reached\(reason)", nil, nil,
                    "check the network, or \(byOtherMeans)"))
        default:
            return .cutOff(
                error(
                    "the download was cut off\(reason)", "\(file.byteCount) bytes", "\(received)",
                    "run this again: it goes on where it stopped"))
        }
    }

    private var byOtherMeans: String {
        let folder = (part as NSString).deletingLastPathComponent
        return "get \(file.name) by other means and put it into \(folder)"
    }

    private func error(
        _ problem: String, _ expected: String?, _ received: String?, _ advice: String? = nil
    ) -> CognitronError {
        CognitronError(.download, file.address, problem, expected: expected, got: received, advice: advice)
    }

    private func diskError(_ error: any Error) -> CognitronError {
        if let error = error as? CognitronError { return error }
        return CognitronError(
            .download, part, "the disk does not take the bytes (\(error.localizedDescription))",
            advice: "make room, or name another folder")
    }
}
