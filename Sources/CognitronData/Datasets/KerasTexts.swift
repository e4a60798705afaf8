import Cognitron

/// The texts of Keras's data sets, as numbers of words by frequency: film reviews (IMDB) and news (Reuters).
///
///     let (train, test) = try KerasTexts.imdb.load(numWords: 10_000, maxLen: 400)
///     let inputs = train.padded(to: 400)
///
/// Word n of the list is `n + indexFrom`; 0 is for padding, `startChar` begins a text, `oovChar` stands for
/// words that are left out. Order and parts are Keras's with its seed, 113.
///
/// - Source: keras/src/datasets/imdb.py and reuters.py; the sizes of the files are those that Keras prints as
///   it downloads them (`2113536/2110848`). IMDB: A. Maas et al., "Learning Word Vectors for
///   Sentiment Analysis" (2011). Reuters: D. Lewis, Reuters-21578 (1997).
public struct KerasTexts: Sendable {
    let files: DatasetFiles
    let classNames: [String]
    /// Whether the archive holds the two parts; else 20 % of the samples are for testing.
    let hasParts: Bool

    init(_ name: String, _ remote: RemoteFile, classNames: [String], hasParts: Bool) {
        files = .keras(name, remote)
        (self.classNames, self.hasParts) = (classNames, hasParts)
    }

    /// Reviews of films: 25,000 for training and 25,000 for testing; negative or positive.
    public static let imdb = KerasTexts(
        "imdb",
        .keras(
            "imdb.npz", byteCount: 17_464_789,
            sha256: "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"),
        classNames: ["negative", "positive"], hasParts: true)

    /// News on 46 topics: 8,982 for training and 2,246 for testing.
    public static let reuters = KerasTexts(
        "reuters",
        .keras(
            "reuters.npz", byteCount: 2_110_848,
            sha256: "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"),
        classNames: reutersTopics, hasParts: false)

    /// Loads both parts, after downloading them if no folder has them (`DatasetFolders`).
    ///
    /// - Parameters:
    ///   - numWords: words from this number on are left out; nil for the largest number, which is left out
    ///     too, as in Keras.
    ///   - skipTop: words below this number are left out.
    ///   - maxLen: texts of this length or longer are left out whole; nil for none.
    ///   - startChar: begins every text; nil for no such beginning.
    ///   - oovChar: stands for words that are left out; nil to drop them.
    ///   - indexFrom: added to the numbers of words.
    /// - Throws: `CognitronError` where the file cannot be had or read, or no text is shorter than `maxLen`.
    public func load(
        from folder: String? = nil, numWords: Int? = nil, skipTop: Int = 0, maxLen: Int? = nil,
        testSplit: Double = 0.2, startChar: Int? = 1, oovChar: Int? = 2, indexFrom: Int = 3,
        progress: ((DownloadProgress) -> Void)? = nil
    ) throws -> (train: TokenSequences, test: TokenSequences) {
        let file = try files.read(.train, in: DatasetFolders(explicit: folder), progress: progress)[0]
        let start = startChar.map { [$0] } ?? []
        var parts = try read(file.path).map { part in
            TokenSequences(
                part.sequences.map { words in start + words.map { $0 &+ indexFrom } }, labels: part.labels)
        }
        if let maxLen { parts = try parts.map { try $0.shorter(than: maxLen, file.path) } }
        let limit = numWords ?? parts.flatMap(\.sequences).compactMap { $0.max() }.max() ?? 0
        parts = parts.map { part in
            TokenSequences(
                part.sequences.map { words in
                    words.compactMap { word -> Int? in word >= skipTop && word < limit ? word : oovChar }
                }, labels: part.labels)
        }
        return hasParts ? (parts[0], parts[1]) : parts[0].split(testSplit)
    }

    /// The texts in Keras's order: two parts, or all in one.
    func read(_ path: String) throws -> [TokenSequences] {
        let archive = try NumPyArchive(contentsOf: path)
        // One sequence of random numbers orders both parts.
        var random = MersenneTwister(seed: KerasSplit.seed)
        return try (hasParts ? [("x_train", "y_train"), ("x_test", "y_test")] : [("x", "y")]).map { x, y in
            let sequences = try NumPyPickle.lists(npy: archive.bytes(x), path: "\(path), \(x)")
            let labels = try archive[y].tensor.scalars
            guard labels.count == sequences.count, !labels.isEmpty else {
                throw CognitronError(
                    .file, path, "\(x) and \(y) differ in length", expected: "\(sequences.count) labels",
                    got: "\(labels.count)", advice: Archive.damagedAdvice)
            }
            if let row = labels.firstIndex(where: {
                Int(exactly: $0).map { classNames.indices.contains($0) } != true
            }) {
                throw CognitronError(
                    .file, path, "label \(row) is not the number of a class",
                    expected: "0 to \(classNames.count - 1)", got: "\(labels[row])",
                    advice: Archive.damagedAdvice)
            }
            let order = random.permutation(labels.count)
            return TokenSequences(order.map { sequences[$0] }, labels: order.map { Int(labels[$0]) })
        }
    }

