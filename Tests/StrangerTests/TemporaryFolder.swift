import Foundation

/// A folder that is removed when nobody holds it any more.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "cognitron-stranger-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}
