/// A layer's random stream with the seed that the layer was given. In files it is that seed.
struct SeededStream: Codable, Sendable {
    let seed: UInt64?
    let stream: RandomStream

    init(_ seed: UInt64?) {
        self.seed = seed
        stream = RandomStream(seed: seed)
    }

    init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(UInt64.self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(seed)
    }
}

// What the compiler writes for a layer's stored properties calls these: a missing seed is none.
extension KeyedDecodingContainer {
    func decode(_ type: SeededStream.Type, forKey key: Key) throws -> SeededStream {
        SeededStream(try decodeIfPresent(UInt64.self, forKey: key))
    }
}

extension KeyedEncodingContainer {
    mutating func encode(_ value: SeededStream, forKey key: Key) throws {
        try encodeIfPresent(value.seed, forKey: key)
    }
}

extension BuildContext {
    /// Throws unless noise of that shape can be repeated over the input.
    ///
    /// - Parameter noiseShape: with the batch; nil stands for the input's size.
    func require(noiseShape: [Int?]?, for input: Shape) throws {
        guard let noiseShape else { return }
        let fits =
            noiseShape.count == input.rank + 1 && (noiseShape[0] ?? 1) == 1
            && zip(noiseShape.dropFirst(), input).allSatisfy { $0 == nil || $0 == 1 || $0 == $1 }
        guard fits else {
            throw error(
                .argument, "invalid noiseShape",
                expected: "\(input.rank + 1) sizes, the first for the batch, each nil or 1, or after the "
                    + "batch the input's (\(input))",
                got: "[\(noiseShape.map { $0.map(String.init) ?? "nil" }.joined(separator: ", "))]")
        }
    }
}

extension [Int?] {
    /// The noise of a batch of this shape.
    func noiseShape(for input: Shape) -> Shape { Shape(zip(self, input).map { $0 ?? $1 }) }
}
