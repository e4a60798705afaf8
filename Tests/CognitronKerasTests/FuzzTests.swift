import Cognitron
import CognitronData
import CognitronTesting
import Foundation
import Testing

@testable import CognitronKeras

/// Replaces values of a configuration by others, so that it stays JSON and reaches the layers.
private struct ConfigurationMutator {
    private var random: RandomGenerator

    init(seed: UInt64) { random = RandomKey(seed: seed).generator() }

    mutating func mutate(_ original: JSONValue) -> JSONValue {
        var value = original
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            var left = Int.random(in: 0..<Self.size(value), using: &random)
            value = changed(value, &left)
        }
        return value
    }

    private static func size(_ value: JSONValue) -> Int {
        1 + (value.list ?? value.members?.map(\.value) ?? []).reduce(0) { $0 + size($1) }
    }

    /// With the value that comes after `left` others replaced.
    private mutating func changed(_ value: JSONValue, _ left: inout Int) -> JSONValue {
        guard left > 0 else {
            left -= 1
            return left == -1 ? replacement(value) : value
        }
        left -= 1
        if let list = value.list { return .list(list.map { changed($0, &left) }) }
        guard let members = value.members else { return value }
        return .object(members.map { .init($0.key, changed($0.value, &left)) })
    }

    private mutating func replacement(_ value: JSONValue) -> JSONValue {
        let numbers = [-1, 0, 1, 2, 3, 1 << 20, 1 << 40, .max]
        let others: [JSONValue] = [
            .null, true, false, .integer(numbers[Int.random(in: 0..<numbers.count, using: &random)]),
            .number(1e300),
            .number(-0.5), "relu", "", "layers", [], [:], .list([value]), .list([value, value]),
            ["class_name": value], ["class_name": "Dense", "config": value],
        ]
        return others[Int.random(in: 0..<others.count, using: &random)]
    }
}

@Suite("Damaged files of Keras")
struct FuzzTests {
    @Test("HDF5 files")
    func hdf5() throws {
        let names = ["forms.h5", "newer.h5", "trained.h5"]
        let files = try names.map { [UInt8](try Fixtures.hdf5($0)) }
        let failures = FileMutator.failures(of: files) { bytes in
            let file = try HDF5File(Data(bytes), "damaged.h5")
            for dataset in file.root.datasets { _ = try dataset.tensor() }
            for attribute in file.root.attributes { _ = try file.texts.values(of: attribute) }
        }
        #expect(failures == [])
    }

    @Test("Archives")
    func archives() throws {
        let files = try ["sounds.keras", "trained.keras"].map { [UInt8](try Fixtures.data($0)) }
        try withTemporaryPath("damaged.keras") { path in
            let failures = FileMutator.failures(of: files) { bytes in
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                _ = try Model.load(keras: path)
            }
            #expect(failures == [])
        }
    }

    @Test("Configurations")
    func configurations() throws {
        // Large ones come seldom.
        let large = ["sequences", "images", "volumes", "augmentation"]
        let files = try (["nested", "tokens", "trained", "merging"] + large).map { name in
            try JSONValue(
                try #require(
                    try Archive.entries(ofZipAt: Fixtures.path("\(name).keras")) { $0 == "config.json" }
                        .first?.bytes),
                "config.json")
        }
        var mutator = ConfigurationMutator(seed: 3)
        var readCount = 0
        for number in 0..<FileMutator.count {
            let file = number % 25 == 0 ? files[4 + number / 25 % large.count] : files[number % 4]
            let text = mutator.mutate(file).text
            let began = ContinuousClock.now
            do {
                _ = try KerasArchive.model(
                    of: try JSONValue(Array(text.utf8), "config.json"), KerasScope(), "a.keras")
                readCount += 1
            } catch is CognitronError {
            } catch {
                Issue.record("configuration \(number): \(error)")
            }
            #expect(ContinuousClock.now - began < .seconds(5), "configuration \(number)")
        }
        #expect(readCount > 0 && readCount < FileMutator.count)
    }

    @Test("Texts that are no configurations")
    func texts() throws {
        let names = ["nested", "trained"]
        let files = try names.map { name in
            try #require(
                try Archive.entries(ofZipAt: Fixtures.path("\(name).keras")) { $0 == "config.json" }.first?
                    .bytes)
        }
        let failures = FileMutator.failures(of: files) { bytes in
            _ = try KerasArchive.model(of: try JSONValue(bytes, "config.json"), KerasScope(), "damaged.keras")
        }
        #expect(failures == [])
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
