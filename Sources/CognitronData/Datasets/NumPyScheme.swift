import Cognitron

extension DatasetScheme {
    /// Arrays of NumPy: `npz:mnist.npz`, with the names that Keras's archives have.
    ///
    /// - `x_train`, `y_train`, `x_test` and `y_test` are the two parts; `x` and `y` are split by `testShare`.
    /// - Whole numbers `(N)` or `(N, 1)` as targets are classes 0, 1 …; other targets are numbers
    ///   `(N, targets)`.
    /// - Unsigned bytes `(N, H, W)` or `(N, H, W, C)` are pictures and become 0…1; other inputs stay as they
    ///   are.
    public static let npz = DatasetScheme("npz", "FILE", "arrays of NumPy: x and y, or x_train, y_train …") {
        path, options in
        let data = try NumPyData(NumPyArchive(contentsOf: path), path, options)
        return Dataset(
            "npz:\(path)", "the arrays of \(lastPathComponent(path))", task: data.task, shape: data.shape
        ) { split, _ in try data.part(split, "npz:\(path)") }
    }
}

/// The two parts of an archive.
private struct NumPyData: Sendable {
    let task: DataTask
    let shape: Shape
    private let train: SelectedSource
    private let test: SelectedSource

    init(_ archive: NumPyArchive, _ path: String, _ options: DatasetOptions) throws {
        let hasParts = archive.names.contains("x_train")
        let names = hasParts ? ["x_train", "y_train", "x_test", "y_test"] : ["x", "y"]
        guard names.allSatisfy(archive.names.contains) else {
            throw CognitronError(
                .file, path, "the arrays have other names",
                expected: "x and y, or x_train, y_train, x_test and y_test",
                got: archive.names.prefix(20).joined(separator: ", "))
        }
        let (x, y) = (try archive[names[0]], try archive[names[1]])
        let targets = try NumPyTargets(y, path, names[1])
        let own = try targets.source(x, y, path, names[0])
        (task, shape) = (targets.task, own.inputs)
        if hasParts {
            let (testX, testY) = (try archive["x_test"], try archive["y_test"])
            let other = try targets.source(testX, testY, path, "x_test")
            guard other.inputs == own.inputs else {
                throw CognitronError(
                    .file, path, "x_test differs from x_train in shape", expected: "\(own.inputs) a sample",
                    got: "\(other.inputs)")
            }
            train = own.source.subset(Array(0..<x.shape[0]))
            test = other.source.subset(Array(0..<testX.shape[0]))
        } else {
            (train, test) = try own.source.split(
                testShare: options.testShare, stratified: !task.classNames.isEmpty, seed: options.seed)
        }
    }

    func part(_ split: Dataset.Split, _ name: String) throws -> DatasetPart {
        try DatasetPart(name: name, task: task, inputShape: shape, source: split == .train ? train : test)
    }
}

/// What the targets of an archive are.
private struct NumPyTargets {
    let task: DataTask

    /// More classes than any array of labels has.
    private static let mostClasses = 10_000

    init(_ y: NumPyArray, _ path: String, _ name: String) throws {
        let width = y.shape.dropFirst().reduce(1, *)
        guard y.shape.rank >= 1, y.shape.elementCount > 0 else {
            throw CognitronError(
                .file, path, "\(name) has no elements", expected: "a target for each sample",
                got: "shape \(y.shape)")
        }
        let labels = y.tensor.scalars
        let largest = labels.max() ?? 0
        if y.isWhole, width == 1, labels.allSatisfy({ $0 >= 0 }), largest < Float(Self.mostClasses),
            largest > 0
        {
            task = .classification(classNames: (0...Int(largest)).map(String.init))
        } else {
            task = .regression(targetNames: width == 1 ? ["y"] : (1...width).map { "y\($0)" })
        }
    }

    /// The arrays as samples, and the shape of an input.
    func source(
        _ x: NumPyArray, _ y: NumPyArray, _ path: String, _ name: String
    ) throws -> (source: SampleSource, inputs: Shape) {
        guard x.shape.rank >= 1, x.shape.elementCount > 0, x.shape.first == y.shape.first else {
            throw CognitronError(
                .file, path, "\(name) does not fit its targets",
                expected: "\(y.shape.first ?? 0) samples", got: "shape \(x.shape)")
        }
        let count = x.shape[0]
        let classes = task.classNames.count
        let targets =
            classes == 0
            ? y.tensor.reshaped([count, y.shape.dropFirst().reduce(1, *)]) : y.tensor.reshaped([count])
        if classes > 0, let row = targets.scalars.firstIndex(where: { !(0..<Float(classes)).contains($0) }) {
            throw CognitronError(
                .file, path, "target \(row) is not the number of a class of the training part",
                expected: "0 to \(classes - 1)", got: "\(targets.scalars[row])")
        }
        guard let images = x.images else { return (SampleSource(x.tensor, targets), x.shape.sample) }
        return (SampleSource(images, targets), images.sampleShape)
    }
}

extension NumPyArray {
    /// The array as pictures, where it is one of bytes with the shape of pictures.
    fileprivate var images: Images? {
        guard let bytes else { return nil }
        switch shape.rank {
        case 3: return Images(unchecked: bytes, shape: Shape(shape + [1]))
        case 4 where [1, 3, 4].contains(shape[3]): return Images(unchecked: bytes, shape: shape)
        default: return nil
        }
    }
}
