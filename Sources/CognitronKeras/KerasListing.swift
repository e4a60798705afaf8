import Cognitron
import CognitronExchange

/// What files of Keras hold.
enum KerasListing {
    static func archive(_ path: String) throws -> FileListing {
        if KerasArchive.isHDF5(path) { return try weights(path) }
        let (metadata, config) = try KerasArchive.description(path)
        var listing = FileListing(
            format: "Keras \(metadata["keras_version"]?.string ?? "of unknown version")")
        if let date = metadata["date_saved"]?.string { listing.facts.append(.init("saved", date)) }
        describe(config, &listing)
        add(try KerasArchive.weightsFile(path), &listing)
        return listing
    }

    static func weights(_ path: String) throws -> FileListing {
        let file = try HDF5File(contentsOf: path)
        func text(_ name: String) throws -> String? {
            try (file.root.attribute(name) ?? file.root.group("model_weights")?.attribute(name)).flatMap {
                try file.texts.values(of: $0).first
            }
        }
        let version = try text("keras_version")
        var listing = FileListing(format: version.map { "HDF5, Keras \($0)" } ?? "HDF5")
        if let config = try text("model_config") {
            describe(try JSONValue(Array(config.utf8), "\(path), model_config"), &listing)
        }
        add(file, &listing)
        return listing
    }

    private static func describe(_ config: JSONValue, _ listing: inout FileListing) {
        let layers = (config[["config", "layers"]] ?? config["config"])?.list ?? []
        let name = config[["config", "name"]]?.string.map { " \($0.quoted)" } ?? ""
        listing.facts.append(.init("model", (config["class_name"]?.string ?? "unknown") + name))
        var classes: [String] = []
        var counts: [String: Int] = [:]
        for layer in layers {
            let kind = layer["class_name"]?.string ?? "unknown"
            if counts[kind] == nil { classes.append(kind) }
            counts[kind, default: 0] += 1
        }
        let texts = classes.prefix(100).map { counts[$0] == 1 ? $0 : "\(counts[$0] ?? 0) \($0)" }
        listing.facts.append(.init("layers", texts.joined(separator: ", ")))
        if let optimizer = config[["compile_config", "optimizer", "class_name"]]?.string {
            listing.facts.append(.init("optimizer", optimizer))
        }
    }

    private static func add(_ file: HDF5File, _ listing: inout FileListing) {
        listing.tensors += file.root.datasets.map {
            .init(name: $0.path, type: $0.type.name, shape: $0.shape)
        }
    }
}
