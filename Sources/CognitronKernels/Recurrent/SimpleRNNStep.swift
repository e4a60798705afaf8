/// Elman's recurrent unit.
///
///     h′ = tanh(x · W + h · U + b)
package enum SimpleRNNStep: RecurrentStep {
    package static var gateCount: Int { 1 }
    package static var keepsGates: Bool { false }
    package static var hasExtra: Bool { false }
    package static var hasSecondState: Bool { false }
    package static var hasOwnRecurrentGradient: Bool { false }

    package static func forward(_ step: RecurrentStepMemory) {
        let n = step.units
        step.forEachForwardRow(hasSecondState: false) { row in
            let (a, u, nextH) = (step.gates + row * n, step.product + row * n, step.nextH + row * n)
            @inline(__always) func unit(_ j: Int, _ lanes: Int) {
                let sum =
                    GateVector(a + j, lanes: lanes) + GateVector(u + j, lanes: lanes)
                    + GateVector(step.bias + j, lanes: lanes)
                sum.hyperbolicTangent.store(nextH + j, lanes: lanes)
            }
            GateVector.forEach(n, unit)
        }
    }

    package static func backward(_ step: RecurrentStepMemory) {
        let n = step.units
        step.forEachBackwardRow(gateCount: 1) { row in
            let (h, da, dh) = (step.nextH + row * n, step.gateGradient + row * n, step.hGradient + row * n)
            @inline(__always) func unit(_ j: Int, _ lanes: Int) {
                let y = GateVector(h + j, lanes: lanes)
                (GateVector(dh + j, lanes: lanes) * (1 - y * y)).store(da + j, lanes: lanes)
                GateVector().store(dh + j, lanes: lanes)
            }
            GateVector.forEach(n, unit)
        }
    }
}
