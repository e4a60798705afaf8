/// What a padding layer puts around its input.
///
///     ZeroPadding2D(1, mode: .reflect)         // 3 2 | 1 2 3 | 2 1 for a padding of two
///
/// - Source: NumPy `pad`.
public enum PaddingMode: Hashable, Sendable, Codable {
    /// One number: … c c | 1 2 3 | c c …
    case constant(Float)
    /// The input mirrored at its first and last number, which are not repeated: 3 2 | 1 2 3 | 2 1
    case reflect
    /// The first and last number repeated: 1 1 | 1 2 3 | 3 3
    case edge

    /// Zeros, what Keras's layers pad with.
    public static let zeros = PaddingMode.constant(0)

    /// The padded tensor and its pullback.
    ///
    /// - Parameter amounts: for each axis, the slices before its first and after its last one.
    func pad(
        _ input: Tensor, _ amounts: [(before: Int, after: Int)]
    ) -> (output: Tensor, pullback: Pullback) {
        if case .constant(let value) = self {
            return (input.padded(amounts, with: value), { $0.cropped(amounts) })
        }
        let shape = input.shape
        let steps = amounts.indices.filter { amounts[$0].before + amounts[$0].after > 0 }.map { axis in
            (axis: axis, sources: sources(amounts[axis], size: shape[axis]))
        }
        return (
            steps.reduce(input) { $0.gathering($1.sources, axis: $1.axis) },
            { outputGradient in
                steps.reversed().reduce(outputGradient) { gradient, step in
                    let target = gradient.shape.replacing(step.axis, with: shape[step.axis])
                    return Tensor.zeros(target).scatteringAdd(gradient, at: step.sources, axis: step.axis)
                }
            }
        )
    }

    /// The input's index at each index of the output.
    private func sources(_ amounts: (before: Int, after: Int), size: Int) -> [Int] {
        (-amounts.before..<size + amounts.after).map { index in
            switch self {
            case .reflect: index < 0 ? -index : index >= size ? 2 * (size - 1) - index : index
            case .edge, .constant: min(max(index, 0), size - 1)
            }
        }
    }
}

extension BuildContext {
    /// Throws where a mode cannot give so many numbers: what is mirrored must be there.
    func require(_ mode: PaddingMode, amounts: [(before: Int, after: Int)], of input: Shape) throws {
        if case .constant(let value) = mode, !value.isFinite {
            throw error(.argument, "invalid mode", expected: "a finite constant", got: value.text)
        }
        guard mode == .reflect else { return }
        for (size, amount) in zip(input, amounts) where max(amount.before, amount.after) >= size {
            throw error(
                .shape, "its input is too small to be reflected",
                expected: "a padding below the size \(size)",
                got: "\(max(amount.before, amount.after))")
        }
    }
}
