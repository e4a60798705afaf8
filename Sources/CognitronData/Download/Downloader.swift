import Cognitron
import Foundation

/// Downloads files; only complete and verified ones get their name.
///
/// Writes to `NAME.part`; an interrupted download is resumed, in this run (a few times) or in the next.
/// Checks size and SHA-256 before renaming the file.
///
///     let path = try Downloader().fetch(file, into: "data") { print($0.received, "of", $0.total) }
public struct Downloader: Sendable {
    /// Seconds to wait before each further attempt after an interruption; one attempt per entry.
    public var retryDelays: [Double]

    /// Seconds without a byte after which an attempt counts as interrupted.
    public var timeout: Double

    public init(retryDelays: [Double] = [1, 2, 5, 10], timeout: Double = 30) {
        (self.retryDelays, self.timeout) = (retryDelays, timeout)
    }

    /// Downloads `file` into `folder`, creating it if necessary, and returns the path. Keeps an existing
    /// file. Leaves nothing behind if no byte arrives.
    ///
    /// - Throws: `CognitronError.download`.
    @discardableResult
    public func fetch(
        _ file: RemoteFile, into folder: String, progress: ((DownloadProgress) -> Void)? = nil
    ) throws -> String {
        try Transfer.checkAddress(file)
        let target = path(folder, file.name)
        if FileManager.default.fileExists(atPath: target) { return target }
        let part = target + ".part"
        let made = try makeFolder(folder)
        do {
            try receive(file, into: part, progress)
            try check(file, part)
        } catch {
            for folder in made { rmdir(folder) }  // removes empty folders only
            throw error
        }
        do {
            try FileManager.default.moveItem(atPath: part, toPath: target)
        } catch {
            throw CognitronError(
                .download, target,
                "the finished file cannot be given its name (\(error.localizedDescription))",
                advice: "check the folder's permissions")
        }
        return target
    }

    /// Whether the server offers `file`, by a HEAD request.
    public func canReach(_ file: RemoteFile) -> Bool {
        guard let url = try? Transfer.checkAddress(file) else { return false }
        return Transfer.answers(Transfer.request(url, from: 0, timeout: timeout, method: "HEAD"))
    }

    /// Creates `folder` and its missing parents; returns those created, deepest first.
    private func makeFolder(_ folder: String) throws -> [String] {
        var missing: [String] = []
        var next = URL(fileURLWithPath: folder)
        while !FileManager.default.fileExists(atPath: next.path) {
            missing.append(next.path)
            next.deleteLastPathComponent()
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            for folder in missing { rmdir(folder) }
            throw CognitronError(
                .download, folder, "the folder cannot be made (\(error.localizedDescription))",
                advice: "name another folder")
        }
        return missing
    }

    private func receive(
        _ file: RemoteFile, into part: String, _ progress: ((DownloadProgress) -> Void)?
    ) throws {
        var attempt = 0
        while true {
            let transfer = try Transfer(file, into: part, timeout: timeout, progress)
            switch transfer.run() {
            case .complete: return
            case .failed(let error): throw error
            case .unreachable(let error) where attempt == 0: throw error
            case .cutOff(let error), .unreachable(let error):
                guard attempt < retryDelays.count else { throw error }
                Thread.sleep(forTimeInterval: retryDelays[attempt])
                attempt += 1
            }
        }
    }

    /// Checks the hash; removes a wrong file, so that the next attempt starts from zero.
    private func check(_ file: RemoteFile, _ part: String) throws {
        let digest = try SHA256.digest(ofFileAt: part)
        guard digest == file.sha256 else {
            try? FileManager.default.removeItem(atPath: part)
            throw CognitronError(
                .download, file.address, "the file that came is not the one that was published",
                expected: "the SHA-256 \(file.sha256)", got: digest,
                advice: "try again; if it stays so, the server's file has changed")
        }
    }
}
