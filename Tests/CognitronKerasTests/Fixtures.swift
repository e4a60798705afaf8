import Cognitron
import CognitronData
import Foundation
import Testing

/// The files of Fixtures, which Scripts/make-keras-fixtures.py makes with Keras and h5py.
enum Fixtures {
    static var folder: URL { Bundle.module.bundleURL.appendingPathComponent("Fixtures") }

    static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(name))
    }

    /// A file of `hdf5.zip`.
    static func hdf5(_ name: String) throws -> Data {
        let files = try Archive.entries(ofZipAt: path("hdf5.zip")) { $0 == name }
        return Data(try #require(files.first?.bytes))
    }

    /// What Keras computes, by model: `shared/input_0`, `shared/output_2`.
    static let predictions = Result { try Safetensors(contentsOf: path("predictions.safetensors")).tensors }

    static func tensors(_ model: String, _ kind: String) throws -> [Tensor] {
        let all = try predictions.get()
        return (0...).lazy.map { all["\(model)/\(kind)_\($0)"] }.prefix { $0 != nil }.compactMap { $0 }
    }
}

/// What `body` throws, which must be a `CognitronError`.
func error(
    _ sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> some Any
) -> CognitronError? {
    #expect(throws: CognitronError.self, sourceLocation: sourceLocation) { _ = try body() }
}

/// Gives `body` a path in a folder that is removed afterwards.
func withTemporaryPath<R>(_ name: String, _ body: (String) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("keras-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.appendingPathComponent(name).path)
}