    private static let reutersTopics = [
        "cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply", "coffee",
        "sugar", "trade", "reserves", "ship", "cotton", "carcass", "crude", "nat-gas", "cpi", "money-fx",
        "interest", "gnp", "meal-feed", "alum", "oilseed", "gold", "tin", "strategic-metal", "livestock",
        "retail", "ipi", "iron-steel", "rubber", "heat", "jobs", "lei", "bop", "zinc", "orange", "pet-chem",
        "dlr", "gas", "silver", "wpi", "hog", "lead",
    ]
}

extension TokenSequences {
    /// The texts shorter than `length`, as Keras's `remove_long_seq` leaves them.
    fileprivate func shorter(than length: Int, _ path: String) throws -> TokenSequences {
        let kept = sequences.indices.filter { sequences[$0].count < length }
        guard !kept.isEmpty else {
            throw CognitronError(
                .argument, "maxLen", "no text of \(path) is shorter", expected: "more", got: "\(length)",
                advice: "take a larger maxLen")
        }
        return TokenSequences(kept.map { sequences[$0] }, labels: kept.map { labels[$0] })
    }

    fileprivate func split(_ testSplit: Double) -> (train: TokenSequences, test: TokenSequences) {
        let first = Int(Double(count) * (1 - testSplit))
        return (
            TokenSequences(Array(sequences[..<first]), labels: Array(labels[..<first])),
            TokenSequences(Array(sequences[first...]), labels: Array(labels[first...]))
        )
    }
}

extension DatasetFiles {
    /// One file that holds both parts.
    static func keras(_ name: String, _ remote: RemoteFile) -> DatasetFiles {
        let member = Member(names: [remote.name], remote: remote)
        return DatasetFiles(name: name, train: [member], test: [member])
    }
}

extension RemoteFile {
    /// A file on the server of Keras's data sets.
    static func keras(_ name: String, byteCount: Int, sha256: String) -> RemoteFile {
        RemoteFile(
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/\(name)", byteCount: byteCount,
            sha256: sha256)
    }
}

extension Dataset {
    /// Reviews of films, the 20,000 most frequent words, the last 200 words of each: see `KerasTexts`.
    public static let imdb = texts(
        .imdb, "reviews of films, negative or positive", from: "Keras; Maas et al. (2011)",
        counts: [.train: 25_000, .test: 25_000])

    /// News on 46 topics, the 20,000 most frequent words, the last 200 words of each: see `KerasTexts`.
    public static let reuters = texts(
        .reuters, "news on 46 topics", from: "Keras; Reuters-21578, Lewis (1997)",
        counts: [.train: 8_982, .test: 2_246])

    private static let textLength = 200
    private static let textWords = 20_000

    private static func texts(
        _ texts: KerasTexts, _ summary: String, from origin: String, counts: [Split: Int]
    ) -> Dataset {
        let task = DataTask.classification(classNames: texts.classNames)
        return Dataset(
            texts.files.name, summary, task: task, shape: [textLength], files: texts.files
        ) { files, split in
            let folder = String(files[0].path.dropLast(lastPathComponent(files[0].path).count))
            let parts = try texts.load(from: folder, numWords: textWords)
            let part = split == .train ? parts.train : parts.test
            return try DatasetPart(
                name: texts.files.name, task: task, inputShape: [textLength],
                source: part.source(length: textLength))
        }
        .credited(from: origin, licence: "none stated", counts: counts)
    }

    /// House prices in California's districts, in dollars, split as Keras does: 16,512 and 4,128 rows of 8
    /// numbers.
    ///
    /// - Source: keras/src/datasets/california_housing.py; R. Pace, R. Barry, "Sparse spatial
    ///   autoregressions" (1997).
    public static let california = Dataset(
        "california", "house prices in California's districts",
        task: .regression(targetNames: ["MedHouseVal"]), shape: [8],
        files: .keras(
            "california",
            .keras(
                "california_housing.npz", byteCount: 743_530,
                sha256: "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"))
    ) { files, split in
        let archive = try NumPyArchive(contentsOf: files[0].path)
        let (x, y) = (try archive["x"].tensor, try archive["y"].tensor)
        guard x.rank == 2, x.shape[1] == 8, x.shape[0] > 1, y.shape.elementCount == x.shape[0] else {
            throw CognitronError(
                .file, files[0].path, "its arrays have other shapes", expected: "(N, 8) and (N)",
                got: "\(x.shape) and \(y.shape)", advice: Archive.damagedAdvice)
        }
        let source = SampleSource(x, y.reshaped([x.shape[0], 1]))
        return try DatasetPart(
            name: "california", task: .regression(targetNames: ["MedHouseVal"]), inputShape: [8],
            source: source.subset(KerasSplit.rows(split, of: x.shape[0])))
    }
    .credited(
        from: "Keras; StatLib, Pace and Barry (1997)", licence: "none stated",
        counts: [.train: 16_512, .test: 4_128])
}
