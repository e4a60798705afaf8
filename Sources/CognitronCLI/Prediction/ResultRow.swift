/// One sample's result: named values in a fixed order, for JSON and CSV.
struct ResultRow: Encodable {
    var fields: [(name: String, value: Value)] = []

    enum Value {
        case text(String)
        case number(Float)
        case texts([String])
        /// Numbers by name: an object in JSON, a column each in CSV.
        case numbers([(name: String, value: Float)])
    }

    init(_ fields: [(String, Value)] = []) {
        self.fields = fields.map { (name: $0.0, value: $0.1) }
    }

    mutating func append(_ name: String, _ value: Value) { fields.append((name: name, value: value)) }

    // MARK: - JSON

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (name, value) in fields {
            switch value {
            case .text(let text): try container.encode(text, forKey: Key(name))
            case .number(let number): try container.encode(number, forKey: Key(name))
            case .texts(let texts): try container.encode(texts, forKey: Key(name))
            case .numbers(let numbers):
                var inner = container.nestedContainer(keyedBy: Key.self, forKey: Key(name))
                for (name, number) in numbers { try inner.encode(number, forKey: Key(name)) }
            }
        }
    }

    // MARK: - CSV

    /// The names of the columns: those of the numbers within a field without the field's own name.
    var columns: [String] {
        fields.flatMap { name, value in
            if case .numbers(let numbers) = value { return numbers.map(\.name) }
            return [name]
        }
    }

    var cells: [String] {
        fields.flatMap { _, value in
            switch value {
            case .text(let text): [text]
            case .number(let number): ["\(number)"]
            case .texts(let texts): [texts.joined(separator: " ")]
            case .numbers(let numbers): numbers.map { "\($0.value)" }
            }
        }
    }
}
