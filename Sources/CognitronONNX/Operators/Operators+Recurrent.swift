import Cognitron
import Foundation

// Recurrent operators, step by step, with time first.

extension Operators {
    static let recurrences: [String: Operation] = [
        "LSTM": { try RecurrentOperator($0, gates: 4).run(lstm) },
        "GRU": { try RecurrentOperator($0, gates: 3).run(gru) },
        "RNN": { try RecurrentOperator($0, gates: 1).run(simple) },
    ]

    private static func lstm(_ op: RecurrentOperator, _ d: Int, _ x: Tensor, _ states: [Tensor]) throws
        -> [Tensor]
    {
        let (h, c) = (states[0], states[1])
        let sums = op.inputSums(d, x) + op.stateSums(d, h)
        let parts = sums.split(Array(repeating: op.units, count: 4), axis: -1)  // i o f c
        let peepholes = op.peepholes(d)
        let i = try op.activated(d, 0, parts[0] + (peepholes.map { $0[0] * c } ?? Tensor(0)))
        let candidate = try op.activated(d, 1, parts[3])
        let forget =
            op.call.node.int("input_forget") != 0
            ? 1 - i : try op.activated(d, 0, parts[2] + (peepholes.map { $0[2] * c } ?? Tensor(0)))
        let cell = forget * c + i * candidate
        let o = try op.activated(d, 0, parts[1] + (peepholes.map { $0[1] * cell } ?? Tensor(0)))
        return [o * (try op.activated(d, 2, cell)), cell]
    }

    private static func gru(_ op: RecurrentOperator, _ d: Int, _ x: Tensor, _ states: [Tensor]) throws
        -> [Tensor]
    {
        let h = states[0]
        let n = op.units
        let inputs = op.inputSums(d, x).split([n, n, n], axis: -1)  // z r h
        let weights = op.recurrent(d)
        let isLinear = op.call.node.int("linear_before_reset") != 0
        let hidden = op.stateSums(d, h).split([n, n, n], axis: -1)
        let z = try op.activated(d, 0, inputs[0] + hidden[0])
        let r = try op.activated(d, 0, inputs[1] + hidden[1])
        var inner = r * hidden[2]
        if !isLinear {
            let own = weights.part(axis: 0, 2 * n..<3 * n)
            inner = (r * h).matmul(own, transposingOther: true) + op.stateBias(d, 2 * n..<3 * n)
        }
        let new = try op.activated(d, 1, inputs[2] + inner)
        return [(1 - z) * new + z * h]
    }

    private static func simple(_ op: RecurrentOperator, _ d: Int, _ x: Tensor, _ states: [Tensor]) throws
        -> [Tensor]
    {
        [try op.activated(d, 0, op.inputSums(d, x) + op.stateSums(d, states[0]))]
    }
}

struct RecurrentOperator {
    let call: OperatorCall
    let units: Int
    private let gates: Int
    private let directions: Int
    private let x: Tensor
    private let w: Tensor
    private let r: Tensor
    private let bias: Tensor?
    private let isBatchFirst: Bool
    private let functions: [[@Sendable (Tensor) -> Tensor]]

    init(_ call: OperatorCall, gates: Int) throws {
        self.call = call
        self.gates = gates
        isBatchFirst = call.node.int("layout") != 0
        let input = try call.input(0).tensor
        (w, r) = (try call.input(1).tensor, try call.input(2).tensor)
        guard input.rank == 3, w.rank == 3, r.rank == 3, input.count > 0 else {
            throw ImportProblem("a sequence \(input.shape) with weights \(w.shape) and \(r.shape)")
        }
        x = isBatchFirst ? input.permuted([1, 0, 2]) : input
        units = r.shape[2]
        directions = w.shape[0]
        let isBoth = call.node.string("direction", "forward") == "bidirectional"
        bias = call.optional(3)?.tensor
        let biasShape: Shape = [directions, 2 * gates * units]
        guard directions == (isBoth ? 2 : 1), w.shape == [directions, gates * units, x.shape[2]],
            r.shape == [directions, gates * units, units], bias == nil || bias?.shape == biasShape
        else { throw ImportProblem("a sequence \(input.shape) with weights \(w.shape) and \(r.shape)") }
        let standard =
            gates == 4 ? ["Sigmoid", "Tanh", "Tanh"] : gates == 3 ? ["Sigmoid", "Tanh"] : ["Tanh"]
        functions = try Self.functions(call.node, standard, directions, clip: call.node.float("clip", 0))
    }

