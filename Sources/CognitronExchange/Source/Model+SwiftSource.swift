import Cognitron
import CognitronData
import Foundation

extension Model {
    /// Writes the model as a Swift file that needs no package, and beside it its weights, in a file of the
    /// same name that ends in `.weights`. For small networks of dense layers, two-dimensional convolutions and
    /// poolings with one input and one output: the code is plain loops on one core.
    ///
    ///     try model.export(swift: "LeNet.swift")        // and LeNet.weights
    ///
    /// - Throws: `CognitronError` where the model has other layers (all are named), several inputs or outputs,
    ///   free axes, or a file cannot be written.
    public func export(swift path: String) throws {
        try requireParameters()
        let model = try expanded()
        guard model.graph.inputs.count == 1, model.graph.outputs.count == 1, let input = inputShape else {
            throw CognitronError(
                .model, displayName, "cannot become a function of one array",
                expected: "one input of fixed sizes and one output",
                advice: "export a part of it")
        }
        let url = URL(fileURLWithPath: path)
        let name = Self.typeName(url.deletingPathExtension().lastPathComponent)
        var writer = SwiftWriter(model.valueShapes(for: [input]) ?? [], SwiftSource(typeName: name))
        for node in model.graph.nodes { writer.write(node) }
        guard writer.refused.isEmpty else {
            throw CognitronError(
                .model, displayName,
                "has layers that no Swift file is made of: "
                    + writer.refused.joined(separator: ", "),
                advice: "write it as .onnx, which knows more layers")
        }
        let sample = Tensor.randomUniform(Shape([1] + Array(input)), seed: 1)
        let prediction = try predict(sample)
        let text = writer.source.text(
            input: input, output: prediction.shape.sample, result: writer.name(model.graph.outputs[0]),
            classNames: classNames, origin: "a model of \(parameterCount) parameters")
        let weights = writer.source.numbers + sample.scalars + prediction.scalars
        try AtomicFile.write(
            weights.withUnsafeBytes { Data($0) },
            to: url.deletingPathExtension().appendingPathExtension("weights").path)
        try AtomicFile.write(Data(text.utf8), to: path)
    }

    /// The names of the classes in the file's metadata; none where it says none.
    private var classNames: [String] {
        guard let text = metadata["task"],
            let task = try? JSONDecoder().decode(DataTask.self, from: Data(text.utf8))
        else { return [] }
        return task.kind == .classification ? task.classNames : []
    }

    /// A name for a type: the file's, with what cannot stand in it left out.
    private static func typeName(_ stem: String) -> String {
        let words = stem.split { !$0.isLetter && !$0.isNumber }
        let name = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return name.first?.isLetter == true ? name : "Network\(name)"
    }
}

/// Writes a model's layers as statements.
private struct SwiftWriter {
    var source: SwiftSource
    private(set) var refused: [String] = []
    private let shapes: [Shape]
    /// The variables of values, by number.
    private var names: [Int: String] = [0: "input"]

    init(_ shapes: [Shape], _ source: SwiftSource) { (self.shapes, self.source) = (shapes, source) }

    func name(_ value: Int) -> String { names[value] ?? "?" }

    mutating func write(_ node: Graph.Node) {
        let (input, output) = (shapes[node.inputs[0]], shapes[node.outputs.lowerBound])
        let x = name(node.inputs[0])
        var y = "v\(node.outputs.lowerBound)"
        switch node.layer {
        case is Input, is Flatten, is Reshape, is Dropout, is GaussianNoise, is GaussianDropout, is Identity,
            is SpatialDropout2D:
            y = x
        case let layer as Dense:
            let units = output[output.rank - 1]
            let places =
                "kernel: \(source.place(of: layer.kernel.value)), bias: \(place(layer.useBias ? layer.bias : nil))"
            source.compute(y, .dense, "\(x), w, \(input[input.rank - 1]), \(units), \(places)")
            activate(layer.activation, &y, output, node)
        case let layer as Conv2D:
            convolve(layer, layer.window, groups: layer.arguments.groups, layer.kernel.value, x, &y, node)
        case let layer as DepthwiseConv2D:
            let shape = layer.kernel.shape
            convolve(
                layer, layer.window, groups: shape[2],
                layer.kernel.value.reshaped([shape[0], shape[1], 1, shape[2] * shape[3]]), x, &y, node)
        case let layer as MaxPooling2D:
            source.compute(y, .maximumPooled, pooling(x, layer.window, input, output))
        case let layer as AveragePooling2D:
            source.compute(y, .averagePooled, pooling(x, layer.window, input, output))
        case is GlobalAveragePooling2D: source.compute(y, .channelMeans, "\(x), \(input[2])")
        case is GlobalMaxPooling2D: source.compute(y, .channelMaxima, "\(x), \(input[2])")
        case is BatchNormalization, is Normalization, is Rescaling: scale(node, x, y, input)
        case let layer as Activation: activate(layer.activation, from: x, &y, output, node)
        case let layer as ReLU
        where layer.maxValue == nil && layer.negativeSlope == 0 && layer.threshold == 0:
            source.compute(y, .rectified, x)
        case let layer as Softmax where layer.axis == -1:
            activate(.softmax, from: x, &y, output, node)
        case is Add where node.inputs.allSatisfy({ shapes[$0] == input }):
            let sum = node.inputs.map(name)
            source.compute(
                y, .added, sum.dropFirst(2).reduce("\(sum[0]), \(sum[1])") { "added(\($0)), \($1)" })
        case is Concatenate where shapes[node.inputs[0]].dropLast() == output.dropLast():
            let parts = node.inputs.map { "(\(name($0)), \(shapes[$0][shapes[$0].rank - 1]))" }
            source.compute(y, .joined, "[\(parts.joined(separator: ", "))]")
        default: refused.append("\(node.name) (\(type(of: node.layer)))")
        }
        names[node.outputs.lowerBound] = y
    }

