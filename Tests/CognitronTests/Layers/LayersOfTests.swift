import CognitronKernels

@testable import Cognitron

// Small layers that tests of the contracts share.

/// Two outputs, of a child and of a parameter of its own: y₁ = child(x), y₂ = scale · x.
final class Fork: AnyLayer, Codable {
    let name: String?
    let child: Dense
    let scale = Parameter()

    private enum CodingKeys: CodingKey { case name, child }

    init(_ units: Int, name: String? = nil) {
        self.name = name
        child = Dense(units)
    }

    var parameters: [Parameter] { [scale] }
    var children: [(name: String, layer: any AnyLayer)] { [("child", child)] }
    var outputCount: Int { 2 }

    func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try context.declare(scale, "scale", [], .ones)
        return [try context.child("child", child, inputs[0]), inputs[0]]
    }

    func forward(inputs: consuming [Tensor], _ pass: Pass) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (x, factor) = (inputs[0], scale.value)
        let (y, pullback) = child.forward(x, pass)
        return (
            [y, x * factor],
            { [scale] gradients in
                let (dy, dz) = (gradients[0], gradients[1])
                scale.accumulate((x * dz).sum(axes: Array(0..<x.rank)))
                return [pullback(dy) + dz * factor]
            }
        )
    }
}

/// Layers in a row within one layer, which hands its pass on to them as it is.
final class Chain: Layer {
    let name: String?
    let children: [(name: String, layer: any AnyLayer)]
    private let links: [any Layer]

    init(_ links: [(name: String, layer: any Layer)], name: String? = nil) {
        self.links = links.map(\.layer)
        self.name = name
        children = links.map { ($0.name, $0.layer) }
    }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try children.reduce(input) { try context.child($1.name, $1.layer, $0) }
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        var (value, pullbacks) = (input, [Pullback]())
        for link in links {
            let (output, pullback) = link.forward(value, pass)
            value = output
            pullbacks.append(pullback)
        }
        return (value, { gradient in pullbacks.reversed().reduce(gradient) { $1($0) } })
    }
}

/// A dense layer for samples of one axis, with rules for its parameters.
final class Ruled: Layer {
    let name: String?
    let kernel = Parameter()
    let bias = Parameter()
    private let units: Int
    private let regularizer: Regularizer?
    private let constraint: Constraint?
    private let biasConstraint: Constraint?
    var parameters: [Parameter] { [kernel, bias] }

    init(
        _ units: Int, regularizer: Regularizer? = nil, constraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, name: String? = nil
    ) {
        (self.units, self.name) = (units, name)
        (self.regularizer, self.constraint, self.biasConstraint) = (regularizer, constraint, biasConstraint)
    }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.declare(
            kernel, "kernel", [input[0], units], .glorotUniform, regularizer: regularizer,
            constraint: constraint)
        try context.declare(bias, "bias", [units], .zeros, constraint: biasConstraint)
        return [units]
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (x, w) = (input, kernel.value)
        return (
            x.matmul(w) + bias.value,
            { [kernel, bias] dy in
                let gradient = dy
                kernel.accumulate(x.transposed.matmul(gradient))
                bias.accumulate(gradient.sum(axis: 0))
                return gradient.matmul(w.transposed)
            }
        )
    }
}

/// Notes the mask that it sees.
final class MaskProbe: Layer {
    let name: String? = nil
    private let noted = Locked<Tensor?>(nil)
    var seen: Tensor? { noted.withLock { $0 } }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }
    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let mask = pass.mask(0)
        noted.withLock { $0 = mask }
        return (input, { $0 })
    }
}

/// (N, T, C) → (N, C): the mean over time.
final class TimeMean: Layer, Codable {
    var name: String? { nil }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { [input[1]] }
    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        return (
            input.mean(axis: 1),
            { dy in
                (dy / Float(shape[1])).reshaped([shape[0], 1, shape[2]]).broadcast(to: shape)
            }
        )
    }
}

/// Passes its input x on and charges the loss factor · mean(x²) for it.
final class ActivityPenalty: Layer {
    let name: String? = nil
    private let factor: Float

    init(_ factor: Float) { self.factor = factor }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }
    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (x, factor) = (input, factor)
        pass.add(loss: factor * x.squared.mean())
        return (x, { dy in dy + x * (2 * factor / Float(x.count)) })
    }
}

/// Adds the sum of the means of all earlier batches: y = x + s; s ← s + mean(x).
final class RunningSum: Layer {
    let name: String? = nil
    let sum = LayerState()
    var states: [LayerState] { [sum] }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }
    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let before = sum.value ?? Tensor(0)
        if pass.isTraining { sum.value = before + input.mean() }
        return (input + before, { $0 })
    }
}

/// Multiplies by a matrix that another layer may have too, which each may call by a name of its own.
final class Product: Layer, Codable {
    let name: String?
    let parameterName: String
    let matrix: Parameter

    private enum CodingKeys: CodingKey { case name, parameterName }

    init(_ matrix: Parameter, called parameterName: String = "matrix", name: String) {
        (self.matrix, self.parameterName, self.name) = (matrix, parameterName, name)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        parameterName = try container.decode(String.self, forKey: .parameterName)
        matrix = Parameter()
    }

    var parameters: [Parameter] { [matrix] }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.declare(matrix, parameterName, [input[0], input[0]], .glorotUniform)
        return input
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (x, w) = (input, matrix.value)
        return (
            x.matmul(w),
            { [matrix] dy in
                let gradient = dy
                matrix.accumulate(x.transposed.matmul(gradient))
                return gradient.matmul(w.transposed)
            }
        )
    }
}

/// The text of the error that `body` throws.
func errorText(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no error"
}
