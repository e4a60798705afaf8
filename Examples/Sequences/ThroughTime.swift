import Foundation

/// A simple recurrent network with linear outputs, and back-propagation through time as a lecture writes it:
/// for one sequence, in plain loops. `SimpleRNN` computes the same for a batch by products of matrices.
///
///     aⱼᵗ = Σᵢ wⱼᵢ xᵢᵗ + Σⱼ′ uⱼⱼ′ zⱼ′ᵗ⁻¹;   zⱼᵗ = tanh(aⱼᵗ);   yₖᵗ = Σⱼ vₖⱼ zⱼᵗ;   z⁰ = 0 or given
///     L = ½ Σₜ Σₖ (yₖᵗ − dₖᵗ)²
///
///     δₖᵗ = yₖᵗ − dₖᵗ                                        of an output
///     δⱼᵗ = (1 − (zⱼᵗ)²) · (Σₖ vₖⱼ δₖᵗ + Σⱼ′ uⱼ′ⱼ δⱼ′ᵗ⁺¹)        of a unit; nothing comes from beyond the end
///
///     ∂L/∂wⱼᵢ = Σₜ δⱼᵗ xᵢᵗ;   ∂L/∂uⱼⱼ′ = Σₜ δⱼᵗ zⱼ′ᵗ⁻¹;   ∂L/∂vₖⱼ = Σₜ δₖᵗ zⱼᵗ
///
/// The recurrent weight from unit j′ to unit j has the δ of the unit that it leads to and the z that it comes
/// from, one step earlier.
///
/// - Source: Werbos, "Backpropagation Through Time: What It Does and How to Do It" (1990).
struct ThroughTime {
    typealias Matrix = [[Double]]

    /// w, from input i to unit j: (units, inputs).
    var inputWeights: Matrix
    /// u, from unit j′ to unit j: (units, units).
    var recurrentWeights: Matrix
    /// v, from unit j to output k: (outputs, units).
    var outputWeights: Matrix

    var units: Int { recurrentWeights.count }

    /// z of the steps 0, 1 … T, z⁰ first: (T + 1, units).
    func states(_ x: Matrix, from first: [Double]? = nil) -> Matrix {
        var z = [first ?? [Double](repeating: 0, count: units)]
        for t in x.indices {
            z.append(
                (0..<units).map { j in
                    tanh(product(inputWeights[j], x[t]) + product(recurrentWeights[j], z[t]))
                })
        }
        return z
    }

    /// y of the steps 1 … T: (T, outputs).
    func outputs(_ z: Matrix) -> Matrix {
        z.dropFirst().map { state in outputWeights.map { product($0, state) } }
    }

    /// The gradients of the loss of one sequence.
    ///
    /// - Parameters:
    ///   - x: (T, inputs)
    ///   - d: what the outputs should be: (T, outputs)
    ///   - first: the state before the first step. No gradient goes further back: with the last state of the
    ///     part before it, this is truncated back-propagation through time.
    func gradients(_ x: Matrix, _ d: Matrix, from first: [Double]? = nil) -> Gradients {
        let z = states(x, from: first)
        let y = outputs(z)
        var gradients = Gradients(self)
        var future = [Double](repeating: 0, count: units)
        for t in x.indices.reversed() {
            let outputDelta = zip(y[t], d[t]).map { $0 - $1 }
            let (previous, state) = (z[t], z[t + 1])
            let delta = (0..<units).map { j in
                let fromOutputs = product(outputWeights.map { $0[j] }, outputDelta)
                let fromFuture = product(recurrentWeights.map { $0[j] }, future)
                return (1 - state[j] * state[j]) * (fromOutputs + fromFuture)
            }
            gradients.inputWeights.add(delta, x[t])
            gradients.recurrentWeights.add(delta, previous)
            gradients.outputWeights.add(outputDelta, state)
            gradients.deltas.insert(delta, at: 0)
            future = delta
        }
        return gradients
    }

    /// The gradients of the three matrices, and the units' δ of the steps 1 … T.
    struct Gradients {
        var inputWeights, recurrentWeights, outputWeights: Matrix
        var deltas: Matrix = []

        fileprivate init(_ network: ThroughTime) {
            func zeros(_ matrix: Matrix) -> Matrix { matrix.map { $0.map { _ in 0 } } }
            inputWeights = zeros(network.inputWeights)
            recurrentWeights = zeros(network.recurrentWeights)
            outputWeights = zeros(network.outputWeights)
        }
    }
}

private func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

extension [[Double]] {
    /// Adds rowᵢ · columnⱼ to each element.
    fileprivate mutating func add(_ row: [Double], _ column: [Double]) {
        for i in row.indices { for j in column.indices { self[i][j] += row[i] * column[j] } }
    }
}
