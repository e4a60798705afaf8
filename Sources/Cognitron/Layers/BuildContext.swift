/// The context of a layer's `build`: the layer's path, the declaration of parameters, and errors.
public struct BuildContext {
    /// The layer's name after those of the models that contain it: `encoder/conv2d_3`.
    public let path: String

    /// The layers before this one, for messages about shapes.
    let trail: [String]

    /// A context for building a layer outside a model.
    public init(path: String) { self.init(path: path, trail: []) }

    init(path: String, trail: [String]) {
        self.path = path
        self.trail = trail
    }

    /// Gives `parameter` a name, a shape and an initializer. Declaring it again, as a layer used twice does,
    /// keeps its value.
    ///
    /// - Parameters:
    ///   - isStatistic: whether the layer updates it in training, instead of the optimizer.
    ///   - regularizer: the penalty on its value that is added to the loss.
    ///   - constraint: applied to its value after every step.
    /// - Throws: `CognitronError` of kind `.shape` where it was declared with another shape, or is too large;
    ///   of kind `.argument` where the arguments of the initializer, regularizer or constraint are
    ///   impossible, or the name has a slash.
    public func declare(
        _ parameter: Parameter, _ name: String, _ shape: Shape, _ initializer: Initializer,
        isStatistic: Bool = false, regularizer: Regularizer? = nil, constraint: Constraint? = nil
    ) throws {
        guard shape.allSatisfy({ $0 > 0 }), Self.isCountable(shape) else {
            throw error(
                .shape, "\(name) cannot have shape \(shape)",
                expected: "sizes of at least 1 and at most \(Self.largestCount) elements")
        }
        guard !name.isEmpty, !name.contains("/") else {
            throw error(
                .argument, "a parameter has an invalid name", expected: "a name without slashes",
                got: "\"\(name)\"",
                advice: "put the parameters of an inner layer into a child")
        }
        let problems = [
            ("initializer", initializer.problem(for: shape)),
            ("regularizer", regularizer?.problem(for: shape)),
            ("constraint", constraint?.problem(for: shape)),
        ]
        for case (let rule, let problem?) in problems {
            throw error(.argument, "invalid \(rule) of \(name)", expected: problem.expected, got: problem.got)
        }
        let wasAccepted = parameter.declare(
            Parameter.Declaration(
                name: "\(path)/\(name)", shape: shape, initializer: initializer, isStatistic: isStatistic,
                regularizer: regularizer, constraint: constraint))
        guard wasAccepted else {
            throw error(
                .shape, "\(name) \(Self.sharedProblem)", expected: "\(parameter.shape)",
                got: "\(shape)", advice: "use a layer of its own for each shape")
        }
    }

    /// Builds a layer inside this one under the path `<this layer's>/<name>`, the name that `children` gives
    /// it.
    ///
    ///     let projected = try context.child("query", query, [input])
    ///
    /// - Returns: the shapes of its outputs.
    public mutating func child(_ name: String, _ layer: any AnyLayer, _ inputs: [Shape]) throws -> [Shape] {
        var context = BuildContext(path: "\(path)/\(name)", trail: trail)
        return try layer.build(inputs: inputs, &context)
    }

    /// `child` for a layer with one input and one output.
    public mutating func child(_ name: String, _ layer: any AnyLayer, _ input: Shape) throws -> Shape {
        let outputs = try child(name, layer, [input])
        guard outputs.count == 1 else {
            throw error(.shape, "\(name) gives \(outputs.count) outputs", expected: "1")
        }
        return outputs[0]
    }

    /// The error for a parameter declared with two shapes.
    static let sharedProblem = "is shared by inputs of different shapes"

    /// 2³¹ − 1: OpenBLAS counts in 32 bits.
    static let largestCount = Int(Int32.max)

    /// The upper bound of sizes, strides and counts, so that their products do not overflow.
    private static let largestArgument = 1 << 24

    /// An error about this layer.
    public func error(
        _ kind: CognitronError.Kind, _ problem: String, expected: String? = nil, got received: String? = nil,
        advice: String? = nil
    ) -> CognitronError {
        CognitronError(kind, path, problem, expected: expected, got: received, advice: advice)
    }

    /// Throws unless `value` is at least `minimum`.
    public func require(_ argument: String, _ value: Int, atLeast minimum: Int = 1) throws {
        guard value < minimum || value > Self.largestArgument else { return }
        throw error(
            .argument, "invalid \(argument)",
            expected: "a whole number from \(minimum) to \(Self.largestArgument)", got: "\(value)")
    }

    /// Throws unless 0 ≤ rate < 1.
    func requireRate(_ argument: String, _ rate: Float) throws {
        guard rate >= 0 && rate < 1 else {
            throw error(
                .argument, "invalid \(argument)", expected: "a number from 0 to below 1", got: rate.text)
        }
    }

    /// The height, width and channels of an image's shape.
    public func imageSize(_ input: Shape) throws -> (height: Int, width: Int, channels: Int) {
        guard input.rank == 3, input.allSatisfy({ $0 > 0 }) else {
            throw error(
                .shape, "needs images", expected: "an input of shape height × width × channels",
                got: "\(input)")
        }
        return (input[0], input[1], input[2])
    }

    /// Of a layer that reads images, and others of which only the size counts: the size of each.
    func imageAndWantedSize(_ inputs: [Shape]) throws -> (
        image: (height: Int, width: Int, channels: Int), wanted: (height: Int, width: Int, channels: Int)
    ) {
        guard inputs.count == 2 else {
            throw error(
                .shape, "needs images, and others of the wanted size", expected: "two inputs",
                got: "\(inputs.count)")
        }
        return (try imageSize(inputs[0]), try imageSize(inputs[1]))
    }

    /// Throws if the number of elements of a sample overflows.
    func requireTractable(_ output: Shape) throws {
        guard !Self.isCountable(output) else { return }
        throw error(
            .shape, "its output is too large", expected: "at most \(Self.largestCount) values a sample",
            got: "\(output)")
    }

    private static func isCountable(_ shape: Shape) -> Bool {
        shape.checkedElementCount.map { $0 <= largestCount } ?? false
    }

    /// "layers before: …", the last layers before this one with their output shapes.
    var trailDescription: String? {
        trail.isEmpty ? nil : "layers before: " + trail.suffix(4).joined(separator: " → ")
    }
}
