import Cognitron

/// CIFAR-100: small colour photographs, 32 × 32 × 3, a hundred classes in twenty groups; 50,000 for training
/// and 10,000 for testing.
///
///     let train = try CIFAR100.load(.train)                 // labels 0…99: apple, aquarium fish …
///     let grouped = try CIFAR100.load(.train, labels: .coarse)
///
/// - Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009);
///   https://www.cs.toronto.edu/~kriz/cifar.html, "binary version".
public enum CIFAR100 {
    /// The label to use, of an image's two.
    public enum Labels: String, CaseIterable, Sendable {
        /// One of a hundred classes.
        case fine
        /// One of twenty groups of five classes.
        case coarse

        public var classNames: [String] {
            switch self {
            case .fine: fineClassNames
            case .coarse: coarseClassNames
            }
        }
    }

    /// Loads one part of the data set, after downloading it if no folder has it: see `DatasetFolders`.
    public static func load(
        _ split: Dataset.Split = .train, labels: Labels = .fine, from folder: String? = nil,
        progress: ((DownloadProgress) -> Void)? = nil
    ) throws -> LabelledImages {
        try read(files.read(split, in: DatasetFolders(explicit: folder), progress: progress), labels)
    }

    fileprivate static func read(_ files: [DatasetFile], _ labels: Labels) throws -> LabelledImages {
        try CIFARRecords(
            labelBytes: 2, labelAt: labels == .coarse ? 0 : 1, classNames: labels.classNames
        )
        .labelledImages(files, name: "CIFAR-100")
    }

    static let files = DatasetFiles(
        name: "cifar100", folders: ["cifar-100-binary", "cifar-100", "CIFAR100"],
        train: [DatasetFiles.Member(names: ["train.bin"])],
        test: [DatasetFiles.Member(names: ["test.bin"])],
        // Size and SHA-256 of the file at this address.
        archive: RemoteFile(
            "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz", byteCount: 168_513_733,
            sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"))

    // The names of fine_label_names.txt and coarse_label_names.txt, in their order.

    public static let fineClassNames = [
        "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle",
        "bowl",
        "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair",
        "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur",
        "dolphin",
        "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp",
        "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain",
        "mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck",
        "pine_tree", "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road",
        "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider",
        "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television",
        "tiger",
        "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman",
        "worm",
    ]

    public static let coarseClassNames = [
        "aquatic_mammals", "fish", "flowers", "food_containers", "fruit_and_vegetables",
        "household_electrical_devices", "household_furniture", "insects", "large_carnivores",
        "large_man-made_outdoor_things", "large_natural_outdoor_scenes", "large_omnivores_and_herbivores",
        "medium_mammals", "non-insect_invertebrates", "people", "reptiles", "small_mammals", "trees",
        "vehicles_1", "vehicles_2",
    ]
}

extension Dataset {
    /// CIFAR-100 with its hundred classes: see `CIFAR100`.
    public static let cifar100 = Dataset(
        "cifar100", "photographs of animals, plants and things", shape: [32, 32, 3],
        classNames: CIFAR100.fineClassNames, files: CIFAR100.files
    ) { try CIFAR100.read($0, .fine) }
    .credited(
        from: "https://www.cs.toronto.edu/~kriz/cifar.html, Krizhevsky (2009)", licence: "none stated",
        counts: [.train: 50_000, .test: 10_000])
}
