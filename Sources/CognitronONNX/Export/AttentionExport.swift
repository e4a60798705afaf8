import Cognitron

/// An attention with heads as nodes: projections, scaled products, softmax, and the projection back.
struct AttentionExport {
    private let export: LayerExport
    private let projections: [String: any AnyLayer]
    private let heads: Int
    private let keyHeads: Int
    private let isCausal: Bool
    private let window: Int?

    init(
        _ layer: some AnyLayer, heads: Int, keyHeads: Int, isCausal: Bool, window: Int?, _ export: LayerExport
    ) throws {
        self.export = export
        projections = Dictionary(layer.children.map { ($0.name, $0.layer) }) { first, _ in first }
        (self.heads, self.keyHeads, self.isCausal, self.window) = (heads, keyHeads, isCausal, window)
    }

    /// Which pairs of steps count, as truth values that broadcast to (N, heads, T, S).
    func kept(
        query: ExportedValue, key: ExportedValue, secondMask: String? = nil, pairs: ExportedValue? = nil,
        queryMask: String?, keyMask: String?
    ) -> String? {
        let writer = export.writer
        let keep = writer.kept(
            query, key, queryMask: queryMask, keyMasks: [keyMask, secondMask], isCausal: isCausal,
            window: window, headAxes: 1)
        guard let pairs else { return keep }
        var own = writer.node("Not", writer.node("Equal", pairs.channelsLast(writer), writer.constant(0)))
        if pairs.rank == 3 { own = writer.unsqueeze(own, axes: [1]) }
        return keep.map { writer.node("And", $0, own) } ?? own
    }

    /// - Parameters:
    ///   - query, key, value: (N, T, features) and (N, S, features)
    func run(
        query: String, key: String, value: String, keep: String?
    ) throws -> (output: String, weights: String) {
        let writer = export.writer
        let (q, size) = try projected("query", query, heads)
        let k = grouped(try projected("key", key, keyHeads).name)
        let v = grouped(try projected("value", value, keyHeads).name)
        let scaled = writer.node("Mul", q, writer.constant(1 / Float(size).squareRoot()))
        let scores = writer.node("MatMul", scaled, writer.transpose(k, [0, 1, 3, 2]))
        let weights = writer.attentionShares(scores, keep: keep)
        var y = writer.transpose(writer.node("MatMul", weights, v), [0, 2, 1, 3])
        if projections["gate"] != nil {
            let gate = writer.transpose(try projected("gate", query, heads).name, [0, 2, 1, 3])
            y = writer.node("Mul", y, writer.node("Sigmoid", gate))
        }
        return (try back(writer.reshape(y, [0, 0, -1])), weights)
    }

    /// (N, heads, steps, size)
    private func projected(_ name: String, _ x: String, _ heads: Int) throws -> (name: String, size: Int) {
        let writer = export.writer
        let parameters = try parameters(name)
        let size = parameters[0].shape[2]
        let kernel = export.weight(parameters[0]) { $0.reshaped([$0.shape[0], heads * size]) }
        var y = writer.node("MatMul", x, kernel)
        if parameters.count > 1 {
            y = writer.node("Add", y, export.weight(parameters[1]) { $0.reshaped([heads * size]) })
        }
        return (writer.transpose(writer.reshape(y, [0, 0, heads, size]), [0, 2, 1, 3]), size)
    }

    /// Each head of keys or values as often as queries share it.
    private func grouped(_ x: String) -> String {
        guard keyHeads < heads else { return x }
        let sources = (0..<heads).map { $0 * keyHeads / heads }
        return export.writer.node(
            "Gather", x, export.writer.constant(sources), attributes: ["axis": 1])
    }

    /// (N, T, heads · size) → (N, T, features)
    private func back(_ x: String) throws -> String {
        let parameters = try parameters("attention_output")
        let kernel = export.weight(parameters[0]) { $0.reshaped([-1, $0.shape[$0.rank - 1]]) }
        let y = export.writer.node("MatMul", x, kernel)
        return parameters.count > 1 ? export.writer.node("Add", y, export.weight(parameters[1])) : y
    }

    private func parameters(_ name: String) throws -> [Parameter] {
        guard let layer = projections[name] else { throw ExportProblem("has no projection \(name)") }
        return layer.parameters
    }
}
