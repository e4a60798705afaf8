import Cognitron

/// Fashion-MNIST: pieces of clothing in MNIST's format, 28 × 28 × 1, ten classes; 60,000 for training and
/// 10,000 for testing. Harder than MNIST.
///
///     let train = try FashionMNIST.load(.train)             // images (60000, 28, 28, 1), labels (60000)
///
/// The files of Debian's package dataset-fashion-mnist are found too.
///
/// - Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
///   Learning Algorithms" (2017).
public enum FashionMNIST {
    public static let classNames = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot",
    ]

    /// Loads one part of the data set, after downloading it if no folder has it: see `DatasetFolders`.
    public static func load(
        _ split: Dataset.Split = .train, from folder: String? = nil,
        progress: ((DownloadProgress) -> Void)? = nil
    ) throws -> LabelledImages {
        try Dataset.fashionMNIST.load(split, from: folder, progress: progress)
    }

    private static let server = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"

    // Sizes and SHA-256 of the files at this address. Debian's files hold the same compressed data (checked:
    // with the original's name and time in their gzip headers they have the same hashes).
    static let files = DatasetFiles(
        name: "fashion-mnist", folders: ["FashionMNIST", "FashionMNIST/raw", "fashion_mnist", "fashion"],
        otherFolders: ["mnist"], systemFolders: ["/usr/share/datasets/fashion-mnist"],
        train: [
            .idx(
                "train-images-idx3-ubyte", server, 26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            .idx(
                "train-labels-idx1-ubyte", server, 29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        ],
        test: [
            .idx(
                "t10k-images-idx3-ubyte", server, 4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            .idx(
                "t10k-labels-idx1-ubyte", server, 5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ])
}

extension Dataset {
    /// Fashion-MNIST: see `FashionMNIST`.
    public static let fashionMNIST = Dataset(
        "fashion-mnist", "pieces of clothing", shape: [28, 28, 1], classNames: FashionMNIST.classNames,
        files: FashionMNIST.files
    ) { try IDX.labelledImages($0[0], $0[1], classNames: FashionMNIST.classNames, name: "Fashion-MNIST") }
    .credited(
        from: "https://github.com/zalandoresearch/fashion-mnist, Xiao, Rasul and Vollgraf (2017)",
        licence: "MIT",
        counts: [.train: 60_000, .test: 10_000])
}
