// Checks of the arguments of augmentation layers.

extension BuildContext {
    /// Throws unless a factor is one number, or two, of a range.
    func require(_ argument: String, _ factor: RandomFactor, in range: ClosedRange<Float>) throws {
        let fits = (1...2).contains(factor.numbers.count) && factor.numbers.allSatisfy(range.contains)
        guard !fits else { return }
        throw error(
            .argument, "invalid \(argument)",
            expected: "a number from \(range.lowerBound.text) to \(range.upperBound.text), or two",
            got: factor.text)
    }

    func require(valueRange range: ClosedRange<Float>) throws {
        guard range.lowerBound.isFinite, range.upperBound.isFinite, range.lowerBound < range.upperBound else {
            throw error(
                .argument, "invalid valueRange", expected: "black below white, such as 0...255",
                got: "\(range)")
        }
    }

    func requirePixelInterpolation(_ interpolation: Interpolation) throws {
        guard [.nearest, .bilinear].contains(interpolation) else {
            throw error(
                .argument, "invalid interpolation", expected: "nearest or bilinear",
                got: interpolation.rawValue)
        }
    }

    /// Throws unless images have three channels.
    func requireColors(_ input: Shape) throws {
        guard input.last == 3 else {
            throw error(
                .shape, "needs colours", expected: "images of three channels (red, green, blue)",
                got: "\(input)")
        }
    }

    func require(fillValue values: [Float]?, for input: Shape) throws {
        guard let values, values.count != 1, values.count != input.last else { return }
        throw error(
            .argument, "invalid fillValue",
            expected: "one value, or one for each of the channels of \(input)",
            got: "\(values.count) values")
    }

    func require(odd size: WindowSize) throws {
        guard size.rank == 2, size.axes.allSatisfy({ $0 > 0 && $0 % 2 == 1 && $0 < 1 << 12 }) else {
            throw error(.argument, "invalid kernelSize", expected: "two odd numbers", got: "\(size)")
        }
    }
}
