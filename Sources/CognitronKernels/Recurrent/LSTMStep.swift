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
            @inline(__always) func sum(_ at: Int, _ lanes: Int) -> Vector {
                Vector(z + at, lanes: lanes) + Vector(u + at, lanes: lanes) + Vector(b + at, lanes: lanes)
            }
            @inline(__always) func unit(_ j: Int, _ lanes: Int) {
                let i = sum(j, lanes).sigmoid
                let f = sum(n + j, lanes).sigmoid
                let g = sum(2 * n + j, lanes).hyperbolicTangent
                let o = sum(3 * n + j, lanes).sigmoid
                let cell = f * Vector(c + j, lanes: lanes) + i * g
                i.store(z + j, lanes: lanes)
                f.store(z + (n + j), lanes: lanes)
                g.store(z + (2 * n + j), lanes: lanes)
                o.store(z + (3 * n + j), lanes: lanes)
                cell.store(nextC + j, lanes: lanes)
                (o * cell.hyperbolicTangent).store(nextH + j, lanes: lanes)
            }
            Vector.forEach(in: 0..<n, unit)
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
                let i = Vector(z + j, lanes: lanes)
                let f = Vector(z + (n + j), lanes: lanes)
                let g = Vector(z + (2 * n + j), lanes: lanes)
                let o = Vector(z + (3 * n + j), lanes: lanes)
                let y = Vector(nextC + j, lanes: lanes).hyperbolicTangent
                let dOutput = Vector(dh + j, lanes: lanes)
                let dCell = Vector(dc + j, lanes: lanes) + dOutput * o * (1 - y * y)
                (dCell * g * i * (1 - i)).store(dz + j, lanes: lanes)
                (dCell * Vector(c + j, lanes: lanes) * f * (1 - f)).store(dz + (n + j), lanes: lanes)
                (dCell * i * (1 - g * g)).store(dz + (2 * n + j), lanes: lanes)
                (dOutput * y * o * (1 - o)).store(dz + (3 * n + j), lanes: lanes)
                (dCell * f).store(dc + j, lanes: lanes)
                Vector().store(dh + j, lanes: lanes)
            }
            Vector.forEach(in: 0..<n, unit)
        }
    }
}
