// A pipeline of layers of any type, in files.

extension Pipeline: Codable {
    private enum CodingKeys: CodingKey { case layers, name }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode([SavedLayer].self, forKey: .layers).map(\.layer),
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(layers.map { SavedLayer($0) }, forKey: .layers)
        try container.encodeIfPresent(name, forKey: .name)
    }
}
