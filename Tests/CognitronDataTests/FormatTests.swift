import Cognitron
import CognitronTesting
import Foundation
import Testing

@testable import CognitronData

/// What `body` throws, which must be about a file, say what was wrong and be a `CognitronError`.
func fileError(
    _ body: () throws -> some Any, sourceLocation: SourceLocation = #_sourceLocation
) -> CognitronError? {
    let error = #expect(throws: CognitronError.self, sourceLocation: sourceLocation) { _ = try body() }
    #expect(error?.kind == .file, sourceLocation: sourceLocation)
    return error
}

@Suite("IDX files")
struct IDXTests {
    private let names = MNIST.classNames

    private func load(_ images: [UInt8], _ labels: [UInt8]) throws -> LabelledImages {
        try IDX.labelledImages(("images", images), ("labels", labels), classNames: names, name: "Sample")
    }

    @Test("Images and labels arrive as they are in the files")
    func good() throws {
        let data = try load(SampleFiles.idxImages, SampleFiles.idxLabels)
        #expect(data.images.shape == [3, 2, 2, 1])
        #expect(data.images.pixels == Array(0..<12))
        #expect(data.labels == [7, 0, 9])
        #expect(data.name == "Sample" && data.classNames == names)
    }

    @Test("A file cut off anywhere is refused", arguments: 0..<SampleFiles.idxImages.count)
    func truncated(_ count: Int) {
        let error = fileError { try load(Array(SampleFiles.idxImages[..<count]), SampleFiles.idxLabels) }
        #expect(error?.place == "images")
    }

    @Test("Bytes after the end are refused")
    func trailing() {
        let error = fileError { try load(SampleFiles.idxImages + [0], SampleFiles.idxLabels) }
        #expect(
            error?.description
                == "images: its size does not fit its header (3 × 2 × 2); expected 12 bytes after the "
                + "header, got 13; delete the file and get it again")
    }

    @Test("Sizes whose product overflows are refused")
    func overflow() {
        let huge = SampleFiles.idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [1, 2, 3])
        _ = fileError { try load(huge, SampleFiles.idxLabels) }
    }

    @Test("Labels in place of images are refused, and the other way round")
    func mixedUp() {
        _ = fileError { try load(SampleFiles.idxLabels + [0, 0, 0, 0], SampleFiles.idxLabels) }
        let error = fileError { try load(SampleFiles.idxImages, SampleFiles.idxImages) }
        #expect(error?.place == "labels")
        #expect(error?.received == "00 00 08 03")
    }

    @Test("Another element type is refused")
    func wrongType() {
        var bytes = SampleFiles.idxImages
        bytes[2] = 0x0D
        _ = fileError { try load(bytes, SampleFiles.idxLabels) }
    }

    @Test("A label beyond the classes is refused and named")
    func labelRange() {
        let error = fileError { try load(SampleFiles.idxImages, SampleFiles.idx([3], [1, 10, 2])) }
        #expect(error?.problem == "label 1 is not the number of a class")
        #expect(error?.received == "10")
    }

    @Test("More or fewer labels than images are refused", arguments: [2, 4])
    func countMismatch(_ count: Int) {
        let labels = SampleFiles.idx([count], [UInt8](repeating: 0, count: count))
        #expect(fileError { try load(SampleFiles.idxImages, labels) }?.place == "labels")
    }

    @Test("A file without images is refused")
    func empty() {
        _ = fileError { try load(SampleFiles.idx([0, 28, 28], []), SampleFiles.idx([0], [])) }
    }

    @Test("Damaged files are refused or read, and never crash")
    func fuzz() {
        var mutator = FileMutator(seed: 1)
        for _ in 0..<FileMutator.count {
            let images = mutator.mutate(SampleFiles.idxImages)
            let labels = mutator.mutate(SampleFiles.idxLabels)
            for (a, b) in [(images, SampleFiles.idxLabels), (SampleFiles.idxImages, labels)] {
                guard let data = try? load(a, b) else { continue }
                #expect(data.images.pixels.count == data.images.shape.elementCount)
                #expect(data.labels.count == data.count)
                #expect(data.labels.scalars.allSatisfy { $0 < 10 })
            }
        }
    }
}

@Suite("CIFAR files")
struct CIFARTests {
    private let ten = CIFARRecords(labelBytes: 1, labelAt: 0, classNames: CIFAR10.classNames)

