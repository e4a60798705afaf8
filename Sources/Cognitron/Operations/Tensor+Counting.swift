import CognitronKernels

extension Tensor {
    /// How often each whole number is in each row: `(N, T)` gives `(N, depth)`. Others than 0 to `depth − 1`
    /// stop the program.
    func counted(depth: Int) -> Tensor {
        require(rank == 2, "the numbers in the rows of a tensor of shape \(shape)")
        let (rows, columns) = (shape[0], shape[1])
        var result = Tensor.zeros([rows, depth])
        withUnsafeScalars { x in
            result.withUnsafeMutableScalars { y in
                for row in 0..<rows {
                    for value in x[row * columns..<(row + 1) * columns] {
                        require(
                            value >= 0 && value < Float(depth),
                            "\(value.text) counted; expected a whole number from 0 to \(depth - 1)")
                        y[row * depth + Int(value)] += 1
                    }
                }
            }
        }
        return result
    }

    /// How many of the ascending `boundaries` each number has reached: 0 below the first, and their number
    /// from the last on (NumPy's `digitize`).
    func digitized(_ boundaries: [Float]) -> Tensor {
        map { value in
            var (low, high) = (0, boundaries.count)
            while low < high {
                let middle = (low + high) / 2
                if boundaries[middle] <= value { low = middle + 1 } else { high = middle }
            }
            return Float(low)
        }
    }
}
