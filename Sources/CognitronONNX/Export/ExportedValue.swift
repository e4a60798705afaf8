import Cognitron

/// A value of an exported graph: in the package's layout, channels last, in ONNX's, channels first, or in
/// both.
///
/// A layer takes the layout that it needs. The transposition to it is written once, at the first need, so
/// that a network of convolutions has transpositions at its ends alone.
final class ExportedValue {
    /// The shapes of one sample for two choices of the free axes' sizes; equal where none is free.
    let shapes: (Shape, Shape)
    private var channelsLastName: String?
    private var channelsFirstName: String?
    /// The value (N, L), of truth values, that says which time steps count; nil where all do.
    var mask: String?

    init(_ shapes: (Shape, Shape), channelsLast name: String, mask: String? = nil) {
        self.shapes = shapes
        channelsLastName = name
        self.mask = mask
    }

    init(_ shapes: (Shape, Shape), channelsFirst name: String, mask: String? = nil) {
        self.shapes = shapes
        if shapes.0.rank < 2 { channelsLastName = name } else { channelsFirstName = name }
        self.mask = mask
    }

    /// The number of axes, the batch included.
    var rank: Int { shapes.0.rank + 1 }

    /// The sizes of all axes, channels last; nil for the batch and for free axes.
    var sizes: [Int?] { [nil] + zip(shapes.0, shapes.1).map { $0 == $1 ? $0 : nil } }

    /// The sizes of one sample; nil where an axis is free.
    var fixedShape: Shape? { shapes.0 == shapes.1 ? shapes.0 : nil }

    var channels: Int { shapes.0.last ?? 1 }

    func channelsLast(_ writer: GraphWriter) -> String {
        if let name = channelsLastName { return name }
        let name = writer.transpose(channelsFirstName ?? "", [0] + Array(2..<rank) + [1])
        channelsLastName = name
        return name
    }

    func channelsFirst(_ writer: GraphWriter) -> String {
        if rank < 3 { return channelsLast(writer) }
        if let name = channelsFirstName { return name }
        let name = writer.transpose(channelsLastName ?? "", [0, rank - 1] + Array(1..<rank - 1))
        channelsFirstName = name
        return name
    }

    /// Whether it exists channels first only, so that a layer that works in either layout should take that.
    var isChannelsFirst: Bool { channelsLastName == nil }

    /// Applies a node that keeps the shape and works in either layout.
    func mapped(_ writer: GraphWriter, _ apply: (String) throws -> String) rethrows -> ExportedValue {
        isChannelsFirst
            ? ExportedValue(shapes, channelsFirst: try apply(channelsFirst(writer)), mask: mask)
            : ExportedValue(shapes, channelsLast: try apply(channelsLast(writer)), mask: mask)
    }

    /// The place of one of our axes (the batch is 0) in the layout that `mapped` gives.
    func place(ofAxis axis: Int) -> Int {
        let own = axis < 0 ? axis + rank : axis
        guard isChannelsFirst, own > 0 else { return own }
        return own == rank - 1 ? 1 : own + 1
    }
}
