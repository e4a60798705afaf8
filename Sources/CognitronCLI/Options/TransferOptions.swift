import ArgumentParser

/// Transfer learning: the model that a training starts from, and what of it stays as it is.
struct TransferOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Model whose weights the training starts from, as far as they fit the network by name and shape. \
            The last layer keeps those of the classes that both have.
            """, valueName: "file"), completion: .file(extensions: ["safetensors"]))
    var from: String?

    @Option(
        help: ArgumentHelp(
            """
            Layers that are not trained: body for all but the last, none, or patterns of names with commas \
            between them, as in conv1,layer1 (default: none, and body with --thaw).
            """, valueName: "layers"))
    var freeze: [String] = []

    @Option(
        number: ArgumentHelp(
            "Epochs after each of which one more block of the frozen layers is trained, the last first.",
            valueName: "epochs"))
    var thaw: Int?

    @Option(
        help: ArgumentHelp(
            """
            Factors of the learning rate by patterns of layers' names, the first that matches, as in \
            layer1:0.01,body:0.1.
            """, valueName: "factors"))
    var learningRates: [String] = []

    func validate() throws {
        if from == "" { throw ValidationError("--from: expected the name of a file, got none") }
        if let thaw, thaw < 1 { throw ValidationError("--thaw: expected at least 1, got \(thaw)") }
        let names = Self.words(freeze)
        if !freeze.isEmpty, names.isEmpty {
            throw ValidationError("--freeze: expected body, none or names of layers, got none")
        }
        if names.contains("none"), names.count > 1 || thaw != nil {
            throw ValidationError("--freeze: none does not go with \(thaw == nil ? "names" : "--thaw")")
        }
        _ = try factors
    }

    /// Nil where nothing is frozen and all layers learn alike.
    var recipe: TransferRecipe? {
        get throws {
            var names = Self.words(freeze)
            if names.isEmpty, thaw != nil { names = [TransferRecipe.body] }
            if names == ["none"] { names = [] }
            let factors = try factors
            guard !names.isEmpty || !factors.isEmpty else { return nil }
            return TransferRecipe(frozen: names, learningRates: factors, thaw: thaw)
        }
    }

    private var factors: [TransferRecipe.Factor] {
        get throws {
            try Self.words(learningRates).map { word in
                let parts = word.split(separator: ":")
                guard parts.count == 2, let factor = Float(parts[1]), factor >= 0, factor.isFinite else {
                    throw ValidationError(
                        "--learning-rates: expected layers and a factor of at least 0, as in conv1:0.1, "
                            + "got \(word)")
                }
                return .init(layers: String(parts[0]), factor: factor)
            }
        }
    }

    private static func words(_ options: [String]) -> [String] {
        options.listed.map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    }
}
