import CognitronPrediction

extension Evaluation {
    /// The scores as a table, JSON or CSV.
    func text(_ format: ResultFormat, title: String) throws -> String {
        switch format {
        case .text: return table(title)
        case .json:
            struct Report: Encodable {
                let samples: String
                let scores: [Score]
                let classes: [ClassScore]?
                let objects: [ObjectScore]?
            }
            return try JSONText.text(
                of: Report(samples: title, scores: scores, classes: classes, objects: objects), pretty: true)
        case .csv:
            let rows = scores.map { score -> [String] in
                let interval = score.interval
                return [
                    score.name, "\(score.value)", interval.map { "\($0.low)" } ?? "",
                    interval.map { "\($0.high)" } ?? "", interval?.method.rawValue ?? "",
                ]
            }
            let ofClasses = (classes ?? []).map { score in
                ["io_u: \(score.name)", score.intersectionOverUnion.map { "\($0)" } ?? "", "", "", ""]
            }
            let ofObjects = (objects ?? []).map { score in
                ["AP: \(score.name)", score.boxes.mean.map { "\($0)" } ?? "", "", "", ""]
            }
            return CSVText.text(
                [["score", "value", "low", "high", "interval"]] + rows + ofClasses + ofObjects)
        }
    }

    private func table(_ title: String) -> String {
        let width = scores.map(\.name.count).max() ?? 0
        let values = scores.map { ScoreText.text($0.value, of: $0.name) }
        let valueWidth = values.map(\.count).max() ?? 0
        let lines = zip(scores, values).map { score, value in
            let name = score.name + String(repeating: " ", count: width - score.name.count)
            let space = String(repeating: " ", count: valueWidth - value.count)
            let interval = score.interval.map {
                "   \(ScoreText.text($0.low, of: score.name)) to \(ScoreText.text($0.high, of: score.name))"
                    + " (95 %, \($0.method.rawValue))"
            }
            return "  \(name)  \(space)\(value)\(interval ?? "")"
        }
        let ofClasses =
            classes.map { [""] + ClassScore.table($0) } ?? objects.map { [""] + ObjectScore.table($0) } ?? []
        return ([title + ":"] + lines + ofClasses).joined(separator: "\n")
    }
}

/// Rows as CSV: fields with commas, quotes or line breaks in quotes.
enum CSVText {
    static func text(_ rows: [[String]]) -> String {
        rows.map { $0.map(quoted).joined(separator: ",") }.joined(separator: "\n")
    }

    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
        return "\"\(field.replacing("\"", with: "\"\""))\""
    }
}