    /// The activation functions of each direction.
    private static func functions(
        _ node: ONNXNode, _ standard: [String], _ directions: Int, clip: Float
    ) throws -> [[@Sendable (Tensor) -> Tensor]] {
        let given =
            node.strings("activations") ?? Array(repeating: standard, count: directions).flatMap { $0 }
        guard given.count == standard.count * directions else { throw ImportProblem("activations \(given)") }
        var (alphas, betas) = (
            (node.floats("activation_alpha") ?? [])[...], (node.floats("activation_beta") ?? [])[...]
        )
        let all: [@Sendable (Tensor) -> Tensor] = try given.map {
            (name: String) throws -> @Sendable (Tensor) -> Tensor in
            func alpha(_ standard: Float) -> Float { alphas.popFirst() ?? standard }
            func beta(_ standard: Float) -> Float { betas.popFirst() ?? standard }
            let function: @Sendable (Tensor) -> Tensor
            switch name.lowercased() {
            case "tanh": function = { (x: Tensor) -> Tensor in x.hyperbolicTangent }
            case "sigmoid": function = { (x: Tensor) -> Tensor in x.sigmoid }
            case "relu": function = { (x: Tensor) -> Tensor in x.maximum(0) }
            case "softsign": function = Self.applied(.softsign)
            case "softplus": function = Self.applied(.softplus)
            case "elu": function = Self.applied(.elu(alpha: alpha(1)))
            case "leakyrelu": function = Self.applied(.leakyRelu(negativeSlope: alpha(0.01)))
            case "thresholdedrelu": function = Self.applied(.threshold(alpha(1), defaultValue: 0))
            case "affine":
                let (a, b) = (alpha(1), beta(0))
                function = { (x: Tensor) -> Tensor in x * a + b }
            case "scaledtanh":
                let (a, b) = (alpha(1), beta(1))
                function = { (x: Tensor) -> Tensor in (x * b).hyperbolicTangent * a }
            case "hardsigmoid":
                let (a, b) = (alpha(0.2), beta(0.5))
                function = { (x: Tensor) -> Tensor in (x * a + b).clamped(to: 0...1) }
            default: throw ImportProblem("the activation function \(name)")
            }
            guard clip > 0 else { return function }
            return { (x: Tensor) -> Tensor in function(x.clamped(to: -clip...clip)) }
        }
        let count = standard.count
        return (0..<directions).map { d in Array(all[d * count..<(d + 1) * count]) }
    }

    private static func applied(_ function: ActivationFunction) -> @Sendable (Tensor) -> Tensor {
        { (x: Tensor) -> Tensor in function(x) }
    }

    func activated(_ d: Int, _ number: Int, _ x: Tensor) throws -> Tensor { functions[d][number](x) }

    func recurrent(_ d: Int) -> Tensor { r[d] }

    func inputSums(_ d: Int, _ x: Tensor) -> Tensor {
        let sums = x.matmul(w[d], transposingOther: true)
        return bias.map { sums + $0[d].part(axis: 0, 0..<gates * units) } ?? sums
    }

    func stateSums(_ d: Int, _ h: Tensor) -> Tensor {
        let sums = h.matmul(r[d], transposingOther: true)
        return bias == nil ? sums : sums + stateBias(d, 0..<gates * units)
    }

    func stateBias(_ d: Int, _ range: Range<Int>) -> Tensor {
        let start = gates * units
        return bias?[d].part(axis: 0, start + range.lowerBound..<start + range.upperBound) ?? Tensor(0)
    }

    /// The weights of the cell's own state in the gates i o f.
    func peepholes(_ d: Int) -> [Tensor]? {
        guard let p = call.optional(7)?.tensor, p.count == directions * 3 * units else { return nil }
        return p.reshaped([directions, 3 * units])[d].split([units, units, units])
    }

    func run(
        _ step: (RecurrentOperator, _ direction: Int, _ x: Tensor, _ states: [Tensor]) throws -> [Tensor]
    ) throws -> [ONNXTensor] {
        let (steps, batch) = (x.shape[0], x.shape[1])
        let stateCount = gates == 4 ? 2 : 1
        let lengths = call.optional(4)?.integers ?? Array(repeating: steps, count: batch)
        guard lengths.count == batch, lengths.allSatisfy({ (0...steps).contains($0) }) else {
            throw ImportProblem("lengths of \(lengths.count) sequences for \(batch)")
        }
        var (sequences, last) = ([Tensor](), [[Tensor]](repeating: [], count: stateCount))
        for d in 0..<directions {
            var states = try (0..<stateCount).map { try initial(5 + $0, d, batch) }
            var outputs = [Tensor](repeating: .zeros([batch, units]), count: steps)
            let isReversed = d == 1 || call.node.string("direction", "forward") == "reverse"
            for time in isReversed ? (0..<steps).reversed() : Array(0..<steps) {
                let next = try step(self, d, x[time], states)
                // A sequence that has ended keeps its state and gives zeros.
                let counts = Tensor(lengths.map { time < $0 ? 1 : 0 }, shape: [batch, 1])
                let isWhole = lengths.allSatisfy { time < $0 }
                states = isWhole ? next : zip(next, states).map { .where(counts, $0, $1) }
                outputs[time] = isWhole ? next[0] : next[0] * counts
            }
            sequences.append(.stacked(outputs, axis: 0))
            for (number, state) in states.enumerated() { last[number].append(state) }
        }
        // (T, directions, N, units) and (directions, N, units)
        var y = Tensor.stacked(sequences, axis: 1)
        var states = last.map { Tensor.stacked($0, axis: 0) }
        if isBatchFirst {
            y = y.permuted([2, 0, 1, 3])
            states = states.map { $0.permuted([1, 0, 2]) }
        }
        let type = try call.input(0).type
        let wanted = Swift.max(1, call.node.outputs.count)
        return ([y] + states).prefix(wanted).map { ONNXTensor($0, type) }
    }

    private func initial(_ number: Int, _ d: Int, _ batch: Int) throws -> Tensor {
        guard let given = call.optional(number)?.tensor else { return .zeros([batch, units]) }
        let states = isBatchFirst && given.rank == 3 ? given.permuted([1, 0, 2]) : given
        guard states.shape == [directions, batch, units] else {
            throw ImportProblem("a state of shape \(given.shape)")
        }
        return states[d]
    }
}
