// Recurrent layers around layers of any type, in files.

extension RNN: Codable {
    private enum CodingKeys: CodingKey { case cell, options, name }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(SavedLayer.self, forKey: .cell).cast(),
            try container.decode(SequenceOptions.self, forKey: .options),
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(SavedLayer(cell), forKey: .cell)
        try container.encode(options, forKey: .options)
        try container.encodeIfPresent(name, forKey: .name)
    }
}

extension StackedRNNCells: Codable {
    private enum CodingKeys: CodingKey { case cells, name }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode([SavedLayer].self, forKey: .cells).map { try $0.cast() },
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(cells.map { SavedLayer($0) }, forKey: .cells)
        try container.encodeIfPresent(name, forKey: .name)
    }
}

extension Bidirectional: Codable {
    private enum CodingKeys: CodingKey { case layer, mergeMode, backwardLayer, name }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(SavedLayer.self, forKey: .layer).cast(),
            mergeMode: try container.decodeIfPresent(MergeMode.self, forKey: .mergeMode),
            backwardLayer: try container.decodeIfPresent(SavedLayer.self, forKey: .backwardLayer)?.cast(),
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(SavedLayer(forwardLayer), forKey: .layer)
        try container.encodeIfPresent(mergeMode, forKey: .mergeMode)
        try container.encodeIfPresent(backwardLayer.map { SavedLayer($0) }, forKey: .backwardLayer)
        try container.encodeIfPresent(name, forKey: .name)
    }
}

extension TimeDistributed: Codable {
    private enum CodingKeys: CodingKey { case layer, name }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(SavedLayer.self, forKey: .layer).layer,
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(SavedLayer(layer), forKey: .layer)
        try container.encodeIfPresent(name, forKey: .name)
    }
}

extension SavedLayer {
    /// The layer as the kind that the one around it takes.
    ///
    /// - Throws: `CognitronError` of kind `.file` where it is none.
    fileprivate func cast<L>(_ type: L.Type = L.self) throws -> L {
        guard let cast = layer as? L else {
            throw CognitronError(
                .file, "architecture", "a layer inside another is of the wrong kind", expected: "\(L.self)",
                got: "\(Swift.type(of: layer))")
        }
        return cast
    }
}
