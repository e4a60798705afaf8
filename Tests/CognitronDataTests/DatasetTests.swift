import Cognitron
import Foundation
import Testing

@testable import CognitronData

@Suite("Data sets by name")
struct DatasetTests {
    @Test("Every data set is known by its name", arguments: Dataset.registered)
    func names(_ dataset: Dataset) throws {
        #expect(try Dataset(named: dataset.name) == dataset)
        #expect(try Dataset(named: dataset.name.uppercased()) == dataset)
        #expect(!dataset.summary.isEmpty && dataset.origin != nil && dataset.licence != nil)
    }

    @Test("An unknown name is answered with the known ones")
    func unknown() {
        let error = #expect(throws: CognitronError.self) { try Dataset(named: "imagenet") }
        #expect(error?.expected?.hasPrefix("one of cifar10, cifar100, mnist, fashion-mnist, shapes") ?? false)
    }

    @Test("Shapes are built in")
    func shapes() throws {
        #expect(try Dataset.shapes.locate(.train) == .builtIn)
        #expect(Dataset.shapes.isAvailable(.train))
        #expect(try Dataset.shapes.load(.test).count == 2_000)
        #expect(try Dataset.shapes.load(.test, shape: [16, 16, 1]).images.shape == [2_000, 16, 16, 1])
        #expect(throws: CognitronError.self) { try Dataset.shapes.load(.test, shape: [16, 20, 1]) }
    }

    @Test("Images of another shape than the data set's are an error before anything is read")
    func otherShape() {
        let error = #expect(throws: CognitronError.self) {
            try Dataset.mnist.load(.test, from: "/nowhere", shape: [32, 32, 3])
        }
        #expect(error?.kind == .shape && error?.expected == "28 × 28 × 1")
    }

    @Test(
        "A data set of one's own in files is found, read and, where it is nowhere, missed by its files' names"
    )
    func ownFiles() throws {
        let files = DatasetFiles(
            name: "bits", folders: ["Bits"], train: [DatasetFiles.Member(names: ["train.bin"])],
            test: [DatasetFiles.Member(names: ["test.bin"])])
        let bits = Dataset("bits", "single bits", shape: [1, 1, 1], classNames: ["0", "1"], files: files) {
            let labels = $0[0].bytes.map { Int($0) }
            return try LabelledImages(
                Images($0[0].bytes, shape: [labels.count, 1, 1, 1]), labels: labels, classNames: ["0", "1"],
                name: "Bits")
        }
        Dataset.register(bits)
        let folder = try TemporaryFolder()
        try folder.writeGzip([0, 1, 1], "Bits/train.bin.gz")
        let found = try Dataset(named: "bits")
        #expect(try found.load(.train, from: folder.path).labels == [0, 1, 1])
        #expect(try found.locate(.train, from: folder.path) == .local(path: folder.path + "/Bits"))
        #expect(found.isAvailable(.train, from: folder.path))
        #expect(!found.isAvailable(.test, from: folder.path))
        let error = #expect(throws: CognitronError.self) { try found.load(.test, from: folder.path) }
        #expect(error?.expected == "test.bin" && error?.place == folder.path + "/bits")
    }

    @Test(
        "Fashion-MNIST as Debian packages it is found and whole", .enabled(if: FashionMNISTFiles.areInstalled)
    )
    func fashionMNIST() throws {
        let places = DatasetFolders(environment: ["HOME": "/nowhere"])
        for (split, count) in [(Dataset.Split.train, 60_000), (.test, 10_000)] {
            let members = try FashionMNIST.files.read(split, in: places, progress: nil)
            let data = try IDX.labelledImages(
                members[0], members[1], classNames: FashionMNIST.classNames, name: "Fashion-MNIST")
            #expect(data.images.shape == [count, 28, 28, 1])
            #expect(data.classCounts == [Int](repeating: count / 10, count: 10))
        }
    }

    private enum FashionMNISTFiles {
        static var areInstalled: Bool {
            FileManager.default.fileExists(
                atPath: "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz")
        }
    }
}

