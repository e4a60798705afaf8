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
            // The span must be finite too, since the numbers are multiples of it.
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

    /// The columns of a random orthogonal matrix times a factor, or its rows where they are fewer.
    struct Orthogonal: InitializerRule {
        var gain: Float

        init(gain: Float = 1) { self.gain = gain }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(gain: try container.decode(.gain, default: 1))
        }

        var problem: RuleProblem? { gain.isFinite ? nil : ("a finite gain", gain.text) }

        func problem(for shape: Shape) -> RuleProblem? {
            problem ?? (shape.rank >= 2 ? nil : ("a parameter with two axes or more", "\(shape)"))
        }

        func make(_ shape: Shape, key: RandomKey) -> Tensor {
            let columns = shape.last ?? 1
            let rows = shape.elementCount / Swift.max(1, columns)
            let (long, short) = (Swift.max(rows, columns), Swift.min(rows, columns))
            let matrix = Tensor.randomNormal([long, short], key: key).withOrthonormalColumns()
            return ((rows < columns ? matrix.transposed : matrix) * gain).reshaped(shape)
        }
    }

    /// The identity matrix times a factor.
    struct IdentityMatrix: InitializerRule {
        var gain: Float

        init(gain: Float = 1) { self.gain = gain }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(gain: try container.decode(.gain, default: 1))
        }

        var problem: RuleProblem? { gain.isFinite ? nil : ("a finite gain", gain.text) }

        func problem(for shape: Shape) -> RuleProblem? {
            problem ?? (shape.rank == 2 ? nil : ("a parameter with two axes", "\(shape)"))
        }

        func make(_ shape: Shape, key: RandomKey) -> Tensor {
            Tensor.identity(shape[0], columns: shape[1]) * gain
        }
    }

    /// Another initializer with a seed of its own.
    struct Seeded: InitializerRule {
        var seed: UInt64
        var initializer: Initializer

        func problem(for shape: Shape) -> RuleProblem? { initializer.problem(for: shape) }

        func make(_ shape: Shape, key: RandomKey) -> Tensor {
            initializer.make(shape, key: RandomKey(seed: seed))
        }
    }
}
