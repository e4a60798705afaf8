import Foundation

/// A folder for a test's files, removed with it.
final class TemporaryFolder {
    private let url = FileManager.default.temporaryDirectory.appending(
        path: "cognitron-plots-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }
}
