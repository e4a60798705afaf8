import Cognitron
import CognitronKernels
import Foundation
import Logging

/// The models of a server by name, each in its latest version.
final class ModelShelf: Sendable {
    let places: [ModelPlace]
    private let slots: Locked<[String: Slot]>

    private struct Slot {
        var model: ServedModel
        /// Of the file that was tried last.
        var stamp: FileStamp?
    }

    /// Loads all models.
    ///
    /// - Throws: `CognitronError` where one cannot be loaded, or two have the same name.
    init(_ places: [ModelPlace]) throws {
        guard !places.isEmpty else {
            throw CognitronError(.argument, "--model", "is missing", expected: "at least one model")
        }
        var slots: [String: Slot] = [:]
        for place in places {
            guard slots[place.name] == nil else {
                throw CognitronError(
                    .argument, "--model", "two models have the same name", expected: "different names",
                    got: place.name, advice: "name one: --model NAME=\(place.path)")
            }
            let stamp = FileStamp(place.path)
            slots[place.name] = Slot(model: try ServedModel(place), stamp: stamp)
        }
        self.places = places
        self.slots = Locked(slots)
    }

    var names: [String] { places.map(\.name) }

    subscript(_ name: String) -> ServedModel? { slots.withLock { $0[name]?.model } }

    /// Those models whose files are others than at the last look.
    func changedPlaces() -> [ModelPlace] {
        places.filter { place in
            let stamp = FileStamp(place.path)
            return slots.withLock { slots in
                // A file that is gone may be about to be replaced.
                guard let stamp, slots[place.name]?.stamp != stamp else { return false }
                slots[place.name]?.stamp = stamp
                return true
            }
        }
    }

    /// Loads a file again and puts the model in the place of the one before. Requests that have been asked of
    /// that one are answered by it.
    ///
    /// - Parameter accept: throws where the new model is not to be used.
    /// - Returns: the new version.
    /// - Throws: `CognitronError` where it cannot be loaded; the model before stays.
    func exchange(_ place: ModelPlace, accept: (ServedModel) async throws -> Void) async throws -> Int {
        let version = (self[place.name]?.version ?? 0) + 1
        let model = try await Self.load(place, version: version)
        try await accept(model)
        slots.withLock { $0[place.name]?.model = model }
        return version
    }

    /// Loads on a thread of its own: it may take long, and Swift's pool has no more threads than cores.
    private static func load(_ place: ModelPlace, version: Int) async throws -> ServedModel {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try ServedModel(place, version: version) })
            }
        }
    }
}

/// What changes when a file is written or replaced.
struct FileStamp: Equatable, Sendable {
    private let device: UInt64
    private let number: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// nil where there is no file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, number, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        (seconds, nanoseconds) = (Int(time.tv_sec), Int(time.tv_nsec))
    }
}
