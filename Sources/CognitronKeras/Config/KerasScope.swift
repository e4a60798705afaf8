import Cognitron

/// What a conversion has found that it cannot say, gathered so that all of it is reported at once.
final class KerasScope {
    /// What stops the conversion, each with the layer that it is in.
    private(set) var problems: [String] = []
    /// What is left out without changing predictions.
    private(set) var notes: [String] = []
    /// The layer being converted: `lstm_1 (LSTM)`, after those around it.
    private var place: [String] = []
    /// The layers read so far by the number that Keras gives to those in several models.
    var shared: [Int: any AnyLayer] = [:]
    /// The layers of each model that was read, in the order of its file.
    var orders: [ObjectIdentifier: [any AnyLayer]] = [:]
    /// The layers that have a layer of zeros before them in Keras.
    var padded: Set<ObjectIdentifier> = []
    /// The layers that are frozen as a whole.
    var frozen: [any AnyLayer] = []
    /// The layers that several of the models being written use, with the numbers they get.
    var sharedNumbers: [ObjectIdentifier: Int] = [:]

    /// The number of layers converted so far.
    private var count = 0

    /// More layers than any network has, so that small files cannot keep the program busy.
    private static let mostLayers = 1 << 14
    private static let mostLines = 1 << 10
    /// Layers inside layers: more could overflow the stack.
    private static let deepest = 64
    private static let mostListed = 40

    /// Names the layer that `body` converts.
    func within<R>(_ name: String, _ body: () throws -> R) rethrows -> R? {
        count += 1
        guard place.count < Self.deepest, count <= Self.mostLayers else {
            problem(
                count > Self.mostLayers
                    ? "more than \(Self.mostLayers) layers" : "layers are nested too deeply")
            return nil
        }
        place.append(name)
        defer { place.removeLast() }
        return try body()
    }

    func problem(_ text: String) { add(text, to: &problems) }
    func note(_ text: String) { add(text, to: &notes) }

    private func add(_ text: String, to lines: inout [String]) {
        let line = (place + [text]).joined(separator: ": ")
        if lines.count < Self.mostLines, !lines.contains(line) { lines.append(line) }
    }

    /// Throws where there are problems.
    ///
    /// - Parameter verb: `read` or `written`.
    func finish(_ path: String, _ verb: String, advice: String) throws {
        guard !problems.isEmpty else { return }
        let more = problems.count - Self.mostListed
        let listed = problems.prefix(Self.mostListed) + (more > 0 ? ["and \(more) more"] : [])
        throw CognitronError(
            .file, path, "cannot be \(verb):\n  " + listed.joined(separator: "\n  ") + "\n", advice: advice)
    }
}

/// An argument that has no counterpart.
struct KerasMisfit: Error {
    let problem: String

    init(_ problem: String) { self.problem = problem }
}
