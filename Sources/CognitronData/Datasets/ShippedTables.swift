import Cognitron

/// The tables that come with the package: Boston housing, diabetes, iris, wine, breast cancer, digits.
///
///     let boston = try ShippedTable.boston.table()        // 506 rows, 14 columns
///     let part = try Dataset.boston.part(.train)          // 404 rows: Keras's
///
/// - Source: the files of scikit-learn 1.0.2, BSD-3, as CSV with a line of names. Resources/LICENCES says
///   where those come from.
public struct ShippedTable: Sendable {
    let file: ShippedFile
    let hasHeader: Bool

    private init(_ name: String, _ sha256: String, hasHeader: Bool = true) {
        (file, self.hasHeader) = (ShippedFile(name: "\(name).csv.gz", sha256: sha256), hasHeader)
    }

    /// The whole table, the target last.
    public func table() throws -> Table {
        let (path, bytes) = try file.read()
        return try Table(
            csv: bytes, path: path, TableOptions(separator: .comma, header: hasHeader ? .present : .absent))
    }

    /// House prices in the suburbs of Boston (1978), in thousands of dollars: 506 × 13 numbers.
    public static let boston = ShippedTable(
        "boston", "a465a3dea862ebf38d2768e405350f1cc1264d164b77141f49fe94ded786efe7")
    /// Progression of diabetes after a year: 442 × 10 numbers, each column with mean 0 and Σx² = 1.
    public static let diabetes = ShippedTable(
        "diabetes", "925b730fadc52613aa0c9d2f147060951eba6c2dd3deb42e5d577802b74eae37")
    /// Fisher's iris flowers: 150 × 4 numbers, three species.
    public static let iris = ShippedTable(
        "iris", "7093b90cc047a6981920487996aa275f6e5d4751eef46771e039f705a05fd333")
    /// Wines of three growers: 178 × 13 numbers.
    public static let wine = ShippedTable(
        "wine", "aa16e1cf321c38ea7fdc9b3235cb202ec73c36c2ec08f2ccd8ac0a1278b2723e")
    /// Tumours, malignant or benign: 569 × 30 numbers.
    public static let breastCancer = ShippedTable(
        "breast-cancer", "cccb25329131c873a9a045cdddbbf5da2aba90b41ffa6d06db74d574b296ef54")
    /// Handwritten digits as 8 × 8 numbers from 0 to 16, and the digit: 1797 × 65, columns without names.
    public static let digits = ShippedTable(
        "digits", "02633070f0eba52475fb2cfaedcf256826aa2b6c462429e2e6d0826619fc55c9", hasHeader: false)
}

extension Dataset {
    /// Boston housing, split as Keras does: 404 rows for training and 102 for testing.
    ///
    /// Column B is made from the share of Black residents, and the study behind it assumes that segregation
    /// sets prices. The table is here since courses use it; take `california` for anything else.
    public static let boston = Dataset(
        "boston", "house prices in the suburbs of Boston",
        task: .regression(targetNames: ["MEDV"]), shape: [13]
    ) { split, _ in
        let table = try ShippedTable.boston.table()
        let rows = KerasSplit.rows(split, of: table.rowCount)
        return try tablePart("boston", table.rows(rows), .regression(targetNames: ["MEDV"]))
    }
    .credited(
        from: "scikit-learn 1.0.2; StatLib, Harrison and Rubinfeld (1978)", licence: "BSD-3-Clause",
        counts: [.train: 404, .test: 102])

    /// Progression of diabetes after a year: see `ShippedTable.diabetes`.
    public static let diabetes = shipped(
        "diabetes", "progression of diabetes after a year", .diabetes,
        .regression(targetNames: ["progression"]), features: 10, counts: [.train: 354, .test: 88],
        from: "scikit-learn 1.0.2; Efron et al. (2004)")

