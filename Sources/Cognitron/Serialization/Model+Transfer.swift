extension Model {
    /// Loads what fits from the file of another model, for transfer learning; everything else keeps its
    /// value.
    ///
    ///     try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, seed: 1)
    ///     let report = try model.load("cifar10.safetensors", matching: .nameAndShape)
    ///     print(report)                                    // 60 of 62 tensors loaded …
    ///     try model.freezeBody()
    ///
    /// Files of `save` and of `saveWeights` are alike here. `load(_:)` without `matching` is all or nothing.
    ///
    /// - Returns: what was loaded, and what fits nowhere.
    /// - Throws: `CognitronError` where the model is not built, the file cannot be read, a pattern matches no
    ///   parameter, or no kernel outside the classifier fits; the model is then unchanged.
    @discardableResult
    public func load(_ path: String, matching: WeightMatching) throws -> TransferReport {
        try requireParameters()
        let file = try Safetensors(contentsOf: path)
        let named = namedParameters
        try matching.leftOut.validate(displayName, "leavingOut", matching: named.map(\.path))
        let head = headParameters
        var (report, values) = (TransferReport(), [(Parameter, Tensor)]())
        var hasKernel = false
        for (name, parameter) in named {
            let isHead = head.contains(parameter.identity)
            guard let value = matching.value(of: parameter, name, isHead: isHead, file, &report) else {
                continue
            }
            values.append((parameter, value))
            if !isHead, value.rank > 1 { hasKernel = true }
        }
        let names = Set(named.map(\.path))
        report.unexpected = file.tensors.keys.filter { !names.contains($0) }.sorted()
        guard hasKernel || report.loaded.count == named.count else {
            throw CognitronError(
                .model, path, "is of another network: no kernel before the last layer fits",
                expected: "tensors such as \(Self.examples(named.map { ($0.path, $0.parameter.shape) }))",
                got: Self.examples(file.tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value.shape) }),
                advice: "build the network that the file was saved from")
        }
        for (parameter, value) in values { parameter.value = value }
        return report
    }

    private static func examples(_ tensors: [(String, Shape)]) -> String {
        let kernels = tensors.filter { $0.1.rank > 1 }.prefix(3).map { "\($0) \($1)" }
        return kernels.isEmpty ? "none" : kernels.joined(separator: ", ")
    }
}

extension WeightMatching {
    /// The value of a parameter from the file; nil where it keeps its own. Notes either in the report.
    fileprivate func value(
        of parameter: Parameter, _ path: String, isHead: Bool, _ file: Safetensors,
        _ report: inout TransferReport
    ) -> Tensor? {
        var leftOut = leftOut
        guard !leftOut.matches(path) else {
            report.leftOut.append(path)
            return nil
        }
        guard let tensor = file.tensors[path] else {
            report.missing.append(path)
            return nil
        }
        if isHead, let classes, classes.file != classes.model,
            let merged = merged(parameter.value, tensor)
        {
            guard !commonClasses.isEmpty else {
                report.leftOut.append(path)
                return nil
            }
            report.partlyLoaded.append(path)
            return merged
        }
        guard tensor.shape == parameter.shape else {
            report.misshapen.append(
                .init(path: path, modelShape: parameter.shape, fileShape: tensor.shape))
            return nil
        }
        report.loaded.append(path)
        return tensor
    }
}
