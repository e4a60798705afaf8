import Cognitron
import Foundation

/// Downloads files so that only whole and checked ones appear under their name.
///
/// The bytes go to `NAME.part`; a download that was cut off goes on where it stopped, in this run (a few
/// times) or in the next. Size and SHA-256 are checked before the file gets its name.
///
///     let path = try Downloader().fetch(file, into: "data") { print($0.received, "of", $0.total) }
public struct Downloader: Sendable {
    /// Seconds to wait before each further attempt after a cut-off; their number is the number of further
    /// attempts.
    public var retryDelays: [Double]

    /// Seconds without a single byte after which an attempt counts as cut off.
    public var timeout: Double

    public init(retryDelays: [Double] = [1, 2, 5, 10], timeout: Double = 30) {
        (self.retryDelays, self.timeout) = (retryDelays, timeout)
    }

    /// Downloads `file` into `folder`, which is made where it is missing, and returns the path. A file that
    /// is there already is taken as it is. Where nothing comes, nothing is left behind.
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
            for folder in made { rmdir(folder) }  // removes empty ones only
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

    /// Whether the server answers for `file`, without downloading it.
    public func canReach(_ file: RemoteFile) -> Bool {
        guard let url = try? Transfer.checkAddress(file) else { return false }
        return Transfer.answers(Transfer.request(url, from: 0, timeout: timeout, method: "HEAD"))
    }

    /// Makes `folder` and those above it that are missing; returns the made ones, the deepest first.
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

    /// A wrong file is removed, so that the next attempt starts clean.
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
