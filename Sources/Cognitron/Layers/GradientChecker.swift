/// Compares a layer's gradients with finite differences of its output.
///
///     let report = try GradientChecker.check(MyLayer(), input: x)
///     print(report)                          // every gradient's largest error
///     assert(report.largestError < 1e-2)
///
/// The loss is a randomly weighted sum of the outputs plus the layer's own losses. Its derivative with
/// respect to single elements is estimated from four evaluations each,
///
///     f′ ≈ (8·(f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h,
///
/// with an error of order h⁴. Near a kink (the corner of a ReLU, equal values in a maximum) the estimate is
/// wrong: choose inputs at least 2h away from it.
///
/// In the training pass every evaluation updates the layer's statistics.
///
/// For networks of many layers there is `check(_:input:directions:)`.
public struct GradientChecker {
    /// The errors of the gradients of one tensor.
    public struct Finding: Sendable, CustomStringConvertible {
        /// `input`, `input 1` … or the parameter's name.
        public let name: String
        /// The largest of |gradient − estimate| / max(1, |estimate|); for directions, as documented there.
        public let largestError: Float
        /// The element (or the number of the direction) with that error, its gradient and the estimate.
        public let index: Int
        public let gradient: Float
        public let estimate: Float

        public var description: String {
            "\(name): error \(largestError) at element \(index) (gradient \(gradient), estimate \(estimate))"
        }
    }

    public struct Report: Sendable, CustomStringConvertible {
        public let findings: [Finding]

        /// The largest error; NaN if a gradient is NaN.
        public var largestError: Float {
            findings.reduce(0) { $1.largestError.isNaN ? .nan : ($0.isNaN ? $0 : max($0, $1.largestError)) }
        }

        public var description: String { findings.map(\.description).joined(separator: "\n") }
    }

    /// Checks the gradients of a layer with one input.
    ///
    /// - Parameters:
    ///   - input: `(N, …)`; the layer is built for it.
    ///   - pass: the pass to check.
    ///   - step: the h of the estimate.
    ///   - elements: the number of elements of each tensor to check, spread evenly.
    ///   - seed: for the layer's parameters if not drawn yet, the weights of the sum, and dropout.
    /// - Throws: `CognitronError` if the layer rejects the input.
    public static func check(
        _ layer: any AnyLayer, input: Tensor, pass: Pass = .training, step: Float = 0.02,
        elements: Int = 60,
        seed: UInt64 = 1
    ) throws -> Report {
        try check(layer, inputs: [input], pass: pass, step: step, elements: elements, seed: seed)
    }

    /// Checks the gradients of a layer with several inputs.
    ///
    /// - Parameter checksInputs: false for whole numbers such as tokens, of which there is no gradient.
    public static func check(
        _ layer: any AnyLayer, inputs: [Tensor], pass: Pass = .training, step: Float = 0.02,
        elements: Int = 60, seed: UInt64 = 1, checksInputs: Bool = true
    ) throws -> Report {
        var checker = try GradientChecker(layer, inputs, pass, step, seed)
        return checker.check(elements, checksInputs: checksInputs)
    }

    /// Checks the gradients of a network: each tensor's derivative along a random direction of length 1,
    /// which changes all its elements, instead of those with respect to single elements.
    ///
    /// A derivative g·d is compared with (f(h) − f(−h)) / 2h. Where thousands of activations have kinks, some
    /// lie within h: estimates with h and 2h then differ by more than a hundredth, and another direction is
    /// drawn, whatever the gradient is. The one whose estimates differ least counts. The error is relative to
    /// the usual size of such a derivative, ‖g‖/√n for n elements, or to a hundredth of the weighted outputs'
    /// norm where that is larger: less cannot be told from rounding.
    ///
    /// - Parameters:
    ///   - input: `(N, …)`; the network is built for it.
    ///   - directions: the most directions to draw for each tensor.
    ///   - step: the h of the estimate.
    ///   - seed: for parameters not drawn yet, the weights of the sum, dropout and directions.
    /// - Throws: `CognitronError` if the network rejects the input.
    public static func check(
        _ network: any AnyLayer, input: Tensor, directions: Int, pass: Pass = .training, step: Float = 0.001,
        seed: UInt64 = 1
    ) throws -> Report {
        var checker = try GradientChecker(network, [input], pass, step, seed)
        return checker.check(directions: directions)
    }

    private let layer: any AnyLayer
    private var inputs: [Tensor]
    private let pass: Pass
    private let step: Float
    private let key: RandomKey

    private init(
        _ layer: any AnyLayer, _ inputs: [Tensor], _ pass: Pass, _ step: Float, _ seed: UInt64
    ) throws {
        (self.layer, self.inputs, self.pass, self.step) = (layer, inputs, pass, step)
        key = RandomKey(seed: seed)
        var context = BuildContext(path: LayerNames.snakeCase(layer.typeName))
        _ = try layer.build(inputs: inputs.map(\.shape.sample), &context)
        for (index, parameter) in layer.allParameters.enumerated() {
            parameter.assign(key.folding(index))
            parameter.clearGradient()
        }
    }

