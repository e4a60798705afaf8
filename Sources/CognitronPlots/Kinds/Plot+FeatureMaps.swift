import Cognitron
import CognitronData

extension Plot {
    /// What the layers of a model make of a picture: the picture, then some maps of each layer, each layer
    /// with its own scale.
    ///
    /// - Parameters:
    ///   - picture: (H, W, C), as the model takes it.
    ///   - layers: by default those that compute maps, or sixteen of them where there are more.
    ///   - limit: the most maps that are drawn of a layer.
    /// - Throws: `CognitronError` where the model does not take the picture or has no such layer.
    public static func featureMaps(
        of picture: Tensor, in model: Model, layers: [String]? = nil, limit: Int = 16,
        title: String = "Feature maps"
    ) throws -> Plot {
        let known = try model.mapLayers().filter { use in
            !["Dropout", "ZeroPadding", "BatchNormalization"].contains { use.typeName.contains($0) }
        }
        let names = layers ?? Self.some(known.map(\.name))
        let given = try model.featureMaps(of: picture, layers: names)
        let input = PictureSheet.Section("Input", [PictureSheet.Cell(Picture(sample: picture))])
        let sections = given.map { layer in
            let (low, high) = layer.maps.finiteRange
            let shape = layer.maps.shape
            let count = min(limit, shape[2])
            let cells = (0..<count).map { number in
                PictureSheet.Cell(
                    Picture(map: layer.maps.slice(axis: -1, number), .viridis, range: low...max(high, low)))
            }
            let ofAll =
                count < shape[2] ? "\(count) of \(shape[2]) maps" : "\(count) map\(count == 1 ? "" : "s")"
            return PictureSheet.Section(
                "\(layer.layer) (\(layer.typeName)): \(ofAll) of \(shape[0]) × \(shape[1]), "
                    + "\(Double(low).significant(3)) to \(Double(high).significant(3))", cells)
        }
        var sheet = PictureSheet(
            title, subtitle: names.count < known.count ? "\(names.count) of \(known.count) layers" : "",
            sections: [input] + sections, side: 64)
        sheet.colorBar = ColorBar(
            colors: .viridis, low: "lowest", high: "highest", title: "output of the layer")
        return try sheet.plot(width: 600)
    }

    private static let mostLayers = 16

    /// At most sixteen of the names, evenly spaced, with the first and the last.
    private static func some(_ names: [String]) -> [String] {
        guard names.count > mostLayers else { return names }
        return (0..<mostLayers).map { names[$0 * (names.count - 1) / (mostLayers - 1)] }
    }
}
