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
        guard let built = building.withLock({ $0 }), let shapes = built[built.inputShapes] else {
            return
                "\(displayName): not built; it takes its shape from an Input or from the first data it sees"
        }
        let texts = shapeTexts(built, shapes)
        let rows = graph.nodes.map { node in
            [
                "\(node.name) (\(node.layer.typeName))",
                node.outputs.map { texts[$0] }.joined(separator: ", "),
                Self.grouped(node.layer.allParameters.reduce(0) { $0 + $1.shape.elementCount }),
                Self.grouped(
                    node.layer.multiplyAdds(
                        inputs: node.inputs.map { shapes[$0] }, outputs: node.outputs.map { shapes[$0] })),
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
            Multiply-adds a \(sample): \(Self.grouped(multiplyAdds(inputs: built.inputShapes, outputs: [])))
            """
    }

    /// The shapes of all values, with ? for sizes that depend on a free axis: they change when it is doubled.
    private func shapeTexts(_ built: Building, _ shapes: [Shape]) -> [String] {
        let plain = shapes.map(\.description)
        guard built.hasFreeAxes else { return plain }
        let others = zip(built.sizes, built.inputShapes).map { sizes, shape in
            Shape(zip(sizes, shape).map { $0 ?? 2 * $1 })
        }
        guard let changed = valueShapes(for: others) else { return plain }
        return zip(shapes, changed).map { shape, other in
            guard shape.rank == other.rank else { return shape.description }
            return zip(shape, other).map { $0 == $1 ? $0 : nil }.text
        }
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
