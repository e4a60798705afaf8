import CognitronKernels

// Slices picked by number, and the way back.

extension Tensor {
    /// The slices at `indices` along an axis (NumPy's and Keras's `take`).
    ///
    ///     output[…, i, …] = self[…, indices[i], …]
    ///
    /// - Parameters:
    ///   - indices: from 0 to the axis's size, in any order and as often as wanted. Others stop the program.
    ///   - axis: the axis, whose size becomes the number of indices.
    public func gathering(_ indices: [Int], axis: Int) -> Tensor {
        let axis = shape.resolve(axis)
        checkIndices(indices, axis)
        return gathered(indices, Shape([indices.count]), axis)
    }

    /// The same with indices as whole numbers in a tensor, whose axes take the place of the axis: of
    /// embeddings `(words, d)`, indices `(N, T)` along axis 0 give `(N, T, d)`.
    public func gathering(_ indices: Tensor, axis: Int) -> Tensor {
        let axis = shape.resolve(axis)
        return gathered(indices.wholeNumbers(asIndicesOf: axis, of: shape), indices.shape, axis)
    }

    /// The tensor with each slice of `updates` added at its index along an axis: the adjoint of `gathering`,
    /// which takes a gradient back to what was gathered from.
    ///
    ///     output[…, indices[i], …] = self[…, indices[i], …] + Σ updates[…, i, …]
    ///
    ///     let gradient = Tensor.zeros([words, d]).scatteringAdd(dy, at: indices, axis: 0)
    ///
    /// Slices with equal indices are added in their order, whatever the number of threads. In place where
    /// nobody shares the storage.
    ///
    /// - Parameter updates: of the shape that `gathering(indices, axis:)` gives.
    public consuming func scatteringAdd(_ updates: Tensor, at indices: [Int], axis: Int) -> Tensor {
        var result = self
        let axis = result.shape.resolve(axis)
        result.checkIndices(indices, axis)
        result.scatterAdd(updates, indices, Shape([indices.count]), axis)
        return result
    }

    /// The same with indices as whole numbers in a tensor.
    public consuming func scatteringAdd(_ updates: Tensor, at indices: Tensor, axis: Int) -> Tensor {
        var result = self
        let axis = result.shape.resolve(axis)
        let numbers = indices.wholeNumbers(asIndicesOf: axis, of: result.shape)
        result.scatterAdd(updates, numbers, indices.shape, axis)
        return result
    }

    /// Each whole number as a row of zeros with a 1 at its place, along a new last axis.
    ///
    ///     ([2, 0] as Tensor).oneHot(classCount: 3)     // [[0, 0, 1], [1, 0, 0]]
    ///
    /// Numbers that are not whole or not from 0 to `classCount − 1` stop the program.
    public func oneHot(classCount: Int) -> Tensor {
        require(classCount >= 0, "\(classCount) classes")
        let classes = wholeNumbers(asIndicesOf: 0, of: [classCount])
        var result = Tensor(uninitialized: Shape(Array(shape) + [classCount]))
        classes.withUnsafeBufferPointer {
            Gather.oneHot($0, classes: classCount, into: result.mutablePointer)
        }
        return result
    }

    private func gathered(_ indices: [Int], _ indexShape: Shape, _ axis: Int) -> Tensor {
        var result = Tensor(uninitialized: shape.replacing(axis, with: indexShape))
        indices.withUnsafeBufferPointer {
            Gather.gather(pointer, $0, into: result.mutablePointer, geometry(axis))
        }
        withExtendedLifetime((self, result)) {}
        return result
    }

    private mutating func scatterAdd(_ updates: Tensor, _ indices: [Int], _ indexShape: Shape, _ axis: Int) {
        let expected = shape.replacing(axis, with: indexShape)
        require(
            updates.shape == expected,
            "updates of shape \(updates.shape) at indices of shape \(indexShape) along axis \(axis) "
                + "of a tensor of shape \(shape); expected shape \(expected)")
        let (y, g) = (mutablePointer, geometry(axis))
        indices.withUnsafeBufferPointer { Gather.scatterAdd(updates.pointer, $0, into: y, g) }
        withExtendedLifetime((self, updates)) {}
    }

    private func checkIndices(_ indices: [Int], _ axis: Int) {
        for index in indices {
            require(
                (0..<shape[axis]).contains(index),
                "index \(index) of axis \(axis) of a tensor of shape \(shape); "
                    + "expected 0 to \(shape[axis] - 1)")
        }
    }

    /// The elements as indices of an axis of a tensor of shape `target`.
    private func wholeNumbers(asIndicesOf axis: Int, of target: Shape) -> [Int] {
        let limit = Float(target[axis])
        return withUnsafeScalars { scalars in
            scalars.map { value in
                require(
                    value >= 0 && value < limit && value == value.rounded(),
                    "index \(value.text) of axis \(axis) of a tensor of shape \(target); "
                        + "expected a whole number from 0 to \(target[axis] - 1)")
                return Int(value)
            }
        }
    }
}

extension Shape {
    /// The axis replaced by those of `axes`.
    fileprivate func replacing(_ axis: Int, with axes: Shape) -> Shape {
        Shape(Array(prefix(axis)) + Array(axes) + Array(dropFirst(axis + 1)))
    }
}
