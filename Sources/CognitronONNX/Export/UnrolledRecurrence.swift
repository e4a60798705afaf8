import Cognitron

// Recurrent layers that ONNX has no node for: their steps one after the other.

/// The number of steps of a sequence that is unrolled.
private func stepCount(_ input: ExportedValue) throws -> Int {
    guard let count = input.sizes[1] else {
        throw ExportProblem("its steps are unrolled; give the sequence a fixed length")
    }
    return count
}

extension GraphWriter {
    /// One step of (N, T, …).
    fileprivate func step(_ value: String, _ time: Int) -> String {
        node("Gather", value, constant([time], shape: []), attributes: ["axis": 1])
    }

    fileprivate func stacked(_ values: [String]) -> String {
        concat(values.map { unsqueeze($0, axes: [1]) }, axis: 1)
    }

    /// Zeros of the shape (N, …sizes), N as of a value.
    fileprivate func zeros(like value: String, _ sizes: [Int]) -> String {
        node(
            "ConstantOfShape", concat([shape(value, 0..<1), constant(sizes)], axis: 0))
    }

    /// The gates of an LSTM, which are the parts of the sums along an axis.
    fileprivate func gates(
        _ sums: String, _ cell: String, axis: Int, _ configuration: CellConfiguration
    ) throws -> (h: String, cell: String) {
        let parts = nodes("Split", [sums], ["axis": .int(axis)], outputs: 4)
        let inner = try ExportedFunction(configuration.activation)
        let outer = try ExportedFunction(configuration.recurrentActivation)
        func apply(_ function: ExportedFunction, _ x: String) throws -> String {
            try function.nodes(self, x) { $0 }
        }
        let kept = node("Mul", try apply(outer, parts[1]), cell)
        let new = node("Mul", try apply(outer, parts[0]), try apply(inner, parts[2]))
        let next = node("Add", kept, new)
        return (node("Mul", try apply(outer, parts[3]), try apply(inner, next)), next)
    }
}

/// An LSTM of pictures or sequences, its sums convolutions.
struct ConvolutionalUnrolling {
    private let cell: ConvLSTMCell
    private let options: SequenceOptions
    private let export: LayerExport
    private let rank: Int

    init(_ cell: ConvLSTMCell, _ options: SequenceOptions, _ export: LayerExport) {
        (self.cell, self.options, self.export, rank) = (cell, options, export, cell.rank)
    }

    func outputs() throws -> [ExportedValue] {
        let writer = export.writer
        guard export.input.mask == nil else { throw ExportProblem("its mask has no export") }
        let count = try stepCount(export.input)
        let shape = export.input.shapes
        let state = Array(export.outputShapes[0].0.suffix(rank + 1))
        let sizes = [cell.configuration.units] + state.dropLast()
        let x = export.input.channelsLast(writer)
        let given = export.inputs.dropFirst().map { $0.channelsFirst(writer) }
        var h = given.first ?? writer.zeros(like: x, sizes)
        var c = given.last ?? writer.zeros(like: x, sizes)
        var steps: [String] = []
        for time in options.goBackwards ? (0..<count).reversed() : Array(0..<count) {
            let input = ExportedValue((shape.0.sample, shape.1.sample), channelsLast: writer.step(x, time))
            let sums = writer.node(
                "Add",
                try convolution(
                    input, cell.kernel, cell.configuration.useBias ? cell.bias : nil, cell.strides,
                    cell.padding,
                    cell.dilationRate),
                try convolution(
                    ExportedValue((Shape(state), Shape(state)), channelsFirst: h), cell.recurrentKernel, nil,
                    WindowSize(axes: cell.strides.axes.map { _ in 1 }), .same,
                    WindowSize(axes: cell.strides.axes.map { _ in 1 })))
            (h, c) = try writer.gates(sums, c, axis: 1, cell.configuration)
            if options.returnSequences { steps.append(h) }
        }
        let states = [h, c]
        let last = Array(2..<rank + 2)
        func channelsLast(_ value: String) -> String { writer.transpose(value, [0] + last + [1]) }
        let output =
            options.returnSequences ? writer.stacked(steps.map(channelsLast)) : channelsLast(h)
        return [export.output(output)]
            + (options.returnState
                ? states.enumerated().map { ExportedValue(export.outputShapes[$0 + 1], channelsFirst: $1) }
                : [])
    }

    private func convolution(
        _ x: ExportedValue, _ kernel: Parameter, _ bias: Parameter?, _ strides: WindowSize,
        _ padding: Padding,
        _ dilations: WindowSize
    ) throws -> String {
        let weights = export.weight(kernel) { $0.permuted([rank + 1, rank] + Array(0..<rank)) }
        let windows = ExportedWindows(
            size: Array(kernel.shape.prefix(rank)), strides: strides.axes, dilations: dilations.axes,
            padding: padding)
        return export.writer.nodes(
            "Conv", [x.channelsFirst(export.writer), weights] + (bias.map { [export.weight($0)] } ?? []),
            try windows.attributes(x), outputs: 1)[0]
    }
}

