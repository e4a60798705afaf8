// Whole numbers among a model's inputs, checked before a batch is run.

/// An input that a layer reads tokens from.
struct TokenReader: Sendable {
    let input: Int
    let name: String
    let layer: any TokenLayer

    /// Throws where the input, which messages call `place`, holds a number that the layer does not take.
    func check(_ input: Tensor, _ place: String, _ samples: [Int]) throws {
        guard let wrong = input.placeOfWrongToken(below: layer.tokenCount) else { return }
        let size = max(1, input.shape.sample.elementCount)
        throw CognitronError(
            .data, "\(place): sample \(samples[wrong / size])",
            "holds a token that \(name) does not know, at place \(wrong % size)",
            expected: layer.allowedTokens, got: input.scalars[wrong].text,
            advice: "give \(name) more tokens or map unknown ones to one of its own")
    }
}

extension Graph {
    /// The layers that read tokens from the inputs, as they are or in another shape.
    var tokenReaders: [TokenReader] {
        var sources = Dictionary(uniqueKeysWithValues: zip(inputs, inputs.indices))
        var readers: [TokenReader] = []
        for node in nodes {
            if let inner = node.inner {
                for reader in inner.graph.tokenReaders {
                    guard let input = sources[node.inputs[reader.input]] else { continue }
                    readers.append(
                        TokenReader(input: input, name: "\(node.name)/\(reader.name)", layer: reader.layer))
                }
                continue
            }
            guard let value = node.inputs.first, let input = sources[value] else { continue }
            switch node.layer {
            case let layer as any TokenLayer:
                readers.append(TokenReader(input: input, name: node.name, layer: layer))
            case is any ReshapingLayer, is Input, is Identity, is Permute:
                sources[node.outputs.lowerBound] = input
            default: break
            }
        }
        return readers
    }
}

extension Model {
    /// Throws where an input holds a number that a layer reading tokens from it does not take, and names the
    /// sample and the number.
    func requireTokens(_ inputs: [Tensor], _ samples: [Int]) throws {
        for reader in parts.tokenReaders {
            try reader.check(
                inputs[reader.input], inputs.count == 1 ? "input" : "input \(reader.input)", samples)
        }
    }
}
