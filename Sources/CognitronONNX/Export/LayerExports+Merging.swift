import Cognitron

extension LayerExports {
    static let merging: [Rule] = [
        rule(Add.self) { merged("Add", $1) },
        rule(Multiply.self) { merged("Mul", $1) },
        rule(Subtract.self) { merged("Sub", $1) },
        rule(Maximum.self) { merged("Max", $1) },
        rule(Minimum.self) { merged("Min", $1) },
        rule(Average.self) { _, export in
            let sum = merged("Add", export)
            return sum.mapped(export.writer) {
                export.writer.node("Div", $0, export.writer.constant(Float(export.inputs.count)))
            }
        },
        rule(Concatenate.self, concatenate), rule(Dot.self, dot),
    ]

    /// In the layout of the inputs where all have one and the same shape; else each is given the rank of the
    /// largest, new axes behind the batch.
    private static func merged(_ type: String, _ export: LayerExport) -> ExportedValue {
        let writer = export.writer
        let mask = unionOfMasks(export)
        let inputs = export.inputs
        let isUniform = inputs.allSatisfy { $0.shapes == inputs[0].shapes }
        if isUniform, inputs.contains(where: \.isChannelsFirst) {
            let names = inputs.map { $0.channelsFirst(writer) }
            return export.channelsFirstOutput(reduced(type, names, writer), mask: mask)
        }
        let rank = inputs.reduce(0) { max($0, $1.rank) }
        let names = inputs.map { input in
            let x = input.channelsLast(writer)
            return input.rank < rank ? writer.unsqueeze(x, axes: Array(1...rank - input.rank)) : x
        }
        return export.output(reduced(type, names, writer), mask: mask)
    }

    private static func reduced(_ type: String, _ names: [String], _ writer: GraphWriter) -> String {
        names.dropFirst().reduce(names[0]) { writer.node(type, $0, $1) }
    }

    /// Where any input's steps count; nil where an input has no mask.
    private static func unionOfMasks(_ export: LayerExport) -> String? {
        let masks = export.inputs.compactMap(\.mask)
        guard let first = masks.first, masks.count == export.inputs.count else { return nil }
        return masks.dropFirst().reduce(first) { export.writer.node("Or", $0, $1) }
    }

    private static func concatenate(_ layer: Concatenate, _ export: LayerExport) throws -> ExportedValue {
        let writer = export.writer
        let rank = export.input.rank
        let axis = layer.axis < 0 ? layer.axis + rank : layer.axis
        if rank >= 3, export.inputs.contains(where: \.isChannelsFirst) {
            let place = axis == rank - 1 ? 1 : axis + 1
            return export.channelsFirstOutput(
                writer.concat(export.inputs.map { $0.channelsFirst(writer) }, axis: place),
                mask: axis == rank - 1 ? unionOfMasks(export) : nil)
        }
        guard axis == rank - 1 || export.inputs.allSatisfy({ $0.mask == nil }) else {
            throw ExportProblem("masks of inputs joined along their steps have no export")
        }
        return export.output(
            writer.concat(export.inputs.map { $0.channelsLast(writer) }, axis: axis),
            mask: unionOfMasks(export))
    }

    /// Products of rows: both inputs with the axis of the sum last, the others flattened.
    private static func dot(_ layer: Dot, _ export: LayerExport) throws -> ExportedValue {
        let writer = export.writer
        let rows = try zip(export.inputs, layer.axes).map { input, axis -> String in
            let own = axis < 0 ? axis + input.rank : axis
            guard let shape = input.fixedShape else { throw ExportProblem("its inputs have free axes") }
            let order = (0..<input.rank).filter { $0 != own } + [own]
            var x = writer.transpose(input.channelsLast(writer), order)
            x = writer.reshape(x, [-1, shape.elementCount / shape[own - 1], shape[own - 1]])
            guard layer.normalize else { return x }
            let squares = writer.sum(writer.node("Mul", x, x), axes: [2], keepingDimensions: true)
            return writer.node(
                "Div", x, writer.node("Sqrt", writer.node("Max", squares, writer.constant(1e-14))))
        }
        let product = writer.node("MatMul", rows[0], writer.transpose(rows[1], [0, 2, 1]))
        return export.output(writer.reshape(product, [-1] + Array(export.outputShapes[0].0)))
    }
}
