import CognitronKernels

extension Model {
    /// Prints a table of the layers: output shape, parameters and multiply-adds of one sample's forward pass.
    /// A failed write, such as to a closed pipe, is ignored, as for the progress of `fit`.
    ///
    /// - Source: Keras `Model.summary`. For its `print_fn` use `summaryText`.
    public func summary() { try? StandardStream.output.write(summaryText + "\n") }

    /// The table that `summary` prints, as a text.
    public var summaryText: String {
        do { try (self as? Sequential)?.buildFromInput() } catch { return "\(error)" }
        guard let wiring, let built = building.withLock({ $0 }) else {
            return
                "\(displayName): not built; it takes its shape from an Input or from the first data it sees"
        }
        let rows = wiring.layers.map { use in
            [
                "\(use.name) (\(use.typeName))", use.shapeTexts.joined(separator: ", "),
                Self.grouped(use.parameterCount), Self.grouped(use.multiplyAdds),
            ]
        }
        let trainable = parameters.filter { !$0.isStatistic && $0.isTrainable }
        let count = trainable.reduce(0) { $0 + $1.shape.elementCount }
        let sample =
            built.hasFreeAxes
            ? "sample of \(built.inputShapes.map(\.description).joined(separator: ", "))" : "sample"
        return """
            Model: \(displayName)
            \(Self.table(["Layer (type)", "Output shape", "Parameters", "Multiply-adds"], rows))
            Parameters: \(Self.grouped(parameterCount)) (\(Self.grouped(count)) trainable, \
            \(Self.grouped(parameterCount - count)) not)
            Multiply-adds a \(sample): \(Self.grouped(wiring.multiplyAdds))
            """
    }

    /// Columns as wide as their widest cell; the first two are aligned left, the numbers right.
    private static func table(_ header: [String], _ rows: [[String]]) -> String {
        let widths = header.indices.map { column in
            rows.reduce(header[column].count) { max($0, $1[column].count) }
        }
        func line(_ cells: [String]) -> String {
            let padded = cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return column < 2 ? cells[column] + space : space + cells[column]
            }
            return padded.joined(separator: "  ")
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "──")
        return ([rule, line(header), rule] + rows.map(line) + [rule]).joined(separator: "\n")
    }

    /// 1234567 → "1,234,567"
    private static func grouped(_ number: Int) -> String {
        let digits = String(number)
        return digits.enumerated().reduce(into: "") { text, digit in
            if digit.offset > 0 && (digits.count - digit.offset) % 3 == 0 { text.append(",") }
            text.append(digit.element)
        }
    }
}
