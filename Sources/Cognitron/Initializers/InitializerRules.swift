// The package's own initializers.

extension Initializer {
    struct Constant: InitializerRule {
        var value: Float

        init(value: Float = 0) { self.value = value }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(value: try container.decode(.value, default: 0))
        }

        var problem: RuleProblem? { value.isFinite ? nil : ("a finite constant", value.text) }

        func make(_ shape: Shape, key: RandomKey) -> Tensor { Tensor(repeating: value, shape: shape) }
    }

    struct RandomUniform: InitializerRule {
        var minimum: Float
        var maximum: Float

        init(minimum: Float = -0.05, maximum: Float = 0.05) {
            (self.minimum, self.maximum) = (minimum, maximum)
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                minimum: try container.decode(.minimum, default: -0.05),
                maximum: try container.decode(.maximum, default: 0.05))
        }

        var problem: RuleProblem? {
            // The span must be finite too: numbers are drawn as shares of it.
            minimum <= maximum && (maximum - minimum).isFinite
                ? nil
                : (
                    "a minimum that is not above the maximum, both finite",
                    "\(minimum.text) and \(maximum.text)"
                )
        }

        func make(_ shape: Shape, key: RandomKey) -> Tensor {
            .randomUniform(shape, in: minimum..<maximum, key: key)
        }
    }

    struct RandomNormal: InitializerRule {
        var mean: Float
        var standardDeviation: Float

        init(mean: Float = 0, standardDeviation: Float = 0.05) {
            (self.mean, self.standardDeviation) = (mean, standardDeviation)
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                mean: try container.decode(.mean, default: 0),
                standardDeviation: try container.decode(.standardDeviation, default: 0.05))
        }

        var problem: RuleProblem? {
            mean.isFinite && standardDeviation >= 0 && standardDeviation.isFinite
                ? nil
                : (
                    "a finite mean and a standard deviation of at least 0",
                    "\(mean.text) and \(standardDeviation.text)"
                )
        }

        func make(_ shape: Shape, key: RandomKey) -> Tensor {
            .randomNormal(shape, mean: mean, standardDeviation: standardDeviation, key: key)
        }
    }

    /// A normal distribution cut at two standard deviations.
    struct TruncatedNormal: InitializerRule {
        private var normal: RandomNormal

        init(mean: Float = 0, standardDeviation: Float = 0.05) {
            normal = RandomNormal(mean: mean, standardDeviation: standardDeviation)
        }

        init(from decoder: any Decoder) throws { normal = try RandomNormal(from: decoder) }
        func encode(to encoder: any Encoder) throws { try normal.encode(to: encoder) }

        var problem: RuleProblem? { normal.problem }

        func make(_ shape: Shape, key: RandomKey) -> Tensor {
            .randomTruncatedNormal(
                shape, mean: normal.mean, standardDeviation: normal.standardDeviation, key: key)
        }
    }

    /// Draws with variance scale / fan.
    ///
    /// - Source: Keras `VarianceScaling`.
    struct VarianceScaling: InitializerRule {
        enum Mode: String, Codable { case fanIn, fanAvg }
        enum Distribution: String, Codable { case uniform, truncatedNormal }

        var scale: Float
        var mode: Mode
        var distribution: Distribution

        init(scale: Float = 1, mode: Mode = .fanIn, distribution: Distribution = .truncatedNormal) {
            (self.scale, self.mode, self.distribution) = (scale, mode, distribution)
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                scale: try container.decode(.scale, default: 1),
                mode: try container.decode(.mode, default: .fanIn),
                distribution: try container.decode(.distribution, default: .truncatedNormal))
        }

        var problem: RuleProblem? {
            scale >= 0 && scale.isFinite ? nil : ("a finite scale of at least 0", scale.text)
        }

        /// The standard deviation of a normal number that is cut at ±2: drawing with 1/0.8796 of the wanted
        /// deviation makes up for it.
        private static let truncatedDeviation: Float = 0.879_625_66

        func make(_ shape: Shape, key: RandomKey) -> Tensor {
            let variance = scale / fan(of: shape)
            switch distribution {
            case .uniform:
                let limit = (3 * variance).squareRoot()
                return .randomUniform(shape, in: -limit..<limit, key: key)
            case .truncatedNormal:
                let deviation = variance.squareRoot() / Self.truncatedDeviation
                return .randomTruncatedNormal(shape, standardDeviation: deviation, key: key)
            }
        }

        private func fan(of shape: Shape) -> Float {
            let area = shape.dropLast(2).reduce(1, *)
            let (inputs, outputs) =
                shape.rank < 2
                ? (shape.elementCount, shape.elementCount)
                : (area * shape[shape.rank - 2], area * shape[shape.rank - 1])
            return Swift.max(1, mode == .fanIn ? Float(inputs) : Float(inputs + outputs) / 2)
        }
    }

    struct Orthogonal: InitializerRule {
        var gain: Float

        init(gain: Float = 1) { self.gain = gain }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(gain: try container.decode(.gain, default: 1))
        }

        var problem: RuleProblem? { gain.isFinite ? nil : ("a finite gain", gain.text) }

        func make(_ shape: Shape, key: RandomKey) -> Tensor {
            let columns = shape.last ?? 1
            let rows = shape.elementCount / Swift.max(1, columns)
            let (long, short) = (Swift.max(rows, columns), Swift.min(rows, columns))
            let matrix = Tensor.randomNormal([long, short], key: key).withOrthonormalColumns()
            return ((rows < columns ? matrix.transposed : matrix) * gain).reshaped(shape)
        }
    }
}