    private mutating func check(_ elements: Int, checksInputs: Bool) -> Report {
        let (outputs, pullback) = run()
        let inputGradients = pullback(outputs.enumerated().map { weights($0.offset, $0.element.shape) })
        var findings: [Finding] = []
        for number in inputs.indices where checksInputs {
            let original = inputs[number]
            let name = inputs.count == 1 ? "input" : "input \(number)"
            findings.append(
                compare(name, original, inputGradients[number], elements) { $0.inputs[number] = $1 })
        }
        for parameter in layer.allParameters where parameter.isTrainable {
            findings.append(
                compare(parameter.name, parameter.value, parameter.gradient, elements) {
                    parameter.value = $1
                })
        }
        for parameter in layer.allParameters { parameter.clearGradient() }
        return Report(findings: findings)
    }

    private mutating func check(directions: Int) -> Report {
        let (outputs, pullback) = run()
        let weights = outputs.enumerated().map { self.weights($0.offset, $0.element.shape) }
        let norms = zip(outputs, weights).map { ($0 * $1).sumOfSquares.squareRoot() }
        let least = norms.reduce(0, +) / 100
        let inputGradients = pullback(weights)
        var findings = [
            compare("input", inputs[0], inputGradients[0], directions: directions, least) {
                $0.inputs[0] = $1
            }
        ]
        for parameter in layer.allParameters where parameter.isTrainable {
            findings.append(
                compare(
                    parameter.name, parameter.value, parameter.gradient, directions: directions, least
                ) { parameter.value = $1 })
        }
        for parameter in layer.allParameters { parameter.clearGradient() }
        return Report(findings: findings)
    }

    /// One forward pass, with the same random numbers every time.
    private func run(_ losses: LayerLosses = LayerLosses()) -> (outputs: [Tensor], pullback: MultiPullback) {
        for (path, stream) in layer.namedStreams(path: "") {
            stream.assign(key.folding("stream").folding(path))
        }
        for (_, state) in layer.namedStates(path: "") { state.value = nil }
        return layer.forward(inputs: inputs, pass.collecting(losses))
    }

    private func weights(_ output: Int, _ shape: Shape) -> Tensor {
        .randomUniform(shape, in: -1..<1, key: key.folding("weights").folding(output))
    }

    private func loss() -> Double {
        let losses = LayerLosses()
        return run(losses).outputs.enumerated().reduce(Double(losses.total)) { sum, output in
            let weights = weights(output.offset, output.element.shape).scalars
            return sum + zip(output.element.scalars, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
    }

    private mutating func compare(
        _ name: String, _ original: Tensor, _ gradient: Tensor, _ elements: Int,
        set: (inout GradientChecker, Tensor) -> Void
    ) -> Finding {
        let gradients = gradient.scalars
        var worst = Finding(
            name: name, largestError: 0, index: 0, gradient: gradients.first ?? 0, estimate: 0)
        for index in Swift.stride(from: 0, to: original.count, by: max(1, original.count / max(1, elements)))
        {
            func loss(_ offset: Float, _ checker: inout GradientChecker) -> Double {
                var moved = original
                moved.withUnsafeMutableScalars { $0[index] += offset }
                set(&checker, moved)
                return checker.loss()
            }
            let near = loss(step, &self) - loss(-step, &self)
            let far = loss(2 * step, &self) - loss(-2 * step, &self)
            let estimate = Float((8 * near - far) / (12 * Double(step)))
            let error = abs(gradients[index] - estimate) / max(1, abs(estimate))
            if error > worst.largestError || error.isNaN {
                worst = Finding(
                    name: name, largestError: error, index: index, gradient: gradients[index],
                    estimate: estimate)
            }
        }
        set(&self, original)
        return worst
    }

    /// - Parameter least: the scale of errors is at least this.
    private mutating func compare(
        _ name: String, _ original: Tensor, _ gradient: Tensor, directions: Int, _ least: Double,
        set: (inout GradientChecker, Tensor) -> Void
    ) -> Finding {
        let scale = max(least, gradient.sumOfSquares.squareRoot() / Double(original.count).squareRoot())
        var best = (difference: Double.infinity, finding: Finding?.none)
        for index in 0..<max(1, directions) {
            let random = Tensor.randomNormal(
                original.shape, key: key.folding("direction").folding(name).folding(index))
            let direction = random / Float(random.sumOfSquares.squareRoot())
            func estimate(_ step: Float) -> Double {
                set(&self, original + direction * step)
                let after = loss()
                set(&self, original - direction * step)
                return (after - loss()) / (2 * Double(step))
            }
            let (near, far) = (estimate(step), estimate(2 * step))
            let slope = zip(gradient.scalars, direction.scalars).reduce(0.0) {
                $0 + Double($1.0) * Double($1.1)
            }
            let size = max(scale, abs(near))
            let difference = abs(near - far) / size
            if difference < best.difference || best.finding == nil {
                let error = Float(abs(slope - near) / size)
                best = (
                    difference,
                    Finding(
                        name: name, largestError: error, index: index, gradient: Float(slope),
                        estimate: Float(near))
                )
            }
            if difference < 0.01 { break }
        }
        set(&self, original)
        return best.finding
            ?? Finding(name: name, largestError: .nan, index: 0, gradient: .nan, estimate: .nan)
    }
}