    /// Fisher's iris flowers of three species.
    public static let iris = shipped(
        "iris", "iris flowers of three species", .iris,
        .classification(classNames: ["setosa", "versicolor", "virginica"]), features: 4,
        counts: [.train: 120, .test: 30], from: "scikit-learn 1.0.2; Fisher (1936)")

    /// Wines of three growers, by chemical analysis.
    public static let wine = shipped(
        "wine", "wines of three growers", .wine,
        .classification(classNames: ["class_0", "class_1", "class_2"]), features: 13,
        counts: [.train: 142, .test: 36], from: "scikit-learn 1.0.2; UCI, Aeberhard and Forina (1991)")

    /// Tumours, benign (0) or malignant (1).
    public static let breastCancer = shipped(
        "breast-cancer", "tumours, malignant or benign", .breastCancer,
        .classification(classNames: ["benign", "malignant"]), features: 30,
        counts: [.train: 455, .test: 114], from: "scikit-learn 1.0.2; UCI, Wolberg et al. (1995)")

    /// One fifth, stratified by class where there are classes, is kept for testing.
    private static func shipped(
        _ name: String, _ summary: String, _ source: ShippedTable, _ task: DataTask, features: Int,
        counts: [Split: Int], from origin: String
    ) -> Dataset {
        Dataset(name, summary, task: task, shape: [features]) { split, _ in
            let table = try source.table()
            let labels = task.classNames.isEmpty ? nil : try table.targets().scalars.map { Int($0) }
            let rows = try TrainTestSplit(count: table.rowCount, stratifiedBy: labels)
            return try tablePart(name, table.rows(split == .train ? rows.train : rows.test), task)
        }
        .credited(from: origin, licence: "BSD-3-Clause", counts: counts)
    }

    /// All columns but the last as inputs, the last as the target.
    private static func tablePart(_ name: String, _ table: Table, _ task: DataTask) throws -> DatasetPart {
        let targets = try TableTargets(
            of: table, task: task.classNames.isEmpty ? .regression : .classification)
        let encoding = try TableEncoding(of: table, table.columnNames.dropLast())
        var part = try DatasetPart(
            name: name, task: task, inputShape: [encoding.featureCount],
            source: SampleSource(encoding.samples(table), targets.targets(table)))
        part.table = TableCoding(encoding, targets)
        return part
    }
}

extension Dataset {
    /// Handwritten digits of 8 × 8 pixels, 1,438 for training and 359 for testing.
    public static let digits = Dataset(
        "digits", "handwritten digits, small", shape: [8, 8, 1], classNames: digitNames
    ) { split, _ in
        let table = try ShippedTable.digits.table()
        let columns = table.columns.compactMap(\.numbers)
        let labels = columns[64].map { Int($0) }
        let chosen = try TrainTestSplit(count: table.rowCount, stratifiedBy: labels)
        let rows = split == .train ? chosen.train : chosen.test
        // 16 is white.
        let pixels = rows.flatMap { row in columns[..<64].map { UInt8(min($0[row] * 255 / 16, 255)) } }
        return try LabelledImages(
            Images(pixels, shape: [rows.count, 8, 8, 1]), labels: rows.map { labels[$0] },
            classNames: digitNames, name: "digits")
    }
    .credited(
        from: "scikit-learn 1.0.2; UCI, Alpaydin and Kaynak (1998), test part", licence: "BSD-3-Clause",
        counts: [.train: 1_438, .test: 359])

    private static let digitNames = (0...9).map(String.init)
}

/// The parts of Keras's data sets that come as one array.
enum KerasSplit {
    static let seed: UInt32 = 113

    /// Of `count` shuffled samples the first 80 % for training, the others for testing.
    static func rows(_ split: DatasetSplit, of count: Int, testSplit: Double = 0.2) -> [Int] {
        var random = MersenneTwister(seed: seed)
        let order = random.permutation(count)
        let trainCount = Int(Double(count) * (1 - testSplit))
        return Array(split == .train ? order[..<trainCount] : order[trainCount...])
    }
}
