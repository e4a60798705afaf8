import CognitronKernels

/// The names of a model's layers: those given by the user, else the type's name in Keras's spelling, with a
/// number from the second on: `conv2d`, `conv2d_1`.
struct LayerNames {
    private var names: [ObjectIdentifier: String] = [:]

    init(_ layers: [any AnyLayer]) {
        var taken = Set(layers.compactMap(\.name))
        var counts: [String: Int] = [:]
        for layer in layers where names[ObjectIdentifier(layer)] == nil {
            names[ObjectIdentifier(layer)] = layer.name ?? Self.generate(for: layer, &counts, &taken)
        }
    }

    func name(of layer: any AnyLayer) -> String {
        guard let name = names[ObjectIdentifier(layer)] else { fail("a layer that was not named") }
        return name
    }

    private static func generate(
        for layer: any AnyLayer, _ counts: inout [String: Int], _ taken: inout Set<String>
    ) -> String {
        let base = snakeCase(layer.typeName)
        while true {
            let number = counts[base, default: 0]
            counts[base] = number + 1
            let name = number == 0 ? base : "\(base)_\(number)"
            if taken.insert(name).inserted { return name }
        }
    }

    /// `MaxPooling2D` → `max_pooling2d`, as in Keras.
    static func snakeCase(_ name: String) -> String {
        let letters = Array(name)
        var result = ""
        for (index, letter) in letters.enumerated() {
            let followsLower = index > 0 && letters[index - 1].isLowercase
            let precedesLower = index > 0 && index + 1 < letters.count && letters[index + 1].isLowercase
            if letter.isUppercase && (followsLower || precedesLower) { result.append("_") }
            result.append(contentsOf: letter.lowercased())
        }
        return result
    }
}
