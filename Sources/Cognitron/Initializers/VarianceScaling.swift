extension Initializer {
    /// Draws with mean 0 and variance scale / fan.
    ///
    /// - Source: Keras `VarianceScaling`.
    struct VarianceScaling: InitializerRule {
        var scale: Float
        var mode: FanMode
        var distribution: ScaledDistribution
        var inputAxes: [Int]?
        var outputAxes: [Int]?

        init(
            scale: Float = 1, mode: FanMode = .fanIn, distribution: ScaledDistribution = .truncatedNormal,
            inputAxes: [Int]? = nil, outputAxes: [Int]? = nil
        ) {
            (self.scale, self.mode, self.distribution) = (scale, mode, distribution)
            (self.inputAxes, self.outputAxes) = (inputAxes, outputAxes)
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                scale: try container.decode(.scale, default: 1),
                mode: try container.decode(.mode, default: .fanIn),
                distribution: try container.decode(.distribution, default: .truncatedNormal),
                inputAxes: try container.decodeIfPresent([Int].self, forKey: .inputAxes),
                outputAxes: try container.decodeIfPresent([Int].self, forKey: .outputAxes))
        }

        var problem: RuleProblem? {
            scale > 0 && scale.isFinite ? nil : ("a finite scale above 0", scale.text)
        }

        func problem(for shape: Shape) -> RuleProblem? {
            let axes = (inputAxes ?? []) + (outputAxes ?? [])
            let isSound = axes.allSatisfy { (-shape.rank..<shape.rank).contains($0) }
            return problem ?? (isSound ? nil : ("axes of a parameter of shape \(shape)", "\(axes)"))
        }

        /// Standard deviation of the standard normal distribution truncated at ±2, by which the deviation is
        /// divided.
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
            case .untruncatedNormal:
                return .randomNormal(shape, standardDeviation: variance.squareRoot(), key: key)
            }
        }

        private func fan(of shape: Shape) -> Float {
            let (inputs, outputs) = fans(of: shape)
            switch mode {
            case .fanIn: return Swift.max(1, Float(inputs))
            case .fanOut: return Swift.max(1, Float(outputs))
            case .fanAvg: return Swift.max(1, Float(inputs + outputs) / 2)
            }
        }

        private func fans(of shape: Shape) -> (inputs: Int, outputs: Int) {
            if let inputAxes, let outputAxes {
                return (
                    inputAxes.reduce(1) { $0 * shape[shape.resolve($1)] },
                    outputAxes.reduce(1) { $0 * shape[shape.resolve($1)] }
                )
            }
            guard shape.rank >= 2 else { return (shape.elementCount, shape.elementCount) }
            let area = shape.dropLast(2).reduce(1, *)
            return (area * shape[shape.rank - 2], area * shape[shape.rank - 1])
        }
    }
}