    private mutating func place(_ parameter: Parameter?) -> String {
        parameter.map { "\(source.place(of: $0.value))" } ?? "nil"
    }

    private func image(_ shape: Shape) -> String { "(\(shape[0]), \(shape[1]), \(shape[2]))" }

    private mutating func convolve(
        _ layer: some ActivatedLayer, _ window: Window, groups: Int, _ kernel: Tensor, _ x: String,
        _ y: inout String, _ node: Graph.Node
    ) {
        let (input, output) = (shapes[node.inputs[0]], shapes[node.outputs.lowerBound])
        let bias = layer.parameters.count > 1 ? layer.parameters[1] : nil
        let margins = (window.margins(0, input[0]).before, window.margins(1, input[1]).before)
        source.compute(
            y, .convolved,
            """
            \(x), w, \(image(input)), kernel: \(source.place(of: kernel)), bias: \(place(bias)), \
            size: (\(kernel.shape[0]), \(kernel.shape[1])), filters: \(output[2]), \
            strides: (\(window.strides.height), \(window.strides.width)), \
            dilation: (\(window.dilationRate.height), \(window.dilationRate.width)), margins: \(margins), \
            output: (\(output[0]), \(output[1])), groups: \(groups)
            """)
        activate(layer.activation, &y, output, node)
    }

    private func pooling(_ x: String, _ window: Window, _ input: Shape, _ output: Shape) -> String {
        let margins = (window.margins(0, input[0]).before, window.margins(1, input[1]).before)
        return """
            \(x), \(image(input)), size: (\(window.size.height), \(window.size.width)), \
            strides: (\(window.strides.height), \(window.strides.width)), margins: \(margins), \
            output: (\(output[0]), \(output[1]))
            """
    }

    /// A layer that multiplies and shifts each channel, as its values for 0 and for a large number say.
    private mutating func scale(_ node: Graph.Node, _ x: String, _ y: String, _ input: Shape) {
        let large: Float = 0x1p20
        let samples = [0, large].map { .zeros(Shape([1] + Array(input))) + $0 }
        let channels = input[input.rank - 1]
        let rows = samples.map {
            node.layer.forward(inputs: [$0], .inference).outputs[0].reshaped([
                input.elementCount / channels, channels,
            ])
        }
        // Statistics along other axes differ from row to row.
        guard rows.allSatisfy({ all in (0..<all.shape[0]).allSatisfy { all[$0] == all[0] } }) else {
            return refused.append("\(node.name) (\(type(of: node.layer)) along another axis)")
        }
        let shift = rows[0][0]
        let scale = (rows[1][0] - shift) / large
        source.compute(
            y, .scaled,
            "\(x), w, \(channels), scale: \(source.place(of: scale)), shift: \(source.place(of: shift))")
    }

    private mutating func activate(
        _ activation: ActivationFunction, from x: String? = nil, _ y: inout String, _ shape: Shape,
        _ node: Graph.Node
    ) {
        let x = x ?? y
        let result = "v\(node.outputs.lowerBound)a"
        switch activation {
        case .linear:
            y = x
            return
        case .relu: source.compute(result, .rectified, x)
        case .sigmoid: source.compute(result, .sigmoid, x)
        case .tanh: source.compute(result, .hyperbolic, x)
        case .softmax: source.compute(result, .softmax, "\(x), \(shape[shape.rank - 1])")
        default: refused.append("\(node.name) (its activation function)")
        }
        y = result
    }
}
