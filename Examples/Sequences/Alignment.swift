import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots
import CognitronText

extension Experiment {
    /// Where decoders look in a date while they write its digits: the weights of Luong's and Bahdanau's
    /// attention, drawn over the characters, and the share of them that lies on the year.
    ///
    /// - Source: Bahdanau, Cho and Bengio (2015), figure 3.
    public static let alignment = Experiment(
        "alignment", "where decoders with attention look in a date"
    ) { settings in
        let dates = try DrawnDates(
            training: settings.pick(full: 20_000, small: 3_000), test: settings.pick(full: 500, small: 100))
        let kinds: [(DecoderAttention, ModelName)] = [
            (.luong, .seq2seqLuong), (.bahdanau, .seq2seqBahdanau),
        ]
        var table = FindingsTable(
            "Dates", columns: ["exact", "weight on the year", "the same of even weights"], format: .percent)
        var plots: [String: Plot] = [:]
        for (kind, name) in kinds {
            settings.report(name.name)
            let model = try name.trained(
                on: dates.train, as: dates.network(kind, settings),
                epochs: settings.pick(full: 2, small: 6),
                learningRate: settings.pick(full: 0.002, small: 0.01), settings)
            let study = try AlignmentStudy(kind, model, dates)
            table.add(name.name, [try dates.test.exact(model), study.weightOnYear, study.evenWeight])
            plots["alignment-\(kind.rawValue)"] = try study.plot()
        }
        return Findings([table], plots: plots)
    }
}

/// The weights of a decoder that writes the dates of the test part as they are.
private struct AlignmentStudy {
    private let kind: DecoderAttention
    private let pairs: [(source: String, target: String)]
    /// For each date its weights, (characters of the target and the end mark, characters of the source).
    private let weights: [Tensor]
    private static let yearLength = 4

    init(_ kind: DecoderAttention, _ model: Model, _ dates: DrawnDates) throws {
        let alignment = try kind.alignment(of: model)
        (self.kind, pairs) = (kind, dates.testPairs)
        weights = try pairs.indices.map { number in
            guard let batch = try dates.test.source.batch([number], nil) else { return [] }
            return try alignment.predict(batch.inputs)[0][0]
        }
    }

    /// The place of the year's first digit in a text.
    private static func year(of pair: (source: String, target: String)) -> Int? {
        let (text, year) = (Array(pair.source), Array(pair.target.prefix(yearLength)))
        return (0...text.count - yearLength).first { Array(text[$0..<$0 + yearLength]) == year }
    }

    /// The mean share of the weights on the year's digits while these are written.
    var weightOnYear: Double {
        mean { table, start in
            (0..<Self.yearLength).reduce(0) { sum, step in
                sum + (start..<start + Self.yearLength).reduce(0) { $0 + Double(table[step, $1]) }
            } / Double(Self.yearLength)
        }
    }

    /// The same of weights that are equal.
    var evenWeight: Double { mean { table, _ in Double(Self.yearLength) / Double(table.shape[1]) } }

    private func mean(_ value: (Tensor, _ year: Int) -> Double) -> Double {
        let values = zip(pairs, weights).compactMap { pair, table in
            Self.year(of: pair).map { value(table, $0) }
        }
        return values.reduce(0, +) / Double(max(1, values.count))
    }

    /// The weights of the first date that is written out.
    func plot() throws -> Plot {
        let number = pairs.firstIndex { $0.source.count > 16 } ?? 0
        let pair = pairs[number]
        func characters(_ text: String) -> [String] { text.map { $0 == " " ? "␣" : "\($0)" } }
        let (queries, keys) = (characters(pair.target) + ["end"], characters(pair.source))
        // A batch of one may be filled up to a round length.
        let table = weights[number].slice(axis: 0, 0..<queries.count).slice(axis: 1, 0..<keys.count)
        return try Plot.attention(
            table, queries: queries, keys: keys, title: "Alignment: \(kind.rawValue)",
            subtitle: "\(pair.source) → \(pair.target)")
    }
}