/// An LSTM that attends to a memory at each step.
struct AttentionUnrolling {
    private let layer: AttentionLSTM
    private let export: LayerExport

    init(_ layer: AttentionLSTM, _ export: LayerExport) { (self.layer, self.export) = (layer, export) }

    func outputs() throws -> [ExportedValue] {
        let writer = export.writer
        let x = export.input.channelsLast(writer)
        let memory = export.inputs[1].channelsLast(writer)
        let keys = writer.node("MatMul", memory, export.weight(layer.key))
        let given = export.inputs.dropFirst(2).map { $0.channelsLast(writer) }
        let h = given.first ?? writer.zeros(like: x, [layer.cell.units])
        let c = given.last ?? writer.zeros(like: x, [layer.cell.units])
        let all =
            try export.input.sizes[1].map { try unrolled(x, memory, keys, h, c, $0) }
            ?? scanned(x, memory, keys, h, c)
        return (0..<export.layer.outputCount).map { export.output(all[$0], $0, mask: export.input.mask) }
    }

    /// The steps of a sequence of fixed length, one after the other.
    private func unrolled(
        _ x: String, _ memory: String, _ keys: String, _ h: String, _ c: String, _ count: Int
    ) throws -> [String] {
        var (h, c, steps) = (h, c, [[String]]())
        for time in 0..<count {
            let result = try step(export.writer.step(x, time), memory, keys, h, c)
            (h, c) = (result.h, result.c)
            steps.append([h, result.context, result.weights])
        }
        return (0..<export.layer.outputCount).map { number in export.writer.stacked(steps.map { $0[number] })
        }
    }

    /// The steps of a sequence of any length, as the body of a Scan.
    private func scanned(
        _ x: String, _ memory: String, _ keys: String, _ h: String, _ c: String
    ) throws -> [String] {
        let writer = export.writer
        let names = ["h", "c", "x"].map { writer.unique("\(export.path)/\($0)") }
        let count = export.layer.outputCount
        let body = try writer.graph(names) {
            let result = try step(names[2], memory, keys, names[0], names[1])
            // A value may be one output only.
            let copy = writer.node("Identity", result.h)
            return [result.h, result.c] + [copy, result.context, result.weights].prefix(count)
        }
        let outputs = writer.nodes(
            "Scan", [h, c, x],
            [
                "body": .graph(body), "num_scan_inputs": 1, "scan_input_axes": .ints([1]),
                "scan_output_axes": .ints(Array(repeating: 1, count: count)),
            ], outputs: 2 + count)
        return Array(outputs.dropFirst(2))
    }

    private func step(
        _ x: String, _ memory: String, _ keys: String, _ h: String, _ c: String
    ) throws -> (h: String, c: String, context: String, weights: String) {
        let writer = export.writer
        let cell = layer.cell
        let weights = shares(h, keys)
        let context = writer.squeeze(
            writer.node("MatMul", writer.unsqueeze(weights, axes: [1]), memory), axes: [1])
        var sums = writer.node(
            "Add", writer.node("MatMul", writer.concat([x, context], axis: 1), export.weight(cell.kernel)),
            writer.node("MatMul", h, export.weight(cell.recurrentKernel)))
        if cell.configuration.useBias { sums = writer.node("Add", sums, export.weight(cell.bias)) }
        let (next, state) = try writer.gates(sums, c, axis: 1, cell.configuration)
        return (next, state, context, weights)
    }

    /// (N, S): how much each place of the memory counts.
    private func shares(_ h: String, _ keys: String) -> String {
        let writer = export.writer
        let query = writer.unsqueeze(writer.node("MatMul", h, export.weight(layer.query)), axes: [1])
        let tangents = writer.node("Tanh", writer.node("Add", query, keys))
        let scores = writer.sum(writer.node("Mul", tangents, export.weight(layer.scale)), axes: [2])
        return writer.attentionShares(scores, keep: export.inputs[1].mask)
    }
}

extension GraphWriter {
    /// A softmax over the last axis of what is kept; zeros where nothing is.
    func attentionShares(_ scores: String, keep: String?) -> String {
        guard let keep else { return node("Softmax", scores, attributes: ["axis": -1]) }
        let shares = node(
            "Softmax", node("Where", keep, scores, constant(-1e9)), attributes: ["axis": -1])
        return node("Mul", shares, floats(keep))
    }
}
