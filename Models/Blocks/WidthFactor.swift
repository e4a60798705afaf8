import Cognitron

/// The factor of a network's channels and units: MobileNet's α.
///
///     let width = try WidthFactor(0.5, "vgg")
///     width(64)   // 32
struct WidthFactor {
    let factor: Float

    /// - Parameter place: the network, for the error.
    /// - Throws: `CognitronError.argument` where the factor is not above 0 and at most 100.
    init(_ factor: Float, _ place: String) throws {
        guard factor > 0, factor <= 100 else {
            throw CognitronError(
                .argument, place, "invalid width", expected: "a factor above 0, at most 100", got: "\(factor)"
            )
        }
        self.factor = factor
    }

    /// `count` times the factor, rounded down to a multiple of `divisor`, at least that.
    func callAsFunction(_ count: Int, multipleOf divisor: Int = 1) -> Int {
        max(divisor, Int(Float(count) * factor) / divisor * divisor)
    }

    /// MobileNet v2's rounding: the nearest multiple of 8, at least 8 and nine tenths of `count` times the
    /// factor.
    func nearestMultipleOf8(_ count: Int) -> Int {
        let wanted = Float(count) * factor
        let rounded = max(8, Int(wanted + 4) / 8 * 8)
        return Float(rounded) < 0.9 * wanted ? rounded + 8 : rounded
    }
}
