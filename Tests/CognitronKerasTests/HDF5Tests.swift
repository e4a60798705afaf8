import Cognitron
import Foundation
import Testing

@testable import CognitronKeras

@Suite("HDF5")
struct HDF5Tests {
    /// Shape and numbers of an array in `forms.h5`.
    private struct Expected: Decodable {
        let shape: [Int]
        let values: [Float]

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            shape = try container.decode([Int].self)
            values = try container.decode([Float].self)
        }
    }

    @Test("Numbers of every type and layout are read as h5py reads them")
    func forms() throws {
        let file = try HDF5File(Fixtures.hdf5("forms.h5"), "forms.h5")
        let expected = try JSONDecoder().decode([String: Expected].self, from: Fixtures.data("forms.json"))
        #expect(Set(file.root.datasets.map(\.path)) == Set(expected.keys))
        for dataset in file.root.datasets {
            let tensor = try dataset.tensor()
            #expect(Array(tensor.shape) == expected[dataset.path]?.shape, "\(dataset.path)")
            #expect(tensor.scalars == expected[dataset.path]?.values, "\(dataset.path)")
        }
    }

    @Test("Attributes that are texts, of fixed and of any length")
    func texts() throws {
        let file = try HDF5File(Fixtures.hdf5("forms.h5"), "forms.h5")
        let config = try file.texts.values(of: #require(file.root.attribute("config")))
        #expect(config == [#"{"text": ""# + String(repeating: #"\u00e4"#, count: 300) + #""}"#])
        let many = try #require(file.root.group("many"))
        #expect(try file.texts.values(of: #require(many.attribute("names"))) == ["one", "three"])
        #expect(try file.texts.values(of: #require(many.attribute("varying"))) == ["a", "bc", ""])
    }

    @Test("Superblock 2, object headers 2 and link messages")
    func newer() throws {
        let file = try HDF5File(Fixtures.hdf5("newer.h5"), "newer.h5")
        #expect(file.root.datasets.map(\.path) == ["a/vars/0", "a/vars/1", "b"])
        #expect(
            try file.root.datasets.map { try $0.tensor().scalars } == [[0, 1, 2, 3, 4, 5], [7], [0, 1, 2]])
        #expect(try file.texts.values(of: #require(file.root.attribute("config"))) == ["{}"])
    }

    @Test("What is written is read again", arguments: [0, 1, 8, 9, 256, 257, 600])
    func roundTrip(count: Int) throws {
        let kernel = Tensor((0..<12).map { Float($0) / 7 }, shape: [3, 4])
        let content = HDF5Content.group(
            [
                .init(
                    "many",
                    .group((0..<count).map { .init("\($0)", .tensor(Tensor(Float($0)))) }, attributes: [])),
                .init("kernel", .tensor(kernel)), .init("step", .integer(1 << 40)),
                .init("empty", .tensor(Tensor.zeros([0, 2]))),
            ], attributes: [("name", "dense"), ("nothing", "")])
        try withTemporaryPath("a.h5") { path in
            try HDF5Writer.write(content, to: path)
            let file = try HDF5File(contentsOf: path)
            #expect(file.root.members.map(\.name) == ["empty", "kernel", "many", "step"])
            #expect(file.root.datasets.count == count + 3)
            for dataset in file.root.datasets {
                let tensor = try dataset.tensor()
                switch dataset.path {
                case "kernel": #expect(tensor == kernel)
                case "step": #expect(tensor == Tensor(Float(1 << 40)))
                case "empty": #expect(tensor.shape == [0, 2])
                default: #expect(dataset.path == "many/\(Int(tensor.scalar))")
                }
            }
            for (name, text) in [("name", "dense"), ("nothing", "")] {
                let attribute = try #require(file.root.attribute(name))
                #expect(try file.texts.values(of: attribute) == [text])
            }
        }
    }

    @Test("Errors name the file, the byte and what was expected")
    func damage() throws {
        let data = try Fixtures.hdf5("forms.h5")
        let short = error { try HDF5File(data.prefix(30_000), "a.h5") }
        #expect(short?.description.contains("a.h5, byte 8: the file is cut off; expected") == true)
        let other = error { try HDF5File(Data("PK".utf8), "a.h5") }
        #expect(other?.problem == "is no HDF5 file")
        #expect(error { try HDF5File(contentsOf: "/nowhere/a.h5") }?.problem == "there is no such file")
    }
}
