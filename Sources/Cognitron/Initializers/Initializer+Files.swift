// How files store initializers.

extension Initializer {
    static let registry = Registry(
        "initializer", registration: "Initializer.register",
        [
            Constant.self, RandomUniform.self, RandomNormal.self, TruncatedNormal.self, VarianceScaling.self,
            Orthogonal.self, IdentityMatrix.self, Dirac.self, Bilinear.self, Seeded.self,
        ])

    /// Lets files name a rule of your own.
    public static func register(_ rule: any InitializerRule.Type) { registry.register(rule) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: FirstFormat.self)
        rule =
            container.contains(.kind)
            ? try container.decode(FirstFormat.Kind.self, forKey: .kind).rule
            : try Self.registry.decode(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws { try Self.registry.encode(rule, to: encoder) }

    public static func == (a: Initializer, b: Initializer) -> Bool { a.rule.isEqual(to: b.rule) }
    public func hash(into hasher: inout Hasher) { hasher.combine(rule) }

    /// The file format before initializers became an open set: `{"kind": {"constant": {"_0": 0}}}`.
    private enum FirstFormat: CodingKey {
        case kind

        enum Kind: Decodable {
            case constant(Float)
            case uniform(low: Float, high: Float)
            case normal(mean: Float, standardDeviation: Float)
            case truncatedNormal(mean: Float, standardDeviation: Float)
            case varianceScaling(scale: Float, fan: Fan, distribution: ScaledDistribution)
            case orthogonal(gain: Float)

            var rule: any InitializerRule {
                switch self {
                case .constant(let value): Constant(value: value)
                case .uniform(let low, let high): RandomUniform(minimum: low, maximum: high)
                case .normal(let mean, let deviation): RandomNormal(mean: mean, standardDeviation: deviation)
                case .truncatedNormal(let mean, let deviation):
                    TruncatedNormal(mean: mean, standardDeviation: deviation)
                case .varianceScaling(let scale, let fan, let distribution):
                    VarianceScaling(
                        scale: scale, mode: fan == .input ? .fanIn : .fanAvg, distribution: distribution)
                case .orthogonal(let gain): Orthogonal(gain: gain)
                }
            }
        }

        enum Fan: String, Decodable { case input, average }
    }
}
