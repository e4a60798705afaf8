import Cognitron

/// What is predicted from a table: numbers, or a class for each row.
///
/// The task is classification where the only target is text, or whole numbers of which at most 20 differ and
/// each occurs twice or more on average; else regression. `TableTask` chooses the other.
public struct TableTargets: Hashable, Sendable, Codable {
    /// The target columns.
    public let names: [String]

    /// The classes as they are written in the table; nil for regression. Numbers are in their order, texts
    /// in that of their code points.
    public let classNames: [String]?

    public var task: DataTask {
        classNames.map { .classification(classNames: $0) } ?? .regression(targetNames: names)
    }

    /// More classes than rows would teach.
    static let classLimit = 10_000

    /// - Parameter names: the target columns; by default the last.
    /// - Throws: `CognitronError.data` where a column does not fit the task.
    public init(of table: Table, _ names: [String] = [], task: TableTask = .automatic) throws {
        guard let last = table.columnNames.last else {
            throw CognitronError(.data, table.name, "the table has no columns", expected: "at least one")
        }
        let names = names.isEmpty ? [last] : names
        let columns = try names.map { try table[$0] }
        let isSole = columns.count == 1
        let areClasses =
            switch task {
            case .automatic: isSole && columns[0].holdsClasses
            case .classification: true
            case .regression: false
            }
        self.names = names
        guard areClasses else {
            classNames = nil
            if let text = columns.first(where: { !$0.isNumeric }) {
                throw table.otherKind(
                    text.name, isSole ? "numbers" : "numbers, as several targets must be", "texts")
            }
            return
        }
        guard isSole else {
            throw CognitronError(
                .data, table.name, "classification has one target", expected: "one column",
                got: names.joined(separator: ", "), advice: "name one column, or choose regression")
        }
        classNames = columns[0].classNames
        guard (2...Self.classLimit).contains(columns[0].classNames.count) else {
            throw CognitronError(
                .data, table.name, "column \(names[0]) cannot be the class",
                expected: "2 to \(Self.classLimit) different values", got: "\(columns[0].classNames.count)",
                advice: "name another column as the target")
        }
    }

    /// The targets of a table: `(N)` class numbers, or `(N, names.count)` numbers.
    ///
    /// - Throws: `CognitronError.data` where a value is missing or is none of the classes.
    public func targets(_ table: Table) throws -> Tensor {
        for name in names {
            let column = try table[name]
            if let row = (0..<table.rowCount).first(where: column.isMissing) {
                throw table.missing(row, name)
            }
        }
        guard let classNames else {
            let columns = try names.map { name -> [Double] in
                guard let numbers = try table[name].numbers else {
                    throw table.otherKind(name, "numbers", "texts")
                }
                return numbers
            }
            let rows = (0..<table.rowCount).flatMap { row in columns.map { Float($0[row]) } }
            return Tensor(rows, shape: [table.rowCount, columns.count])
        }
        let places = Dictionary(uniqueKeysWithValues: zip(classNames, 0...))
        let column = try table[names[0]]
        return Tensor(
            try (0..<table.rowCount).map { row -> Float in
                let label = column.label(row)
                guard let place = places[label] else {
                    throw CognitronError(
                        .data, table.place(row), "column \(names[0]) has an unknown class",
                        expected: "one of \(classNames.prefix(20).joined(separator: ", "))", got: label)
                }
                return Float(place)
            })
    }
}

extension Table {
    /// The targets of these columns: `(N)` class numbers or `(N, names.count)` numbers, as `TableTargets`
    /// says.
    ///
    /// - Parameter names: by default the last column.
    public func targets(_ names: [String] = [], task: TableTask = .automatic) throws -> Tensor {
        try TableTargets(of: self, names, task: task).targets(self)
    }
}

extension TableColumn {
    /// Whether the values look like classes: texts, or few whole numbers.
    fileprivate var holdsClasses: Bool {
        guard let numbers else { return true }
        var distinct = Set<Double>()
        for number in numbers where !number.isNaN {
            guard number.rounded() == number else { return false }
            distinct.insert(number)
            if distinct.count > Self.mostWholeClasses { return false }
        }
        return distinct.count > 1 && distinct.count * 2 <= numbers.count
    }

    private static var mostWholeClasses: Int { 20 }

    /// The different values in their order.
    fileprivate var classNames: [String] {
        switch values {
        case .numbers(let numbers): Set(numbers.filter { !$0.isNaN }).sorted().map(Self.text)
        case .texts(let codes, let categories):
            Set(codes.filter { $0 >= 0 }).sorted().map { categories[Int($0)] }
        }
    }

    /// The value of a row as a class's name.
    fileprivate func label(_ row: Int) -> String {
        switch values {
        case .numbers(let numbers): Self.text(numbers[row])
        case .texts(let codes, let categories): categories[Int(codes[row])]
        }
    }

    /// A whole number without a point.
    private static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}
