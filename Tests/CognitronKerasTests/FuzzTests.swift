import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronKeras

/// The number of damaged files for each reader, or what the environment asks for.
private let mutationCount = ProcessInfo.processInfo.environment["COGNITRON_FUZZ"].flatMap(Int.init) ?? 2000

/// Changes a few random bytes, cuts or lengthens, copies parts over others.
private struct Mutator {
    private var random: RandomGenerator

    init(seed: UInt64) { random = RandomKey(seed: seed).generator() }

    mutating func mutate(_ original: [UInt8], _ signs: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = signs.randomElement(using: &random) ?? 0
            default: bytes[place] = .random(in: 0...255, using: &random)
            }
        }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        case 1 where bytes.count > 8:
            // Structures that refer to others at the same addresses make circles and overlaps.
            let count = Int.random(in: 1...min(64, bytes.count / 4), using: &random) * 8 / 8
            let from = Int.random(in: 0...bytes.count - count, using: &random)
            let to = Int.random(in: 0...bytes.count - count, using: &random)
            bytes.replaceSubrange(to..<to + count, with: Array(bytes[from..<from + count]))
        default: break
        }
        return bytes
    }
}

/// Gives damaged files to a reader, which must read them or throw `CognitronError`, within five seconds each.
private func expectSurvival(
    of files: [[UInt8]], seed: UInt64, count: Int = mutationCount, signs: String = "",
    sourceLocation: SourceLocation = #_sourceLocation, _ read: ([UInt8]) throws -> Void
) {
    var mutator = Mutator(seed: seed)
    var readCount = 0
    for number in 0..<count {
        let file = files[number % files.count]
        let bytes = signs.isEmpty ? mutator.mutate(file) : mutator.mutate(file, Array(signs.utf8))
        let began = ContinuousClock.now
        do {
            try read(bytes)
            readCount += 1
        } catch is CognitronError {
        } catch {
            Issue.record("file \(number): \(error)", sourceLocation: sourceLocation)
        }
        #expect(ContinuousClock.now - began < .seconds(5), sourceLocation: sourceLocation)
    }
    // Some damage does not matter, most does.
    #expect(readCount > 0 && readCount < count, sourceLocation: sourceLocation)
}

@Suite("Damaged files of Keras")
struct FuzzTests {
    @Test("HDF5 files")
    func hdf5() throws {
        let names = ["forms.h5", "newer.h5", "trained.h5"]
        let files = try names.map { [UInt8](try Fixtures.hdf5($0)) }
        expectSurvival(of: files, seed: 1) { bytes in
            let file = try HDF5File(Data(bytes), "damaged.h5")
            for dataset in file.root.datasets { _ = try dataset.tensor() }
            for attribute in file.root.attributes { _ = try file.texts.values(of: attribute) }
        }
    }

    @Test("Archives")
    func archives() throws {
        let files = try ["merging.keras", "trained.keras"].map { [UInt8](try Fixtures.data($0)) }
        try withTemporaryPath("damaged.keras") { path in
            expectSurvival(of: files, seed: 2, count: mutationCount / 4) { bytes in
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                _ = try Model.load(keras: path)
            }
        }
    }

    @Test("Configurations")
    func configurations() throws {
        let files = try ["nested.keras", "tokens.keras", "merging.keras", "trained.keras"].map { name in
            try #require(
                try Archive.entries(ofZipAt: Fixtures.path(name)) { $0 == "config.json" }.first?.bytes)
        }
        expectSurvival(of: files, seed: 3, signs: #"{}[]":,0123456789-.ent"#) { bytes in
            let scope = KerasScope()
            _ = try KerasArchive.model(of: try JSONValue(bytes, "config.json"), scope, "damaged.keras")
        }
    }

    @Test("Deep, circular and huge structures are refused")
    func bombs() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(error { try JSONValue(Array(deep.utf8), "config.json") } != nil)
        // A group that is its own member.
        var bytes = try HDF5Writer.bytes(
            .group([.init("a", .group([.init("b", .integer(1))], attributes: []))], attributes: []), "a.h5")
        let file = try HDF5File(Data(bytes), "a.h5")
        let inner = try #require(file.root.datasets.first)
        let pattern = withUnsafeBytes(of: UInt64(inner.address).littleEndian) { Array($0) }
        let root = Array(bytes[64..<72])
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: pattern) })
        bytes.replaceSubrange(place..<place + 8, with: root)
        #expect(
            error { try HDF5File(Data(bytes), "a.h5") }?.problem.contains("another name of an object") == true
        )
    }
}
