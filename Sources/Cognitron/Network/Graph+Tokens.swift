// Whole numbers among a model's inputs, checked before a batch is run.

/// An input that a layer reads tokens from.
struct TokenReader: Sendable {
    let input: Int
    let name: String
    let layer: any TokenLayer
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
            let input = inputs[reader.input]
            guard let place = input.placeOfWrongToken(below: reader.layer.tokenCount) else { continue }
            let size = max(1, input.shape.sample.elementCount)
            throw CognitronError(
                .data,
                "\(inputs.count == 1 ? "input" : "input \(reader.input)"): sample \(samples[place / size])",
                "holds a token that \(reader.name) does not know, at place \(place % size)",
                expected: reader.layer.allowedTokens, got: input.scalars[place].text,
                advice: "give \(reader.name) more tokens or map unknown ones to one of its own")
        }
    }
}
