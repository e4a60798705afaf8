/// What the backward pass reads of the forward pass, in step order.
package struct RecurrentTrace {
    /// (N · T, C)
    let x: UnsafeMutablePointer<Float>
    /// (N · T, gates · units); not read where the step keeps no gates.
    let gates: UnsafeMutablePointer<Float>
    /// (N · (T + 1), units): the states before the first step and after each.
    let h: UnsafeMutablePointer<Float>
    /// As h; h itself where the step has no extra numbers.
    let extra: UnsafeMutablePointer<Float>

    package init(
        x: UnsafeMutablePointer<Float>, gates: UnsafeMutablePointer<Float>?,
        h: UnsafeMutablePointer<Float>, extra: UnsafeMutablePointer<Float>?
    ) {
        (self.x, self.gates, self.h, self.extra) = (x, gates ?? h, h, extra ?? h)
    }
}

/// The weights of a recurrent layer, or for its backward pass their transposes.
package struct RecurrentWeights {
    let kernel: PanelMatrix
    let recurrentKernel: PanelMatrix
    let bias: UnsafePointer<Float>

    package init(kernel: MatrixView, recurrentKernel: MatrixView, bias: UnsafePointer<Float>) {
        self.kernel = PanelMatrix(kernel)
        self.recurrentKernel = PanelMatrix(recurrentKernel)
        self.bias = bias
    }
}

/// States at one end of the sequence, or their gradients: (N, units) each.
package struct RecurrentStates<Pointer> {
    let h: Pointer?
    let extra: Pointer?

    package init(h: Pointer?, extra: Pointer?) { (self.h, self.extra) = (h, extra) }
}

package typealias InitialStates = RecurrentStates<UnsafePointer<Float>>
package typealias FinalStates = RecurrentStates<UnsafeMutablePointer<Float>>

extension InitialStates {
    /// y ← rows of a state, zeros where there is none.
    static func copy(
        _ state: UnsafePointer<Float>?, _ samples: Range<Int>, units: Int,
        into y: UnsafeMutablePointer<Float>
    ) {
        let count = samples.count * units
        if let state {
            y.update(from: state + samples.lowerBound * units, count: count)
        } else {
            y.update(repeating: 0, count: count)
        }
    }
}
