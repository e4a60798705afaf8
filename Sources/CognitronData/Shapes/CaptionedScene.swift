import Cognitron
import CognitronKernels

/// The sizes that captions tell apart.
enum ShapeMagnitude: CaseIterable {
    case small, medium, large

    /// As fractions of the picture's side. The gaps between them are never drawn.
    var radii: (Float, Float) {
        switch self {
        case .small: (0.09, 0.105)
        case .medium: (0.14, 0.16)
        case .large: (0.2, 0.22)
        }
    }

    var word: String? {
        switch self {
        case .small: "small"
        case .medium: nil
        case .large: "large"
        }
    }
}

/// The colours that captions name.
enum ShapeColour: String, CaseIterable {
    case red, green, blue, yellow, purple, cyan, white, black

    /// Red, green and blue, 0…1.
    var value: SIMD4<Float> {
        switch self {
        case .red: SIMD4(0.85, 0.12, 0.12, 0)
        case .green: SIMD4(0.1, 0.6, 0.15, 0)
        case .blue: SIMD4(0.12, 0.22, 0.85, 0)
        case .yellow: SIMD4(0.93, 0.85, 0.12, 0)
        case .purple: SIMD4(0.55, 0.12, 0.65, 0)
        case .cyan: SIMD4(0.1, 0.8, 0.85, 0)
        case .white: SIMD4(0.95, 0.95, 0.95, 0)
        case .black: SIMD4(0.06, 0.06, 0.06, 0)
        }
    }
}

/// One or two shapes apart from each other, and the sentence about them.
struct CaptionedScene {
    struct Object {
        let shape: PlacedShape
        let magnitude: ShapeMagnitude
        let colour: ShapeColour

        /// "a small red circle"
        var words: [String] {
            ["a", magnitude.word, colour.rawValue, shape.kind.rawValue].compactMap(\.self)
        }
    }

    /// In the order of their kinds.
    let objects: [Object]
    private let relation: [String]

    var words: [String] { Array([objects.map(\.words)].joined().joined(separator: relation)) }

    private static let relations = [["left", "of"], ["right", "of"], ["above"], ["below"]]
    private static let margin: Float = 0.02

    init(_ draws: inout RandomGenerator) {
        let isPair = draws.number(below: 3) > 0
        let kinds = Self.kinds(isPair ? 2 : 1, &draws)
        let places = kinds.map { _ in Place(&draws) }
        let way = draws.number(below: Self.relations.count)
        relation = isPair ? Self.relations[way] : []
        let centres = isPair ? Self.apart(places, way, &draws) : places.map { $0.anywhere(&draws) }
        objects = kinds.indices.map { number in
            let angle = draws.uniform(-PlacedShape.tilt, PlacedShape.tilt) / 2
            return Object(
                shape: PlacedShape(
                    kinds[number], centres[number], radius: places[number].radius, angle: angle),
                magnitude: places[number].magnitude, colour: places[number].colour)
        }
    }

    private static func kinds(_ count: Int, _ draws: inout RandomGenerator) -> [ShapeKind] {
        var left = Array(ShapeKind.allCases)
        return (0..<count).map { _ in left.remove(at: draws.number(below: left.count)) }
            .sorted { $0.label < $1.label }
    }

    /// Size and colour of a shape.
    private struct Place {
        let magnitude: ShapeMagnitude
        let colour: ShapeColour
        let radius: Float

        init(_ draws: inout RandomGenerator) {
            magnitude = ShapeMagnitude.allCases[draws.number(below: ShapeMagnitude.allCases.count)]
            colour = ShapeColour.allCases[draws.number(below: ShapeColour.allCases.count)]
            radius = draws.uniform(magnitude.radii.0, magnitude.radii.1)
        }

        var room: Float { radius + CaptionedScene.margin }

        func anywhere(_ draws: inout RandomGenerator) -> SIMD2<Float> {
            SIMD2(draws.uniform(room, 1 - room), draws.uniform(room, 1 - room))
        }
    }

    /// Centres of two shapes of which the first is left of, right of, above or below the second: along that
    /// axis they are apart, across it they differ by less.
    private static func apart(
        _ places: [Place], _ way: Int, _ draws: inout RandomGenerator
    ) -> [SIMD2<Float>] {
        // Along the axis from the side where the one shape lies to that of the other.
        let isFirst = way % 2 == 0
        let (a, b) = isFirst ? (places[0], places[1]) : (places[1], places[0])
        let slack = 1 - 2 * a.room - 2 * b.room
        let before = draws.uniform(0, slack)
        let between = draws.uniform(0, slack - before)
        let along = (a.room + before, a.room + before + a.room + b.room + between)
        let across = draws.uniform(a.room, 1 - a.room)
        let reach = 0.6 * (along.1 - along.0)
        let other = draws.uniform(max(b.room, across - reach), min(1 - b.room, across + reach))
        let low = way < 2 ? SIMD2(along.0, across) : SIMD2(across, along.0)
        let high = way < 2 ? SIMD2(along.1, other) : SIMD2(other, along.1)
        return isFirst ? [low, high] : [high, low]
    }
}
