/// The arithmetic of one step of a recurrent layer, gates and states, for some samples.
///
/// A step computes gates from the input's part `x · kernel` and the state's part `h · recurrentKernel`, and
/// from these the next state. The products are made around it (`RecurrentForward`, `RecurrentBackward`).
package protocol RecurrentStep {
    /// Gates: the products' columns in multiples of the units.
    static var gateCount: Int { get }
    /// Whether the backward pass reads the gates; else they are scratch.
    static var keepsGates: Bool { get }
    /// Whether each step has further numbers beside h, of as many units: LSTM's cell state, GRU's product
    /// behind the reset gate.
    static var hasExtra: Bool { get }
    /// Whether these are a state that the next step reads.
    static var hasSecondState: Bool { get }
    /// Whether the gradients of the two products differ.
    static var hasOwnRecurrentGradient: Bool { get }

    /// Makes gates of the products and the next state of the gates.
    static func forward(_ step: RecurrentStepMemory)
    /// Makes gradients of the products, and turns those of the next state into those of the last one, apart
    /// from what comes through the state's product.
    static func backward(_ step: RecurrentStepMemory)
}

/// The arrays of one step: `rows` samples, each of `units` numbers or as many for each gate.
package struct RecurrentStepMemory {
    let rows: Int, units: Int
    /// (rows, gates · units): the input's product before `forward`, the gates after it.
    var gates: UnsafeMutablePointer<Float>
    /// (rows, gates · units): the state's product.
    var product: UnsafeMutablePointer<Float>
    /// (gates · units), for GRU twice: of the input's product, then of the state's.
    var bias: UnsafePointer<Float>
    /// (rows, units): the states before and after the step; the extra arrays are h where there are none.
    var h: UnsafeMutablePointer<Float>, nextH: UnsafeMutablePointer<Float>
    var extra: UnsafeMutablePointer<Float>, nextExtra: UnsafeMutablePointer<Float>
    /// One number a sample, `maskStride` apart: 0 where the step is left out.
    var mask: UnsafePointer<Float>?
    let maskStride: Int

    /// (rows, gates · units): gradients of the input's product and of the state's.
    var gateGradient: UnsafeMutablePointer<Float>, productGradient: UnsafeMutablePointer<Float>
    /// (rows, units): gradients of the states, of the next before `backward` and of the last after it.
    var hGradient: UnsafeMutablePointer<Float>, extraGradient: UnsafeMutablePointer<Float>

    @inline(__always)
    func isMasked(_ row: Int) -> Bool { mask.map { $0[row * maskStride] == 0 } ?? false }

    /// Calls `body` for the rows that count and carries the states of the others over.
    @inline(__always)
    func forEachForwardRow(hasSecondState: Bool, _ body: (_ row: Int) -> Void) {
        for row in 0..<rows {
            guard isMasked(row) else {
                body(row)
                continue
            }
            let at = row * units
            (nextH + at).update(from: h + at, count: units)
            if hasSecondState { (nextExtra + at).update(from: extra + at, count: units) }
        }
    }

    /// Calls `body` for the rows that count. The others have no gradients of products, and those of their
    /// states stay as they are.
    @inline(__always)
    func forEachBackwardRow(gateCount: Int, _ body: (_ row: Int) -> Void) {
        for row in 0..<rows {
            guard isMasked(row) else {
                body(row)
                continue
            }
            let width = gateCount * units
            (gateGradient + row * width).update(repeating: 0, count: width)
            (productGradient + row * width).update(repeating: 0, count: width)
        }
    }
}
