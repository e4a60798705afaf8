import Cognitron

// Names with numbers, of networks that no table can list.

extension ModelName {
    /// The network of a name such as `wrn-40-2`, `wrn-28-10:0.3`, `densenet-bc-22-8`, `mobilenet:0.25`,
    /// `mlp:128,64` or `vae:16`; nil for other names.
    ///
    /// - Throws: `CognitronError.argument` where the numbers are none that the network can have.
    @Sendable static func parsed(_ name: String) throws -> ModelName? {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let (stem, option) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
        switch stem {
        case "mlp": return try option.map { try perceptron(name, units: $0) }
        case "mobilenet": return try option.map { mobile(name, try width($0, name)) }
        case "mobilenet-v2": return try option.map { mobileV2(name, try width($0, name)) }
        case _ where stem.hasPrefix("wrn-"):
            let numbers = try depth(stem.dropFirst(4), 1...100, name, "wrn-40-2 or wrn-28-10:0.3")
            return wide(numbers.depth, numbers.size, try option.map { try dropout($0, name) } ?? 0)
        case _ where stem.hasPrefix("densenet-bc-") && option == nil:
            let numbers = try depth(stem.dropFirst(12), 1...1000, name, "densenet-bc-100-12")
            return dense(numbers.depth, numbers.size)
        default:
            guard let option, let kind = AutoencoderKind(rawValue: stem) else { return nil }
            return try kind.network(name, options: option)
        }
    }

    private static func perceptron(_ name: String, units list: String) throws -> ModelName {
        let units = list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard units.allSatisfy({ ($0 ?? 0) >= 1 }) else {
            throw CognitronError(
                .argument, "model mlp", "its hidden layers are no numbers of units",
                expected: "units such as mlp:128,64", got: name)
        }
        return perceptron(name, units.compactMap { $0 })
    }

    private static func width(_ text: String, _ name: String) throws -> Float {
        guard let width = Float(text), width > 0, width <= 100 else {
            throw CognitronError(
                .argument, "model \(name)", "its width is no factor of the channels",
                expected: "a number above 0, at most 100, as in mobilenet:0.25", got: text)
        }
        return width
    }

    private static func dropout(_ text: String, _ name: String) throws -> Float {
        guard let rate = Float(text), rate >= 0, rate < 1 else {
            throw CognitronError(
                .argument, "model \(name)", "its dropout is no rate",
                expected: "a number from 0 to below 1, as in wrn-28-10:0.3", got: text)
        }
        return rate
    }

    /// Two numbers with a hyphen between: 6·n + 4 layers, and a width or growth.
    private static func depth(
        _ text: Substring, _ sizes: ClosedRange<Int>, _ name: String, _ example: String
    ) throws -> (depth: Int, size: Int) {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard numbers.count == 2, (10...1000).contains(numbers[0]), numbers[0] % 6 == 4,
            sizes.contains(numbers[1])
        else {
            throw CognitronError(
                .argument, "model \(name)", "is no depth and size of such a network",
                expected:
                    "6·n + 4 layers from 10 to 1000, and \(sizes.lowerBound) to \(sizes.upperBound), as in "
                    + example, got: name)
        }
        return (numbers[0], numbers[1])
    }
}
