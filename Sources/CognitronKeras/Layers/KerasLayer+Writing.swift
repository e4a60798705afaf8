import Cognitron

extension KerasScope {
    /// A layer as Keras writes it: class, configuration, name.
    ///
    /// - Parameter name: its name in the model around it; by default its own.
    func object(of layer: any AnyLayer, name: String? = nil) throws -> JSONValue {
        let name = name ?? layer.name
        let type = String(describing: Swift.type(of: layer as AnyObject))
        let object = try within(name.map { "\($0) (\(type))" } ?? type) {
            if let model = layer as? Model { return try self.object(of: model, name: name) }
            guard let form = KerasLayer.of(layer), let saved = layer as? any Encodable else {
                problem("Keras has no such layer")
                return JSONValue.null
            }
            let config = try form.config(of: layer, try JSONValue(encoding: saved), name, self)
            return KerasObject.object("keras.layers", form.name, config)
        }
        guard var object, object != .null else { return .null }
        if let number = sharedNumbers[ObjectIdentifier(layer)] {
            object["shared_object_id"] = .integer(number)
        }
        return object
    }
}

extension KerasLayer {
    /// The configuration for Keras.
    ///
    /// - Parameter own: ours.
    fileprivate func config(
        of layer: any AnyLayer, _ own: JSONValue, _ name: String?, _ scope: KerasScope
    ) throws -> JSONValue {
        var config = JSONValue.object([])
        if let name { config["name"] = .text(name) }
        // Not all classes take it.
        if !layer.isTrainable { config["trainable"] = false }
        if self.name != "Pipeline" { config["dtype"] = "float32" }
        for argument in arguments {
            do {
                config[argument.name] = try padding(argument, layer, own, scope) ?? argument.written(own)
            } catch let misfit as KerasMisfit {
                if argument.name.hasSuffix("_initializer") {
                    scope.note("\(argument.name): \(misfit.problem); the weights are there")
                } else {
                    scope.problem("\(argument.name): \(misfit.problem)")
                }
            }
        }
        for inner in inner { config[inner.name] = try written(inner, layer, scope) }
        for (name, value) in fixed { config[name] = value }
        try addComputed(layer, &config)
        noteLeftOut(layer, own, scope)
        return config
    }

    /// What Keras says for explicit padding; nil of other arguments.
    private func padding(
        _ argument: KerasArgument, _ layer: any AnyLayer, _ own: JSONValue, _ scope: KerasScope
    ) -> JSONValue? {
        guard argument.name == "padding", let padding = KerasPadding.of(layer, own) else { return nil }
        if case .name(let name) = padding { return .text(name) }
        return scope.padded.contains(ObjectIdentifier(layer)) ? "valid" : nil
    }

    private func written(_ inner: Inner, _ layer: any AnyLayer, _ scope: KerasScope) throws -> JSONValue? {
        guard let child = inner.child else {
            return .list(try layer.children.map { try scope.object(of: $0.layer) })
        }
        guard let layer = layer.children.first(where: { $0.name == child })?.layer else { return nil }
        return try scope.object(of: layer)
    }

    /// Adds what Keras keeps in configurations and we in parameters.
    private func addComputed(_ layer: any AnyLayer, _ config: inout JSONValue) throws {
        switch layer {
        case let layer as Discretization:
            guard let boundaries = layer.parameters.first, boundaries.isDeclared else { return }
            config["bin_boundaries"] = .list(boundaries.value.scalars.map { .number(Double($0)) })
        case let layer as EinsumDense:
            guard let kernel = layer.parameters.first, kernel.isDeclared else { return }
            config["output_shape"] = Self.outputShape(config, kernel.shape)
        default: break
        }
    }

    /// The output's sizes of an `EinsumDense`, with those of the kernel where they are left to the input.
    private static func outputShape(_ config: JSONValue, _ kernel: Shape) -> JSONValue? {
        let parts = (config["equation"]?.string ?? "").split(whereSeparator: { ",->".contains($0) })
        guard parts.count == 3, let sizes = config["output_shape"]?.list else {
            return config["output_shape"]
        }
        let (own, output) = (Array(parts[1].filter(\.isLetter)), Array(parts[2].filter(\.isLetter)))
        return .list(
            zip(sizes, output.suffix(sizes.count)).map { size, letter in
                guard size == .null, let axis = own.firstIndex(of: letter), axis < kernel.rank else {
                    return size
                }
                return .integer(kernel[axis])
            })
    }

    /// Reports arguments of ours that Keras does not have.
    private func noteLeftOut(_ layer: any AnyLayer, _ own: JSONValue, _ scope: KerasScope) {
        var rest = own
        rest["name"] = nil
        for argument in arguments + callArguments where !argument.own.isEmpty { rest[argument.own] = nil }
        for name in ["top", "bottom", "left", "right"] where self.name == "ZeroPadding2D" { rest[name] = nil }
        for name in ["rank"] { rest[["cell", name]] = nil }
        for inner in inner { rest[inner.own] = nil }
        report(rest, standardConfiguration, [], scope)
        let frozen = layer.allParameters.filter { !$0.isStatistic }
        if layer.isTrainable, frozen.contains(where: { !$0.isTrainable }) {
            scope.note("some of its weights are frozen, which Keras says of layers only")
        }
    }

    private func report(_ rest: JSONValue, _ standard: JSONValue?, _ path: [String], _ scope: KerasScope) {
        for member in rest.members ?? [] {
            let place = path + [member.key]
            if member.value.members != nil, standard?[place]?.members?.isEmpty == false {
                report(member.value, standard, place, scope)
            } else if !member.value.isNothing, !member.value.isEqual(to: standard?[place] ?? .null) {
                scope.problem("\(place.joined(separator: ".")): Keras has no such argument")
            }
        }
    }
}

extension KerasArgument {
    /// Keras's value; nil to leave the argument out.
    fileprivate func written(_ own: JSONValue) throws -> JSONValue? {
        guard let value = own[self.own], value != .null else { return form.absent }
        return try form.write(value)
    }
}
