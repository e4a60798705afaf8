extension Model {
    /// Prints a table of the layers: output shape, parameters and multiply-adds of one sample's forward pass.
    public func summary() { print(summaryText) }

    /// The table that `summary` prints.
    public var summaryText: String {
        if !isBuilt, let shape = (self as? Sequential)?.declaredInputShape {
            do { try build(shape) } catch { return "\(error)" }
        }
        guard let shapes = valueShapes else {
            return
                "\(displayName): not built; it takes its shape from an Input or from the first data it sees"
        }
        let rows = graph.nodes.map { node in
            [
                "\(node.name) (\(node.layer.typeName))",
                node.outputs.map { "\(shapes[$0])" }.joined(separator: ", "),
                Self.grouped(node.layer.parameters.reduce(0) { $0 + $1.shape.elementCount }),
                Self.grouped(
                    node.layer.multiplyAdds(
                        inputs: node.inputs.map { shapes[$0] }, outputs: node.outputs.map { shapes[$0] })),
            ]
        }
        let trainable = parameters.filter { !$0.isStatistic && $0.isTrainable }
        let count = trainable.reduce(0) { $0 + $1.shape.elementCount }
        return """
            Model: \(displayName)
            \(Self.table(["Layer (type)", "Output shape", "Parameters", "Multiply-adds"], rows))
            Parameters: \(Self.grouped(parameterCount)) (\(Self.grouped(count)) trainable, \
            \(Self.grouped(parameterCount - count)) not)
            Multiply-adds a sample: \(Self.grouped(multiplyAdds(inputs: inputShapes ?? [], outputs: [])))
            """
    }

    /// Columns as wide as their widest cell, the first two to the left and numbers to the right.
    private static func table(_ header: [String], _ rows: [[String]]) -> String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
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
