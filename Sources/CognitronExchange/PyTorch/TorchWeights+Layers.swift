// How PyTorch's modules keep what Keras's layers keep:
//
//     Linear               weight (out, in)             Dense                kernel (in, out)
//     Conv                 weight (out, in, …)          Conv                 kernel (…, in, out)
//     ConvTranspose        weight (in, out, …)          ConvTranspose        kernel (…, out, in)
//     Conv, groups = C     weight (C · m, 1, …)         DepthwiseConv        kernel (…, C, m)
//     LSTM                 gates i f g o, two biases    LSTM                 gates i f c o, one bias
//     GRU                  gates r z n                  GRU                  gates z r h
//     MultiheadAttention   in_proj_weight (3d, d)       MultiHeadAttention   query, key and value kernels
//
// Source: torch.nn's documentation.

import Cognitron

extension TorchWeights {
    /// The weights of a layer and of those inside it.
    ///
    /// - Parameters:
    ///   - name: the module's name with a point behind it; empty for the model.
    ///   - path: the layer's path with a slash; empty for the model.
    ///   - flattened: the shapes (H, W, C) that were flattened before dense layers, by these layers' paths.
    static func weights(
        of layer: any AnyLayer, _ name: String, _ path: String, flattened: [String: Shape]
    ) -> [TorchWeights] {
        if let known = known(layer, name, flattened[path]) { return known }
        let children = layer.children
        let inner = children.flatMap {
            weights(
                of: $0.layer, name + (modules[$0.name] ?? $0.name) + ".", "\(path)\($0.name)/",
                flattened: flattened)
        }
        let own = children.isEmpty ? layer.parameters : []
        return own.map { TorchWeights(name + parameterName($0), $0) } + inner
    }

    /// The names of PyTorch's transformer layers for the parts of ours.
    private static let modules = [
        "self_attention_layer": "self_attn", "cross_attention_layer": "multihead_attn",
        "self_attention_layer_norm": "norm1", "cross_attention_layer_norm": "norm2",
        "feedforward_intermediate_dense": "linear1", "feedforward_output_dense": "linear2",
    ]

    private static func parameterName(_ parameter: Parameter) -> String {
        let own = parameter.name.split(separator: "/").last.map(String.init) ?? parameter.name
        return switch own {
        case "kernel", "gamma", "embeddings", "alpha", "scale": "weight"
        case "beta": "bias"
        case "moving_mean": "running_mean"
        case "moving_variance": "running_var"
        default: own
        }
    }

    private static func known(_ layer: any AnyLayer, _ name: String, _ flattened: Shape?) -> [TorchWeights]? {
        switch layer {
        case is Conv1D, is Conv2D, is Conv3D, is Conv1DTranspose, is Conv2DTranspose, is Conv3DTranspose:
            convolution(layer, name)
        case is DepthwiseConv1D, is DepthwiseConv2D: depthwise(layer, name)
        case is Dense: dense(layer, name, flattened)
        case let prelu as PReLU:
            [TorchWeights("\(name)weight", prelu.alpha, as: [prelu.alpha.shape.elementCount])]
        case let lstm as LSTM: recurrent(lstm, name, gates: [0, 1, 2, 3])
        case let gru as GRU: recurrent(gru, name, gates: [1, 0, 2])
        case let rnn as SimpleRNN: recurrent(rnn, name, gates: [0])
        case let both as Bidirectional: bidirectional(both, name)
        case is MultiHeadAttention: attention(layer, name)
        case is TransformerEncoder: parts(of: layer, name, lastNorm: "norm2")
        case is TransformerDecoder:
            parts(
                of: layer, name,
                lastNorm: layer.children.contains { $0.name == "cross_attention_layer" } ? "norm3" : "norm2")
        default: nil
        }
    }

    private static func convolution(_ layer: any AnyLayer, _ name: String) -> [TorchWeights] {
        layer.parameters.map {
            let rank = $0.shape.rank
            guard rank > 1 else { return TorchWeights(name + "bias", $0) }
            return TorchWeights(name + "weight", $0, order: [rank - 1, rank - 2] + Array(0..<rank - 2))
        }
    }

    private static func depthwise(_ layer: any AnyLayer, _ name: String) -> [TorchWeights] {
        layer.parameters.map {
            let (shape, rank) = ($0.shape, $0.shape.rank)
            guard rank > 1 else { return TorchWeights(name + "bias", $0) }
            return TorchWeights(
                name + "weight", $0, order: [rank - 2, rank - 1] + Array(0..<rank - 2),
                shape: Shape([shape[rank - 2] * shape[rank - 1], 1] + shape.dropLast(2)))
        }
    }

    private static func dense(_ layer: any AnyLayer, _ name: String, _ flattened: Shape?) -> [TorchWeights] {
        layer.parameters.map {
            let shape = $0.shape
            guard shape.rank == 2 else { return TorchWeights(name + "bias", $0) }
            guard let flattened else { return TorchWeights(name + "weight", $0, order: [1, 0]) }
            // PyTorch flattens channels first.
            let rank = flattened.rank
            return TorchWeights(
                name + "weight", $0, as: Shape(Array(flattened) + [shape[1]]),
                order: [rank, rank - 1] + Array(0..<rank - 1), shape: [shape[1], shape[0]])
        }
    }