@Suite("Where data sets are looked for")
struct DatasetFoldersTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Three folders: named by the caller, by the environment, and the cache.
    private var places: DatasetFolders {
        DatasetFolders(
            explicit: folder.path + "/named",
            environment: ["COGNITRON_DATA": folder.path + "/data", "XDG_CACHE_HOME": folder.path + "/cache"])
    }

    @Test("The cache folder follows the XDG convention")
    func cache() {
        #expect(DatasetFolders(environment: ["XDG_CACHE_HOME": "/c"]).cache == "/c/cognitron/datasets")
        #expect(DatasetFolders(environment: ["XDG_CACHE_HOME": "c", "HOME": "/h"]).cache.hasPrefix("/h/"))
        #if os(Linux)
            #expect(DatasetFolders(environment: ["HOME": "/h"]).cache == "/h/.cache/cognitron/datasets")
        #endif
        #expect(DatasetFolders(environment: ["HOME": "/h", "COGNITRON_DATA": ""]).all.count == 1)
    }

    @Test("The caller's folder comes before the environment's, and that before the cache")
    func order() throws {
        let name = "cifar-10-batches-bin/test_batch.bin"
        #expect(try CIFAR10.files.find(.test, in: places) == nil)
        for start in ["cache/cognitron/datasets", "data", "named"] {
            try folder.write(SampleFiles.cifar10([1]), "\(start)/\(name)")
            let found = try CIFAR10.files.find(.test, in: places)
            #expect(found?.place == "\(folder.path)/\(start)/cifar-10-batches-bin")
        }
    }

    @Test(
        "A data set is found in the folder itself and in subfolders of its usual names",
        arguments: ["", "cifar10/", "cifar-10/", "cifar-10-batches-bin/", "CIFAR10/"])
    func subfolders(_ name: String) throws {
        try folder.write(SampleFiles.cifar10([4, 5]), name + "test_batch.bin")
        #expect(try CIFAR10.load(.test, from: folder.path).labels == [4, 5])
        let location = try Dataset.cifar10.locate(.test, from: folder.path)
        guard case .local(let path) = location else {
            Issue.record("found \(location)")
            return
        }
        #expect(path.hasPrefix(folder.path))
    }

    @Test("Files are found plain, dotted and as .gz", arguments: ["-idx", ".idx"], [false, true])
    func namesOfIDX(_ separator: String, _ isPacked: Bool) throws {
        let files = [
            ("images\(separator)3", SampleFiles.idxImages), ("labels\(separator)1", SampleFiles.idxLabels),
        ]
        for (name, bytes) in files {
            let file = "mnist/t10k-\(name)-ubyte"
            if isPacked { try folder.writeGzip(bytes, file + ".gz") } else { try folder.write(bytes, file) }
        }
        let data = try MNIST.load(.test, from: folder.path)
        #expect(data.labels == [7, 0, 9] && data.name == "MNIST")
        #expect(try Dataset.mnist.load(.test, from: folder.path) == data)
    }

    @Test("A .tar.gz is read without unpacking it")
    func archive() throws {
        let batches = (1...5).map {
            ("cifar-10-batches-bin/data_batch_\($0).bin", SampleFiles.cifar10([UInt8($0)]))
        }
        let path = try folder.writeTarGzip(
            batches + [("cifar-10-batches-bin/test_batch.bin", SampleFiles.cifar10([9]))],
            "cifar-10-binary.tar.gz")
        #expect(try Dataset.cifar10.locate(.train, from: folder.path) == .local(path: path))
        #expect(try CIFAR10.load(.train, from: folder.path).labels == [1, 2, 3, 4, 5])
        #expect(try CIFAR10.load(.test, from: folder.path).labels == [9])
    }

    @Test("A folder with only some of the files is an error that names the first missing one")
    func incomplete() throws {
        try folder.write(SampleFiles.cifar10([1]), "named/data_batch_1.bin")
        let error = fileError { try CIFAR10.files.find(.train, in: places) }
        #expect(error?.problem == "data_batch_2.bin is missing")
        #expect(error?.place == folder.path + "/named")
    }

    @Test("Fashion-MNIST's files are not taken for MNIST's, nor the other way round")
    func lookAlikes() throws {
        for start in ["fashion-mnist", "mnist", "FashionMNIST/raw"] {
            try folder.write(SampleFiles.idxImages, "\(start)/t10k-images-idx3-ubyte")
            try folder.write(SampleFiles.idxLabels, "\(start)/t10k-labels-idx1-ubyte")
        }
        let home = ["HOME": folder.path + "/home"]
        for start in ["fashion-mnist", "FashionMNIST/raw"] {
            let fashion = DatasetFolders(explicit: "\(folder.path)/\(start)", environment: home)
            #expect(try MNIST.files.find(.test, in: fashion) == nil)
            #expect(try FashionMNIST.files.find(.test, in: fashion)?.place == fashion.explicit)
        }
        let digits = DatasetFolders(explicit: folder.path + "/mnist", environment: home)
        #expect(try MNIST.files.find(.test, in: digits)?.place == digits.explicit)
    }

    @Test("What is nowhere would be downloaded to the caller's folder, else to the cache")
    func download() throws {
        #expect(CIFAR10.files.downloadFolder(places) == folder.path + "/named/cifar10")
        let unnamed = DatasetFolders(environment: ["XDG_CACHE_HOME": folder.path])
        #expect(CIFAR10.files.downloadFolder(unnamed) == folder.path + "/cognitron/datasets/cifar10")
        #expect(CIFAR10.files.downloads(.test).map(\.byteCount) == [170_052_171])
        #expect(MNIST.files.downloads(.test).map(\.byteCount) == [1_648_877, 4_542])
    }
}
