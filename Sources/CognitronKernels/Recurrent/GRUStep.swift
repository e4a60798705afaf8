/// Cho's gated recurrent unit, with gates in Keras's order and the reset gate behind the product.
///
///     z, r = σ(…)   n = tanh(x · W + b + r · (h · U + b′))   h′ = z · h + (1 − z) · n
package enum GRUStep: RecurrentStep {
    package static var gateCount: Int { 3 }
    package static var keepsGates: Bool { true }
    /// h · U + b′, which the gradient of the reset gate reads.
    package static var hasExtra: Bool { true }
    package static var hasSecondState: Bool { false }
    package static var hasOwnRecurrentGradient: Bool { true }

    package static func forward(_ step: RecurrentStepMemory) {
        let n = step.units
        step.forEachForwardRow(hasSecondState: false) { row in
            let a = step.gates + row * 3 * n
            let u = step.product + row * 3 * n
            let b = step.bias
            let ownB = step.bias + 3 * n
            let (h, nextH, inner) = (step.h + row * n, step.nextH + row * n, step.nextExtra + row * n)
            @inline(__always) func input(_ at: Int, _ lanes: Int) -> GateVector {
                GateVector(a + at, lanes: lanes) + GateVector(b + at, lanes: lanes)
            }
            @inline(__always) func state(_ at: Int, _ lanes: Int) -> GateVector {
                GateVector(u + at, lanes: lanes) + GateVector(ownB + at, lanes: lanes)
            }
            @inline(__always) func gates(_ j: Int, _ lanes: Int) {
                (input(j, lanes) + state(j, lanes)).sigmoid.store(a + j, lanes: lanes)
            }
            @inline(__always) func states(_ j: Int, _ lanes: Int) {
                let z = GateVector(a + j, lanes: lanes)
                let product = state(2 * n + j, lanes)
                let r = GateVector(a + (n + j), lanes: lanes)
                let new = (input(2 * n + j, lanes) + r * product).hyperbolicTangent
                new.store(a + (2 * n + j), lanes: lanes)
                product.store(inner + j, lanes: lanes)
                (z * GateVector(h + j, lanes: lanes) + (1 - z) * new).store(nextH + j, lanes: lanes)
            }
            GateVector.forEach(2 * n, gates)
            GateVector.forEach(n, states)
        }
    }

    package static func backward(_ step: RecurrentStepMemory) {
        let n = step.units
        step.forEachBackwardRow(gateCount: 3) { row in
            let a = step.gates + row * 3 * n
            let (da, du) = (step.gateGradient + row * 3 * n, step.productGradient + row * 3 * n)
            let (h, inner, dh) = (step.h + row * n, step.nextExtra + row * n, step.hGradient + row * n)
            @inline(__always) func unit(_ j: Int, _ lanes: Int) {
                let z = GateVector(a + j, lanes: lanes)
                let r = GateVector(a + (n + j), lanes: lanes)
                let new = GateVector(a + (2 * n + j), lanes: lanes)
                let dOutput = GateVector(dh + j, lanes: lanes)
                let dz = dOutput * (GateVector(h + j, lanes: lanes) - new) * z * (1 - z)
                let dNew = dOutput * (1 - z) * (1 - new * new)
                let dr = dNew * GateVector(inner + j, lanes: lanes) * r * (1 - r)
                dz.store(da + j, lanes: lanes)
                dr.store(da + (n + j), lanes: lanes)
                dNew.store(da + (2 * n + j), lanes: lanes)
                dz.store(du + j, lanes: lanes)
                dr.store(du + (n + j), lanes: lanes)
                (dNew * r).store(du + (2 * n + j), lanes: lanes)
                (dOutput * z).store(dh + j, lanes: lanes)
            }
            GateVector.forEach(n, unit)
        }
    }
}