    @Test("Planes become pixels, and files follow one another")
    func good() throws {
        let data = try ten.labelledImages(
            [("a", SampleFiles.cifar10([3, 9])), ("b", SampleFiles.cifar10([0]))], name: "CIFAR-10")
        #expect(data.images.shape == [3, 32, 32, 3])
        #expect(data.labels == [3, 9, 0])
        for (index, seed) in [0, 1, 0].enumerated() {
            let pixels = Array(data.images.pixels(at: index))
            let expected = (0..<1024).flatMap { [UInt8(seed), UInt8($0 / 32), UInt8($0 % 32)] }
            #expect(pixels == expected)
        }
    }

    @Test("CIFAR-100's second label is the fine one", arguments: CIFAR100.Labels.allCases)
    func fineAndCoarse(_ labels: CIFAR100.Labels) throws {
        let folder = try TemporaryFolder()
        try folder.write(SampleFiles.cifarRecord([19, 99], seed: 5), "cifar-100-binary/test.bin")
        let data = try CIFAR100.load(.test, labels: labels, from: folder.path)
        #expect(data.labels == (labels == .fine ? [99] : [19]))
        #expect(data.sample(at: 0).className == (labels == .fine ? "worm" : "vehicles_2"))
    }

    @Test("A file that is not of whole records is refused", arguments: [0, 1, 3072, 3074, 6145, 6147])
    func wrongSize(_ count: Int) {
        let bytes = [UInt8](repeating: 0, count: count)
        #expect(fileError { try ten.labelledImages([("f", bytes)], name: "") }?.received == "\(count)")
    }

    @Test("A label beyond the classes is refused and named")
    func labelRange() {
        let error = fileError { try ten.labelledImages([("f", SampleFiles.cifar10([1, 2, 10]))], name: "") }
        #expect(error?.problem == "label 2 is not the number of a class")
    }

    @Test("Damaged files are refused or read, and never crash")
    func fuzz() {
        var mutator = FileMutator(seed: 2)
        let good = SampleFiles.cifar10([1, 2])
        for _ in 0..<FileMutator.count {
            let bytes = mutator.mutate(good)
            guard let data = try? ten.labelledImages([("f", bytes)], name: "") else { continue }
            #expect(data.images.pixels.count == data.count * 3072)
        }
    }

    @Test("A hundred fine names and twenty coarse ones, each once")
    func names() {
        #expect(Set(CIFAR100.fineClassNames).count == 100 && CIFAR100.fineClassNames.count == 100)
        #expect(Set(CIFAR100.coarseClassNames).count == 20 && CIFAR100.coarseClassNames.count == 20)
        #expect(CIFAR100.fineClassNames == CIFAR100.fineClassNames.sorted())
        #expect(Set(CIFAR10.classNames).count == 10 && Set(FashionMNIST.classNames).count == 10)
    }
}

