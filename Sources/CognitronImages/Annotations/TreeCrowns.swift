import Cognitron
import CognitronData

extension Dataset {
    /// Crowns of trees in photographs from aeroplanes, at 10 cm a pixel: crops of 200 × 200 without overlap.
    /// Two photographs of Yellowstone are for training (162 crops); one each of Florida and California are
    /// for testing (8), where trees look different.
    ///
    /// A crown that a crop cuts belongs to it where at least half of its box is inside.
    ///
    /// - Source: Weinstein et al., "DeepForest: A Python package for RGB deep learning tree crown
    ///   delineation" (2020); photographs of the National Ecological Observatory Network.
    public static let treeCrowns = Dataset(
        "tree-crowns", "photographs of woods from above, with the box of each tree", task: TreeCrowns.task,
        shape: TreeCrowns.shape, package: .pypi("deepforest", "2.1.0"),
        where: { path in
            TreeCrowns.photographs.joined().contains {
                path.hasSuffix("\($0).png") || path.hasSuffix("\($0).xml")
            }
        }
    ) { files, split in
        try TreeCrowns(files, TreeCrowns.photographs[split == .train ? 0 : 1]).part()
    }
    .credited(
        from: "PyPI deepforest 2.1.0; Weinstein et al. 2020, photographs of NEON", licence: "MIT",
        counts: [.train: 162, .test: 8])

    /// The data sets of pictures in packages, which `DatasetScheme.registerPictureSchemes` makes known.
    public static let pictureSets: [Dataset] = [.treeCrowns]
}

/// The crops of some photographs with their boxes.
private struct TreeCrowns {
    static let task = DataTask.detection(classNames: ["tree"])
    static let shape: Shape = [side, side, 3]
    /// For training, and for testing.
    static let photographs = [
        ["2019_YELL_2_528000_4978000_image_crop2", "2019_YELL_2_541000_4977000_image_crop"],
        ["OSBS_029", "SOAP_061"],
    ]

    private static let side = 200

    private var crops: [(picture: Picture, boxes: [BoxRow])] = []

    init(_ files: [DatasetFile], _ photographs: [String]) throws {
        for name in photographs {
            func file(_ ending: String) throws -> DatasetFile {
                if let file = files.first(where: { $0.path.hasSuffix("\(name).\(ending)") }) { return file }
                throw CognitronError(.file, files[0].path, "the package has no \(name).\(ending)")
            }
            let (photograph, notes) = (try file("png"), try file("xml"))
            let picture = try PictureFile.read(photograph.bytes, name: photograph.path, channels: .rgb)
            let annotation = try VOCFile(bytes: notes.bytes, notes.path)
            guard annotation.size.map({ $0 == [picture.height, picture.width] }) ?? true else {
                throw CognitronError(
                    .file, photograph.path, "does not have the size that \(notes.path) says",
                    expected: annotation.size.map { "\($0)" }, got: "\(picture.height) × \(picture.width)")
            }
            cut(picture, annotation.objects.map(\.box))
        }
    }

    private mutating func cut(_ picture: Picture, _ boxes: [BoxRow]) {
        let side = Self.side
        for top in stride(from: 0, through: picture.height - side, by: side) {
            for left in stride(from: 0, through: picture.width - side, by: side) {
                let window = PictureWindow(x: left, y: top, width: side, height: side)
                crops.append((picture.cropped(to: window), boxes.compactMap { $0.cut(to: window) }))
            }
        }
    }

    func part() throws -> DatasetPart {
        let most = max(1, crops.map(\.boxes.count).max() ?? 0)
        let rows = crops.flatMap { crop in
            (crop.boxes + Array(repeating: .none, count: most - crop.boxes.count)).flatMap(\.scalars)
        }
        let pictures = try Images(crops.flatMap(\.picture.pixels), shape: Self.shape.batched(crops.count))
        return try DatasetPart(
            name: "tree-crowns", task: Self.task, inputShape: Self.shape,
            source: SampleSource(pictures, Tensor(rows, shape: [crops.count, most, BoxRow.width])))
    }
}

extension BoxRow {
    /// The part in a crop, in the crop's pixels; nil where less than half of the box is inside.
    fileprivate func cut(to window: PictureWindow) -> BoxRow? {
        let (x, y) = (Float(window.x), Float(window.y))
        let inside = BoxRow(
            left: max(left - x, 0), top: max(top - y, 0), right: min(right - x, Float(window.width)),
            bottom: min(bottom - y, Float(window.height)), label: label)
        func area(_ box: BoxRow) -> Float { max(box.right - box.left, 0) * max(box.bottom - box.top, 0) }
        return area(self) > 0 && 2 * area(inside) >= area(self) ? inside : nil
    }
}
