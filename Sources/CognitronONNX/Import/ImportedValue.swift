import Cognitron

/// A value of a file's graph while the model is made.
///
/// Shapes are known for two numbers of samples, so that what follows from the batch can be told from what is
/// constant: a size is of the batch where the two differ.
enum ImportedValue {
    /// Known without running the model, for either number of samples: weights, and sizes worked out of
    /// shapes.
    case known(ONNXTensor, ONNXTensor)
    /// What a layer gives.
    case computed(ComputedValue)

    static func constant(_ tensor: ONNXTensor) -> ImportedValue { .known(tensor, tensor) }

    /// The tensor where it is the same for every number of samples.
    var constant: ONNXTensor? {
        if case .known(let a, let b) = self, a.tensor == b.tensor { a } else { nil }
    }

    var type: ElementType {
        switch self {
        case .known(let tensor, _): tensor.type
        case .computed(let value): value.type
        }
    }

    var computed: ComputedValue? { if case .computed(let value) = self { value } else { nil } }
}

/// A value that a layer gives, and where in it the file's axes are.
///
/// The layers have the batch first and channels last, whatever the file has: a transposition of the file only
/// changes `order`, until an operator needs an order of its own.
final class ComputedValue {
    let symbol: SymbolicTensor
    /// The axis of the layer's value that each of the file's axes is.
    let order: [Int]
    /// In the file's order, for the two numbers of samples.
    let shapes: (Shape, Shape)
    let type: ElementType
    /// Whether it is an input of the model as it is.
    let isInput: Bool
    private var arrangements: [[Int]: ComputedValue] = [:]

    init(
        _ symbol: SymbolicTensor, order: [Int], shapes: (Shape, Shape), type: ElementType,
        isInput: Bool = false
    ) {
        (self.symbol, self.order, self.shapes, self.type) = (symbol, order, shapes, type)
        self.isInput = isInput
    }

    var rank: Int { order.count }

    /// The file's axis that is the batch.
    var batchAxis: Int { order.firstIndex(of: 0) ?? 0 }

    /// The file's axes in the layer's order.
    var fileAxes: [Int] { order.indices.map { place in order.firstIndex(of: place) ?? place } }

    /// The shapes in the layer's order, the batch included.
    var layerShapes: (Shape, Shape) {
        (Shape(fileAxes.map { shapes.0[$0] }), Shape(fileAxes.map { shapes.1[$0] }))
    }

    /// The order of channels last, for pictures that are channels first in the file.
    static func channelsLast(_ rank: Int) -> [Int] {
        rank < 3 ? Array(0..<rank) : [0, rank - 1] + Array(1..<rank - 1)
    }

    /// The same value with its axes in another order, by a layer that is made once.
    ///
    /// - Throws: where that would move the batch.
    func arranged(_ wanted: [Int]) throws -> ComputedValue {
        if wanted == order { return self }
        if let known = arrangements[wanted] { return known }
        guard wanted.count == rank, wanted[batchAxis] == 0 else {
            throw ImportProblem("needs the batch as another axis than \(batchAxis)")
        }
        var places = [Int](repeating: 0, count: rank)
        for axis in 0..<rank { places[wanted[axis]] = order[axis] }
        let value = ComputedValue(
            Permute(Array(places.dropFirst()))(symbol), order: wanted, shapes: shapes, type: type)
        arrangements[wanted] = value
        return value
    }

    /// The same value as its elements lie in the file, for what reshapes it next: without a layer where only
    /// axes of size 1 are elsewhere.
    func inFileOrder() throws -> ComputedValue {
        let long = order.indices.filter { $0 == batchAxis || shapes.0[$0] != 1 }.map { order[$0] }
        guard batchAxis == 0, long == long.sorted() else { return try arranged(Array(order.indices)) }
        return ComputedValue(
            symbol, order: Array(order.indices), shapes: shapes, type: type, isInput: isInput)
    }

    /// The same value with the file's axes in another order.
    func transposed(_ axes: [Int]) -> ComputedValue {
        ComputedValue(
            symbol, order: axes.map { order[$0] },
            shapes: (Shape(axes.map { shapes.0[$0] }), Shape(axes.map { shapes.1[$0] })), type: type,
            isInput: isInput)
    }

    func cast(_ type: ElementType) -> ComputedValue {
        ComputedValue(symbol, order: order, shapes: shapes, type: type, isInput: isInput)
    }
}
