// The package's own constraints.

extension Constraint {
    /// Keras's `backend.epsilon()`, which avoids a division by 0.
    fileprivate static let epsilon: Float = 1e-7

    /// Scales vectors longer than `maxValue` down to it.
    ///
    ///     w ← w · min(norm, maxValue) / (norm + 10⁻⁷), norm = √Σ w² along `axis`
    ///
    /// - Source: Keras `MaxNorm`.
    struct MaxNorm: ConstraintRule {
        var maxValue: Float
        var axis: [Int]

        init(maxValue: Float = 2, axis: [Int] = [0]) { (self.maxValue, self.axis) = (maxValue, axis) }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                maxValue: try container.decode(.maxValue, default: 2),
                axis: try container.decode(.axis, default: [0]))
        }

        var problem: RuleProblem? {
            maxValue >= 0 && maxValue.isFinite ? nil : ("a finite maxValue of at least 0", maxValue.text)
        }

        func problem(for shape: Shape) -> RuleProblem? { problem ?? Constraint.problem(of: axis, shape) }

        func apply(to value: consuming Tensor) -> Tensor {
            let norms = value.norms(axis)
            value *= norms.clamped(to: 0...maxValue) / (norms + Constraint.epsilon)
            return value
        }
    }

    /// Scales vectors shorter than `minValue` or longer than `maxValue`.
    ///
    ///     w ← w · (rate · clip(norm, minValue, maxValue) + (1 − rate) · norm) / (norm + 10⁻⁷)
    ///
    /// with norm = √Σ w² along `axis`.
    ///
    /// - Source: Keras `MinMaxNorm`.
    struct MinMaxNorm: ConstraintRule {
        var minValue: Float
        var maxValue: Float
        var rate: Float
        var axis: [Int]

        init(minValue: Float = 0, maxValue: Float = 1, rate: Float = 1, axis: [Int] = [0]) {
            (self.minValue, self.maxValue) = (minValue, maxValue)
            (self.rate, self.axis) = (rate, axis)
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                minValue: try container.decode(.minValue, default: 0),
                maxValue: try container.decode(.maxValue, default: 1),
                rate: try container.decode(.rate, default: 1),
                axis: try container.decode(.axis, default: [0]))
        }

        var problem: RuleProblem? {
            guard minValue >= 0, minValue <= maxValue, maxValue.isFinite else {
                return ("0 ≤ minValue ≤ maxValue, both finite", "\(minValue.text) and \(maxValue.text)")
            }
            return (0...1).contains(rate) ? nil : ("a rate from 0 to 1", rate.text)
        }

        func problem(for shape: Shape) -> RuleProblem? { problem ?? Constraint.problem(of: axis, shape) }

        func apply(to value: consuming Tensor) -> Tensor {
            let norms = value.norms(axis)
            let desired = rate * norms.clamped(to: minValue...maxValue) + (1 - rate) * norms
            value *= desired / (norms + Constraint.epsilon)
            return value
        }
    }

    /// Scales vectors to a length of 1.
    ///
    ///     w ← w / (norm + 10⁻⁷), norm = √Σ w² along `axis`
    ///
    /// - Source: Keras `UnitNorm`.
    struct UnitNorm: ConstraintRule {
        var axis: [Int]

        init(axis: [Int] = [0]) { self.axis = axis }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(axis: try container.decode(.axis, default: [0]))
        }

        func problem(for shape: Shape) -> RuleProblem? { Constraint.problem(of: axis, shape) }

        func apply(to value: consuming Tensor) -> Tensor {
            value /= value.norms(axis) + Constraint.epsilon
            return value
        }
    }

    /// Sets negative numbers to 0.
    ///
    ///     w ← max(w, 0)
    ///
    /// - Source: Keras `NonNeg`.
    struct NonNegative: ConstraintRule {
        func apply(to value: consuming Tensor) -> Tensor {
            value.update { $0.replacing(with: 0, where: $0 .< 0) }
            return value
        }
    }

    /// Brings numbers to at most `limit` on either side of 0.
    ///
    ///     w ← min(max(w, −limit), limit)
    ///
    /// - Source: Arjovsky et al., "Wasserstein GAN" (2017). Not in Keras.
    struct Clip: ConstraintRule {
        var limit: Float

        var problem: RuleProblem? {
            limit > 0 && limit.isFinite ? nil : ("a finite limit above 0", limit.text)
        }

        func apply(to value: consuming Tensor) -> Tensor { value.clamped(to: -limit...limit) }
    }

    fileprivate static func problem(of axis: [Int], _ shape: Shape) -> RuleProblem? {
        let isSound = !axis.isEmpty && axis.allSatisfy { (-shape.rank..<shape.rank).contains($0) }
        return isSound ? nil : ("axes of a parameter of shape \(shape)", "\(axis)")
    }
}

extension Tensor {
    /// √Σ x² along the axes, which stay with size 1.
    fileprivate func norms(_ axes: [Int]) -> Tensor {
        squared.sum(axes: axes, keepingDimensions: true).squareRoot
    }
}
