import Cognitron

/// What Keras says for an explicit padding, which it does not have.
enum KerasPadding {
    /// The same by one of its names.
    case name(String)
    /// Zeros from a layer before, and `valid`.
    case layer(any AnyLayer)

    /// Nil of layers without explicit padding, and where Keras has no such thing.
    ///
    /// - Parameter own: our configuration.
    static func of(_ layer: any AnyLayer, _ own: JSONValue) -> KerasPadding? {
        guard let kernel = sizes(own["kernelSize"] ?? own["poolSize"]), let strides = sizes(own["strides"]),
            let padding = own["padding"]?.members?.first,
            padding.key == "explicit" || padding.key == "margins",
            let sides = sides(padding.value["_0"] ?? .null, rank: kernel.count)
        else { return nil }
        let dilation = sizes(own["dilationRate"]) ?? kernel.map { _ in 1 }
        let spans = zip(kernel, dilation).map { ($0 - 1) * $1 + 1 }
        let type = String(describing: Swift.type(of: layer as AnyObject))
        if type.hasSuffix("Transpose") {
            return isTransposedSame(spans, strides, sides, hasOutputPadding: own["outputPadding"] != nil)
                ? .name("same") : nil
        }
        if sides.allSatisfy({ $0 == (0, 0) }) { return .name("valid") }
        let isSame = zip(zip(spans, strides), sides).allSatisfy { window, side in
            window.1 == 1 && side.before + side.after == window.0 - 1
                && (0...1).contains(side.after - side.before)
        }
        // Borders take no part in either framework's poolings.
        if isSame { return .name("same") }
        return type.hasPrefix("Average") ? nil : zeros(sides).map { .layer($0) }
    }

    private static func isTransposedSame(
        _ spans: [Int], _ strides: [Int], _ sides: [(before: Int, after: Int)], hasOutputPadding: Bool
    ) -> Bool {
        zip(zip(spans, strides), sides).allSatisfy { window, side in
            let (span, stride) = window
            return hasOutputPadding
                ? side == (span / 2, span / 2)
                : span >= stride && side.before == (span - stride) / 2
                    && side.before + side.after == span - stride
        }
    }

    private static func zeros(_ sides: [(before: Int, after: Int)]) -> (any AnyLayer)? {
        let pairs = sides.map { [$0.before, $0.after] }
        switch pairs.count {
        case 1: return ZeroPadding1D(pairs[0])
        case 2: return ZeroPadding2D(pairs)
        case 3: return ZeroPadding3D(pairs)
        default: return nil
        }
    }

    private static func sizes(_ value: JSONValue?) -> [Int]? {
        guard let value else { return nil }
        if let height = value["height"]?.int, let width = value["width"]?.int { return [height, width] }
        return value.list?.compactMap(\.int)
    }

    static func sides(_ value: JSONValue, rank: Int) -> [(before: Int, after: Int)]? {
        guard let pairs = try? KerasForm.margins(rank).write(value).list else { return nil }
        let sides = (rank == 1 ? [.list(pairs)] : pairs).compactMap { pair -> (before: Int, after: Int)? in
            guard let amounts = pair.list?.compactMap(\.int), amounts.count == 2 else { return nil }
            return (amounts[0], amounts[1])
        }
        return sides.count == rank ? sides : nil
    }
}