@Suite("Archives")
struct ArchiveTests {
    private let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) }

    @Test("A gzip file unpacks to what was packed")
    func gunzip() throws {
        let folder = try TemporaryFolder()
        #expect(try Archive.gunzip(folder.writeGzip(bytes, "a.gz")) == bytes)
        #expect(try FileBytes.readUnpacking(folder.writeGzip([1], "b.gz")) == [1])
        #expect(try FileBytes.readUnpacking(folder.write(bytes, "c")) == bytes)
    }

    @Test("Named entries of a tar.gz are found in any folder, others are passed over")
    func tar() throws {
        let folder = try TemporaryFolder()
        let path = try folder.writeTarGzip(
            [("x/readme", [9]), ("x/y/one.bin", bytes), ("x/._two.bin", [8]), ("two.bin", [2])], "t.tar.gz")
        #expect(
            try Archive.entries(["one.bin", "two.bin"], ofTarAt: path) == ["one.bin": bytes, "two.bin": [2]])
    }

    @Test("A missing entry is named")
    func missingEntry() throws {
        let folder = try TemporaryFolder()
        let path = try folder.writeTarGzip([("one.bin", [1])], "t.tar.gz")
        let error = fileError { try Archive.entries(["one.bin", "two.bin"], ofTarAt: path) }
        #expect(error?.problem == "the archive does not hold two.bin")
        #expect(error?.received == "one.bin")
    }

    @Test("A gzip file cut off anywhere is refused", arguments: [0, 1, 2, 9, 10, 11, 30, 500, 5_000])
    func truncated(_ count: Int) throws {
        let folder = try TemporaryFolder()
        let noise = Array(Shapes.make(count: 10).images.pixels)
        let packed = try read(folder.writeGzip(noise, "a.gz"))
        #expect(packed.count > 5_000)
        let path = try folder.write(Array(packed[..<count]), "cut.gz")
        #expect(fileError { try Archive.gunzip(path) }?.place == path)
    }

    @Test("A gzip file whose checksum is cut off is said to be truncated", arguments: 1...8)
    func truncatedTrailer(_ missing: Int) throws {
        let folder = try TemporaryFolder()
        let packed = try read(folder.writeGzip(bytes, "a.gz"))
        let path = try folder.write(Array(packed.dropLast(missing)), "cut.gz")
        let problem = try #require(fileError { try Archive.gunzip(path) }?.problem)
        #expect(problem.contains("truncated gzip"), "\(problem)")
    }

    @Test("A tar.gz cut off anywhere is refused", arguments: [1, 10, 100, 1_000, 5_000])
    func truncatedTar(_ count: Int) throws {
        let folder = try TemporaryFolder()
        let noise = Array(Shapes.make(count: 10).images.pixels)
        let packed = try read(folder.writeTarGzip([("one.bin", noise)], "t.tar.gz"))
        let path = try folder.write(Array(packed[..<count]), "cut.tar.gz")
        _ = fileError { try Archive.entries(["one.bin"], ofTarAt: path) }
    }

    @Test("What is not gzip is refused with its first bytes")
    func notGzip() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([0x50, 0x4B, 3, 4, 5], "a.gz")
        #expect(fileError { try Archive.gunzip(path) }?.received == "50 4B 03 04")
        _ = fileError { try Archive.entries(["x"], ofTarAt: path) }
    }

    @Test("A file that unpacks to more than the limit is refused")
    func bomb() throws {
        let folder = try TemporaryFolder()
        let zeros = [UInt8](repeating: 0, count: 3_000_000)
        let gzip = try folder.writeGzip(zeros, "a.gz")
        #expect(try Archive.gunzip(gzip, limit: 3_000_000).count == 3_000_000)
        _ = fileError { try Archive.gunzip(gzip, limit: 2_999_999) }
        let tar = try folder.writeTarGzip([("big", zeros), ("one", [1])], "t.tar.gz")
        _ = fileError { try Archive.entries(["one"], ofTarAt: tar, limit: 1_000_000) }
        _ = fileError { try Archive.entries(["big"], ofTarAt: tar, limit: 1_000_000) }
        _ = fileError { try FileBytes.read(folder.write(zeros, "zeros"), limit: 1_000) }
    }

    @Test("A changed byte in a gzip file's contents is noticed by its checksum")
    func checksum() throws {
        let folder = try TemporaryFolder()
        // Random bytes are stored as they are, so a flip changes the contents without breaking the
        // compression.
        var mutator = FileMutator(seed: 4)
        let noise = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &mutator.random) }
        var packed = try read(folder.writeGzip(noise, "a.gz"))
        packed[packed.count / 2] ^= 1
        _ = fileError { try Archive.gunzip(folder.write(packed, "b.gz")) }
    }

    @Test("Damaged archives are refused or read, and never crash")
    func fuzz() throws {
        let folder = try TemporaryFolder()
        let small = Array(bytes[..<3_000])
        let gzip = try read(folder.writeGzip(small, "a.gz"))
        let tar = try read(folder.writeTarGzip([("x/one.bin", small), ("two.bin", small)], "t.tar.gz"))
        var mutator = FileMutator(seed: 3)
        for _ in 0..<FileMutator.count {
            _ = try? Archive.gunzip(folder.write(mutator.mutate(gzip), "m"), limit: 1 << 20)
            let path = try folder.write(mutator.mutate(tar), "m")
            _ = try? Archive.entries(["one.bin", "two.bin"], ofTarAt: path, limit: 1 << 20)
        }
    }

    @Test("A file that is not there is named")
    func absent() {
        #expect(fileError { try FileBytes.read("/nowhere/at-all") }?.place == "/nowhere/at-all")
        #expect(fileError { try Archive.gunzip("/nowhere/at-all.gz") }?.place == "/nowhere/at-all.gz")
    }
}
