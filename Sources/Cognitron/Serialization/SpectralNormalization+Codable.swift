extension SpectralNormalization: Codable {
    private enum CodingKeys: CodingKey { case layer, powerIterations, name }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(SavedLayer.self, forKey: .layer).layer,
            powerIterations: try container.decode(Int.self, forKey: .powerIterations),
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(SavedLayer(layer), forKey: .layer)
        try container.encode(powerIterations, forKey: .powerIterations)
        try container.encodeIfPresent(name, forKey: .name)
    }
}
