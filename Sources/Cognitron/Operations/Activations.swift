import CognitronKernels

// Activation functions on tensors, and their gradients.

extension ActivationKernel {
    /// y = f(x), and what `gradient` reads: x or y. In place where nobody shares x and the gradient does not
    /// read it.
    func forward(_ x: consuming Tensor) -> (y: Tensor, saved: Tensor) {
        let kept = derivativeReadsInput ? x : nil
        let count = x.count
        let y = x.overwritten { forward($0, into: $1, count: count) }
        return (y, kept ?? y)
    }

    /// dx from dy.
    ///
    /// - Parameter saved: what `forward` returned.
    func gradient(_ dy: consuming Tensor, _ saved: Tensor) -> Tensor {
        dy.overwritten { dy, dx in
            backward(saved.pointer, dy, into: dx, count: saved.count)
            withExtendedLifetime(saved) {}
        }
    }
}

extension RowKernel {
    /// y = f(x), of each row along an axis.
    func forward(_ x: consuming Tensor, axis: Int) -> Tensor {
        x.withAxisLast(axis) { x in
            let (rows, columns) = x.rowCount
            return x.overwritten { forward($0, into: $1, rows: rows, columns: columns) }
        }
    }

    /// dx from dy and y.
    func gradient(_ dy: consuming Tensor, y: Tensor, axis: Int) -> Tensor {
        // The rows of y lie as those of dy.
        let y = y.withAxisLast(axis, back: false) { $0 }
        return dy.withAxisLast(axis) { dy in
            let (rows, columns) = y.rowCount
            return dy.overwritten { dy, dx in
                backward(y.pointer, dy, into: dx, rows: rows, columns: columns)
                withExtendedLifetime(y) {}
            }
        }
    }
}

extension Tensor {
    /// `body` of the tensor with an axis moved to the end, moved back.
    fileprivate consuming func withAxisLast(
        _ axis: Int, back: Bool = true, _ body: (consuming Tensor) -> Tensor
    ) -> Tensor {
        let axis = rank == 0 ? -1 : shape.resolve(axis)
        guard axis >= 0, axis != rank - 1 else { return body(self) }
        var order = Array(0..<rank)
        order.swapAt(axis, rank - 1)
        let result = body(permuted(order))
        return back ? result.permuted(order) : result
    }

    fileprivate var rowCount: (rows: Int, columns: Int) {
        let columns = shape.last ?? 1
        return (columns == 0 ? 0 : count / columns, columns)
    }
}
