extension Tensor: CustomStringConvertible {
    /// The shape, then the elements in nested brackets; of long axes the first and last three.
    ///
    ///     Tensor 2 × 3
    ///     [[1, 2, 3],
    ///      [4, 5, 6]]
    public var description: String {
        "Tensor \(shape)\n" + withUnsafeScalars { Self.brackets($0, shape[...], depth: 0) }
    }

    private static let edge = 3

    private static func brackets(
        _ scalars: UnsafeBufferPointer<Float>, _ sizes: Slice<Shape>, depth: Int
    ) -> String {
        guard let size = sizes.first else { return number(scalars[0]) }
        let inner = sizes.dropFirst()
        let run = inner.reduce(1, *)
        let shown = size <= 2 * edge + 1 ? Array(0..<size) : Array(0..<edge) + Array(size - edge..<size)
        var parts = shown.map { index in
            brackets(
                UnsafeBufferPointer(rebasing: scalars[index * run..<(index + 1) * run]), inner,
                depth: depth + 1)
        }
        if shown.count < size { parts.insert("…", at: edge) }
        let lineBreak = "\n" + String(repeating: " ", count: depth + 1)
        return "[" + parts.joined(separator: inner.isEmpty ? ", " : "," + lineBreak) + "]"
    }

    /// Five significant digits, whole numbers without a point.
    private static func number(_ value: Float) -> String {
        if value == value.rounded(), abs(value) < 1e7 { return String(Int(value)) }
        guard value.isFinite else { return value.text }
        let text = String(value)
        guard text.count > 8 else { return text }
        var scale: Float = 1
        while abs(value) * scale < 10_000 && scale < 1e30 { scale *= 10 }
        return String(Float((Double(value) * Double(scale)).rounded() / Double(scale)))
    }
}
