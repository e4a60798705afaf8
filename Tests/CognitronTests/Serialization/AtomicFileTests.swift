import Foundation
import Testing

@testable import Cognitron

@Suite("Files that are visible only when complete")
struct AtomicFileTests {
    private static let leftover = "m.safetensors.0123456789abc.part"

    @Test(
        "Leftovers of killed programs are removed at the next save; other files stay",
        arguments: [false, true])
    func leftovers(isRelative: Bool) throws {
        let folder = try TemporaryFolder()
        let others = [
            "m.safetensors.gz.part", "m.safetensors.part", "n.safetensors.0123456789abc.part",
            "m.safetensors.0123456789abcd.part",
        ]
        for name in others + [Self.leftover] {
            try Data([1]).write(to: URL(fileURLWithPath: folder.file(name)))
        }
        try AtomicFile.write(
            Data([2]), to: isRelative ? folder.path + "/./m.safetensors" : folder.file("m.safetensors"))
        #expect(folder.contents == (others + ["m.safetensors"]).sorted())
    }

    @Test("A file that is being written stays, and the last of two writers wins")
    func writers() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("m.safetensors")
        try AtomicFile.write(to: path) { file in
            try AtomicFile.write(Data([1, 2, 3]), to: path)
            #expect(folder.contents.count == 2)
            try [UInt8](repeating: 7, count: 4).withUnsafeBytes { try file.write($0) }
        }
        #expect(folder.contents == ["m.safetensors"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([7, 7, 7, 7]))
    }

    @Test("A folder of checkpoints loses its leftovers when training begins")
    func checkpoints() throws {
        let folder = try TemporaryFolder()
        for name in [
            "checkpoint-000000100.safetensors.0123456789abc.part", "best-1.safetensors.x.part", "notes.part",
        ] {
            try Data([1]).write(to: URL(fileURLWithPath: folder.file(name)))
        }
        try CheckpointFolder(folder.path).prepare()
        #expect(folder.contents == ["notes.part"])
    }
}
