import Cognitron
import CognitronData

extension Plot {
    /// The filters of a convolution of images: in colour where it reads red, green and blue, else one colour
    /// for weights below 0 and one for those above.
    ///
    /// - Parameters:
    ///   - layer: by default the first convolution. A path for one inside another model.
    ///   - limit: the most filters that are drawn.
    /// - Throws: `CognitronError` where the model has no such convolution.
    public static func filters(
        of model: Model, layer: String? = nil, limit: Int = 64, title: String = "Filters"
    ) throws -> Plot {
        let (name, kernel) = try kernel(of: model, layer)
        // (KH, KW, C, filters) → (filters, KH, KW, C)
        let filters = kernel.permuted([3, 0, 1, 2])
        let (height, width, channels) = (kernel.shape[0], kernel.shape[1], kernel.shape[2])
        let isColored = channels == 3
        let shown = channels == 1 || isColored ? filters : filters.mean(axes: [3], keepingDimensions: true)
        let (low, high) = shown.finiteRange
        let largest = max(abs(low), abs(high), .leastNormalMagnitude)
        let count = min(limit, filters.shape[0])
        let cells = (0..<count).map { number in
            let filter = shown[number]
            let picture =
                isColored
                ? Picture(filter / (2 * largest) + 0.5)
                : Picture(map: filter.reshaped([height, width]), .diverging, range: -largest...largest)
            return PictureSheet.Cell(picture, caption: ["\(number)"])
        }
        let ofAll = count < filters.shape[0] ? "the first \(count) of \(filters.shape[0])" : "\(count)"
        let what =
            isColored ? "in colour: grey is 0" : (channels == 1 ? "" : "means over \(channels) channels")
        var sheet = PictureSheet(
            title,
            subtitle: ["\(name): \(ofAll) filters of \(height) × \(width) × \(channels)", what]
                .filter { !$0.isEmpty }.joined(separator: "; "),
            sections: [PictureSheet.Section("", cells)], side: count > 16 ? 56 : 72)
        if !isColored {
            let end = Double(largest).significant(2)
            sheet.colorBar = ColorBar(colors: .diverging, low: "−\(end)", high: end, title: "weight")
        }
        return try sheet.plot()
    }

    private static func kernel(of model: Model, _ layer: String?) throws -> (name: String, kernel: Tensor) {
        let convolutions = try model.expanded().layers(ofType: Conv2D.self)
        guard let found = layer.map({ name in convolutions.first { $0.name == name } }) ?? convolutions.first
        else {
            let names = convolutions.map(\.name)
            throw CognitronError(
                .argument, layer ?? model.name ?? "the model", "is no convolution of images",
                expected: names.isEmpty ? "a model with a Conv2D" : "one of \(names.joined(separator: ", "))")
        }
        return (found.name, found.layer.kernel.value)
    }
}

extension Model {
    /// The layers of a type with their names, in execution order.
    func layers<T: AnyLayer>(ofType type: T.Type) -> [(name: String, layer: T)] {
        children.compactMap { child in (child.layer as? T).map { (child.name, $0) } }
    }
}
