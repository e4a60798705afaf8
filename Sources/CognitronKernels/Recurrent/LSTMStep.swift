/// Hochreiter and Schmidhuber's long short-term memory, with gates in Keras's order.
///
///     i, f, o = σ(…)   g = tanh(…)   c′ = f · c + i · g   h′ = o · tanh c′
package enum LSTMStep: RecurrentStep {
    package static var gateCount: Int { 4 }
    package static var keepsGates: Bool { true }
    package static var hasExtra: Bool { true }
    package static var hasSecondState: Bool { true }
    package static var hasOwnRecurrentGradient: Bool { false }

    package static func forward(_ step: RecurrentStepMemory) {
        let n = step.units
        step.forEachForwardRow(hasSecondState: true) { row in
            let z = step.gates + row * 4 * n
            let u = step.product + row * 4 * n
            let b = step.bias
            let (c, nextC, nextH) = (step.extra + row * n, step.nextExtra + row * n, step.nextH + row * n)
            @inline(__always) func sum(_ at: Int, _ lanes: Int) -> GateVector {
                GateVector(z + at, lanes: lanes) + GateVector(u + at, lanes: lanes)
                    + GateVector(b + at, lanes: lanes)
            }
            @inline(__always) func sigmoid(_ j: Int, _ lanes: Int) {
                sum(j, lanes).sigmoid.store(z + j, lanes: lanes)
            }
            @inline(__always) func tangent(_ j: Int, _ lanes: Int) {
                sum(2 * n + j, lanes).hyperbolicTangent.store(z + (2 * n + j), lanes: lanes)
            }
            @inline(__always) func last(_ j: Int, _ lanes: Int) {
                sum(3 * n + j, lanes).sigmoid.store(z + (3 * n + j), lanes: lanes)
            }
            @inline(__always) func states(_ j: Int, _ lanes: Int) {
                let i = GateVector(z + j, lanes: lanes)
                let f = GateVector(z + (n + j), lanes: lanes)
                let g = GateVector(z + (2 * n + j), lanes: lanes)
                let cell = f * GateVector(c + j, lanes: lanes) + i * g
                cell.store(nextC + j, lanes: lanes)
                (GateVector(z + (3 * n + j), lanes: lanes) * cell.hyperbolicTangent)
                    .store(nextH + j, lanes: lanes)
            }
            GateVector.forEach(2 * n, sigmoid)
            GateVector.forEach(n, tangent)
            GateVector.forEach(n, last)
            GateVector.forEach(n, states)
        }
    }

    package static func backward(_ step: RecurrentStepMemory) {
        let n = step.units
        step.forEachBackwardRow(gateCount: 4) { row in
            let z = step.gates + row * 4 * n
            let dz = step.gateGradient + row * 4 * n
            let (c, nextC) = (step.extra + row * n, step.nextExtra + row * n)
            let (dh, dc) = (step.hGradient + row * n, step.extraGradient + row * n)
            @inline(__always) func unit(_ j: Int, _ lanes: Int) {
                let i = GateVector(z + j, lanes: lanes)
                let f = GateVector(z + (n + j), lanes: lanes)
                let g = GateVector(z + (2 * n + j), lanes: lanes)
                let o = GateVector(z + (3 * n + j), lanes: lanes)
                let y = GateVector(nextC + j, lanes: lanes).hyperbolicTangent
                let dOutput = GateVector(dh + j, lanes: lanes)
                let dCell = GateVector(dc + j, lanes: lanes) + dOutput * o * (1 - y * y)
                (dCell * g * i * (1 - i)).store(dz + j, lanes: lanes)
                (dCell * GateVector(c + j, lanes: lanes) * f * (1 - f)).store(dz + (n + j), lanes: lanes)
                (dCell * i * (1 - g * g)).store(dz + (2 * n + j), lanes: lanes)
                (dOutput * y * o * (1 - o)).store(dz + (3 * n + j), lanes: lanes)
                (dCell * f).store(dc + j, lanes: lanes)
                GateVector().store(dh + j, lanes: lanes)
            }
            GateVector.forEach(n, unit)
        }
    }
}
