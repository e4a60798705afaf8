import Cognitron

/// CIFAR-10: small colour photographs, 32 × 32 × 3, ten classes; 50,000 for training and 10,000 for testing.
///
///     let train = try CIFAR10.load(.train)                  // images (50000, 32, 32, 3), labels (50000)
///     let test = try CIFAR10.load(.test, from: "data")
///
/// Files in a local folder are checked by their layout, not by their hash, so that a folder may hold other
/// images in the same format.
///
/// - Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009);
///   https://www.cs.toronto.edu/~kriz/cifar.html, "binary version".
public enum CIFAR10 {
    public static let classNames = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]

    /// Loads one part of the data set, after downloading it if no folder has it: see `DatasetFolders`.
    public static func load(
        _ split: Dataset.Split = .train, from folder: String? = nil,
        progress: ((DownloadProgress) -> Void)? = nil
    ) throws -> LabelledImages {
        try Dataset.cifar10.load(split, from: folder, progress: progress)
    }

    static let files = DatasetFiles(
        name: "cifar10", folders: ["cifar-10-batches-bin", "cifar-10", "CIFAR10"],
        train: (1...5).map { DatasetFiles.Member(names: ["data_batch_\($0).bin"]) },
        test: [DatasetFiles.Member(names: ["test_batch.bin"])],
        // Size and SHA-256 of the file at this address.
        archive: RemoteFile(
            "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", byteCount: 170_052_171,
            sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"))
}

extension Dataset {
    /// CIFAR-10: see `CIFAR10`.
    public static let cifar10 = Dataset(
        "cifar10", "photographs of animals and vehicles", shape: [32, 32, 3],
        classNames: CIFAR10.classNames, files: CIFAR10.files
    ) {
        try CIFARRecords(labelBytes: 1, labelAt: 0, classNames: CIFAR10.classNames)
            .labelledImages($0, name: "CIFAR-10")
    }
    .credited(
        from: "https://www.cs.toronto.edu/~kriz/cifar.html, Krizhevsky (2009)", licence: "none stated",
        counts: [.train: 50_000, .test: 10_000])
}
