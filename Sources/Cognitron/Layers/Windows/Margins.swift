/// The amounts added or removed before and after each axis.
///
///     1                     // before and after every axis
///     [1, 2]                // before and after the first axis, and the second
///     [1, 2]                // for one axis: before it and after it
///     [[0, 1], [2, 0]]      // for each axis, before and after it
///
/// Source: the `padding` and `cropping` of Keras's ZeroPadding and Cropping layers.
public indirect enum Margins: Hashable, Sendable {
    /// The same on both sides of every axis.
    case every(Int)
    /// For each axis; within it, for each side.
    case each([Margins])

    /// The amounts of one axis of `rank`; nil for another number of axes.
    package func amounts(axis: Int, of rank: Int) -> (before: Int, after: Int)? {
        switch self {
        case .every(let amount): (amount, amount)
        case .each(let list) where list.count == rank: list[axis].sides
        // One axis only: the two numbers are its sides.
        case .each where rank == 1: sides
        case .each: nil
        }
    }

    /// Of one axis.
    private var sides: (before: Int, after: Int)? {
        switch self {
        case .every(let amount): (amount, amount)
        case .each(let list):
            if list.count == 2, case .every(let before) = list[0], case .every(let after) = list[1] {
                (before, after)
            } else {
                nil
            }
        }
    }
}

extension Margins: CustomStringConvertible {
    public var description: String {
        switch self {
        case .every(let amount): "\(amount)"
        case .each(let list): "[\(list.map(\.description).joined(separator: ", "))]"
        }
    }
}

/// Converts to margins: an `Int`, an array of them, and an array of arrays.
public protocol MarginsConvertible {
    var margins: Margins { get }
}

extension Margins: MarginsConvertible {
    public var margins: Margins { self }
}

extension Int: MarginsConvertible {
    public var margins: Margins { .every(self) }
}

extension Array: MarginsConvertible where Element: MarginsConvertible {
    public var margins: Margins { .each(map(\.margins)) }
}

extension WindowSize: MarginsConvertible {
    public var margins: Margins { .each(axes.map { .every($0) }) }
}

/// In files, a number or an array, as in Swift.
extension Margins: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let amount = try? container.decode(Int.self) {
            self = .every(amount)
        } else {
            self = .each(try container.decode([Margins].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .every(let amount): try container.encode(amount)
        case .each(let list): try container.encode(list)
        }
    }
}

extension BuildContext {
    /// Throws unless the margins are of `rank` axes and at least 0.
    func require(_ argument: String, _ margins: Margins, rank: Int) throws {
        for axis in 0..<rank {
            guard let (before, after) = margins.amounts(axis: axis, of: rank) else {
                let pairs = Array(repeating: "[before, after]", count: rank).joined(separator: ", ")
                throw error(
                    .argument, "invalid \(argument)",
                    expected: rank == 1
                        ? "one whole number or [before, after]"
                        : "one whole number, \(rank) of them or [\(pairs)]",
                    got: "\(margins)")
            }
            try require(argument, before, atLeast: 0)
            try require(argument, after, atLeast: 0)
        }
    }
}
