import Cognitron

/// MNIST: handwritten digits, 28 × 28 × 1, ten classes; 60,000 for training and 10,000 for testing.
///
///     let train = try MNIST.load(.train)                    // images (60000, 28, 28, 1), labels (60000)
///     let test = try MNIST.load(.test, from: "data")
///
/// - Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits" (1998).
public enum MNIST {
    public static let classNames = (0...9).map(String.init)

    /// Loads one part of the data set, after downloading it if no folder has it: see `DatasetFolders`.
    public static func load(
        _ split: Dataset.Split = .train, from folder: String? = nil,
        progress: ((DownloadProgress) -> Void)? = nil
    ) throws -> LabelledImages {
        try Dataset.mnist.load(split, from: folder, progress: progress)
    }

    // Sizes and SHA-256 of the files at this address, torchvision's mirror.
    private static let server = "https://ossci-datasets.s3.amazonaws.com/mnist/"

    static let files = DatasetFiles(
        name: "mnist", folders: ["MNIST", "MNIST/raw"],
        otherFolders: ["fashion-mnist", "fashionmnist", "fashion_mnist", "fashion"],
        train: [
            .idx(
                "train-images-idx3-ubyte", server, 9_912_422,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            .idx(
                "train-labels-idx1-ubyte", server, 28_881,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        ],
        test: [
            .idx(
                "t10k-images-idx3-ubyte", server, 1_648_877,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            .idx(
                "t10k-labels-idx1-ubyte", server, 4_542,
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ])
}

extension Dataset {
    /// MNIST: see the type `MNIST`.
    public static let mnist = Dataset(
        "mnist", "handwritten digits", shape: [28, 28, 1], classNames: MNIST.classNames, files: MNIST.files
    ) { try IDX.labelledImages($0[0], $0[1], classNames: MNIST.classNames, name: "MNIST") }
    .credited(
        from: "http://yann.lecun.com/exdb/mnist, LeCun, Cortes and Burges", licence: "CC BY-SA 3.0",
        counts: [.train: 60_000, .test: 10_000])
}

extension DatasetFiles.Member {
    /// An IDX file, also named `train-images.idx3-ubyte` in some copies, and its gzip file at `server`.
    static func idx(_ name: String, _ server: String, _ byteCount: Int, _ sha256: String) -> Self {
        let dotted = name.split(separator: "-idx").joined(separator: ".idx")
        return Self(
            names: [name, dotted],
            remote: RemoteFile(server + name + ".gz", byteCount: byteCount, sha256: sha256))
    }
}
