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
            @inline(__always) func input(_ at: Int, _ lanes: Int) -> Vector {
                Vector(a + at, lanes: lanes) + Vector(b + at, lanes: lanes)
            }
            @inline(__always) func state(_ at: Int, _ lanes: Int) -> Vector {
                Vector(u + at, lanes: lanes) + Vector(ownB + at, lanes: lanes)
            }
            @inline(__always) func unit(_ j: Int, _ lanes: Int) {
                let z = (input(j, lanes) + state(j, lanes)).sigmoid
                let r = (input(n + j, lanes) + state(n + j, lanes)).sigmoid
                let product = state(2 * n + j, lanes)
                let new = (input(2 * n + j, lanes) + r * product).hyperbolicTangent
                z.store(a + j, lanes: lanes)
                r.store(a + (n + j), lanes: lanes)
                new.store(a + (2 * n + j), lanes: lanes)
                product.store(inner + j, lanes: lanes)
                (z * Vector(h + j, lanes: lanes) + (1 - z) * new).store(nextH + j, lanes: lanes)
            }
            Vector.forEach(in: 0..<n, unit)
        }
    }

    package static func backward(_ step: RecurrentStepMemory) {
        let n = step.units
        step.forEachBackwardRow(gateCount: 3) { row in
            let a = step.gates + row * 3 * n
            let (da, du) = (step.gateGradient + row * 3 * n, step.productGradient + row * 3 * n)
            let (h, inner, dh) = (step.h + row * n, step.nextExtra + row * n, step.hGradient + row * n)
            @inline(__always) func unit(_ j: Int, _ lanes: Int) {
                let z = Vector(a + j, lanes: lanes)
                let r = Vector(a + (n + j), lanes: lanes)
                let new = Vector(a + (2 * n + j), lanes: lanes)
                let dOutput = Vector(dh + j, lanes: lanes)
                let dz = dOutput * (Vector(h + j, lanes: lanes) - new) * z * (1 - z)
                let dNew = dOutput * (1 - z) * (1 - new * new)
                let dr = dNew * Vector(inner + j, lanes: lanes) * r * (1 - r)
                dz.store(da + j, lanes: lanes)
                dr.store(da + (n + j), lanes: lanes)
                dNew.store(da + (2 * n + j), lanes: lanes)
                dz.store(du + j, lanes: lanes)
                dr.store(du + (n + j), lanes: lanes)
                (dNew * r).store(du + (2 * n + j), lanes: lanes)
                (dOutput * z).store(dh + j, lanes: lanes)
            }
            Vector.forEach(in: 0..<n, unit)
        }
    }
}
