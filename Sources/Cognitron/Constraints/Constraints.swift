// The package's own constraints.

extension Constraint {
    /// Keras's `backend.epsilon()`: keeps a norm of 0 from being divided by.
    fileprivate static let epsilon: Float = 1e-7

    /// Scales down what is longer than `maxValue`.
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

    /// Scales to a length of 1.
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