    private static func bidirectional(_ layer: Bidirectional, _ name: String) -> [TorchWeights] {
        layer.children.flatMap { child in
            let suffix = child.name == "backward_layer" ? "_reverse" : ""
            return switch child.layer {
            case let lstm as LSTM: recurrent(lstm, name, suffix, gates: [0, 1, 2, 3])
            case let gru as GRU: recurrent(gru, name, suffix, gates: [1, 0, 2])
            case let rnn as SimpleRNN: recurrent(rnn, name, suffix, gates: [0])
            default: weights(of: child.layer, "\(name)\(child.name).", "", flattened: [:])
            }
        }
    }

    /// - Parameter gates: the places of PyTorch's gates among ours.
    private static func recurrent(
        _ layer: some UnitRecurrentLayer, _ name: String, _ suffix: String = "", gates: [Int]
    ) -> [TorchWeights] {
        // The same permutation forth and back: no more than two gates change places.
        func ordered(_ tensor: Tensor) -> Tensor {
            let size = tensor.shape[0] / gates.count
            return Tensor.concatenated(
                gates.map { tensor[$0 * size..<($0 + 1) * size] }, axis: 0)
        }
        func kernel(_ own: String, _ parameter: Parameter) -> TorchWeights {
            TorchWeights(
                [Entry(name: "\(name)weight_\(own)_l0\(suffix)", shape: Shape(parameter.shape.reversed()))],
                written: { [ordered(parameter.value.permuted([1, 0]))] },
                read: { [(parameter, ordered($0[0]).permuted([1, 0]))] })
        }
        let kernels = [kernel("ih", layer.kernel), kernel("hh", layer.recurrentKernel)]
        guard layer.parameters.contains(where: { $0.identity == layer.bias.identity }) else { return kernels }
        let bias = layer.bias
        let size = bias.shape.last ?? 0
        let names = ["ih", "hh"].map { Entry(name: "\(name)bias_\($0)_l0\(suffix)", shape: [size]) }
        if bias.shape.rank == 2 {
            let both = TorchWeights(
                names, written: { (0..<2).map { ordered(bias.value[$0..<$0 + 1].reshaped([size])) } },
                read: { [(bias, Tensor.concatenated($0.map(ordered), axis: 0).reshaped(bias.shape))] })
            return kernels + [both]
        }
        let sum = TorchWeights(
            names, written: { [ordered(bias.value), .zeros([size])] },
            read: { [(bias, ordered($0[0] + $0[1]))] })
        return kernels + [sum]
    }

    /// A transformer's block, whose last normalisation is numbered by how many there are.
    private static func parts(of layer: any AnyLayer, _ name: String, lastNorm: String) -> [TorchWeights] {
        layer.children.flatMap { child in
            let module = child.name == "feedforward_layer_norm" ? lastNorm : modules[child.name] ?? child.name
            let inner = "\(name)\(module)."
            if child.name.hasSuffix("_dense") { return dense(child.layer, inner, nil) }
            if let attention = attention(child.layer, inner) { return attention }
            return weights(of: child.layer, inner, "", flattened: [:])
        }
    }

    /// A layer whose children are the projections of queries, keys, values and the output.
    private static func attention(_ layer: any AnyLayer, _ name: String) -> [TorchWeights]? {
        let parts = Dictionary(uniqueKeysWithValues: layer.children.map { ($0.name, $0.layer.parameters) })
        guard let output = parts["attention_output"], let outputKernel = output.first, parts["gate"] == nil,
            case let inputs = ["query", "key", "value"].compactMap({ parts[$0] }), inputs.count == 3,
            let features = inputs[0].first?.shape[0],
            // PyTorch stacks the three where all have the size of the query.
            inputs.allSatisfy({ $0[0].shape.elementCount == features * features })
        else { return nil }
        func stack(_ place: Int, _ name: String, _ shape: Shape) -> TorchWeights {
            let parameters = inputs.map { $0[place] }
            let isKernel = shape.rank == 2
            return TorchWeights(
                [Entry(name: name, shape: shape)],
                written: {
                    let rows = parameters.map {
                        isKernel
                            ? $0.value.reshaped([features, features]).permuted([1, 0])
                            : $0.value.reshaped([features])
                    }
                    return [Tensor.concatenated(rows, axis: 0)]
                },
                read: { tensors in
                    parameters.enumerated().map { index, parameter in
                        let rows = tensors[0][index * features..<(index + 1) * features]
                        return (
                            parameter, (isKernel ? rows.permuted([1, 0]) : rows).reshaped(parameter.shape)
                        )
                    }
                })
        }
        var weights = [
            stack(0, "\(name)in_proj_weight", [3 * features, features]),
            TorchWeights(
                "\(name)out_proj.weight", outputKernel,
                as: [features, outputKernel.shape.elementCount / features], order: [1, 0]),
        ]
        if output.count > 1 {
            weights.append(stack(1, "\(name)in_proj_bias", [3 * features]))
            weights.append(TorchWeights("\(name)out_proj.bias", output[1]))
        }
        return weights
    }
}
