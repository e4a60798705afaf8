import Cognitron

extension KerasScope {
    /// The layer of an object of Keras's; nil where it cannot be read, which is then a problem.
    ///
    /// - Parameter flags: arguments of ours that Keras takes in the call.
    func layer(of object: JSONValue, name: String? = nil, flags: [JSONValue.Member] = []) -> (any AnyLayer)? {
        let given = object[["config", "name"]]?.string ?? name
        let kind = object["class_name"]?.string ?? "no class"
        if let number = object["shared_object_id"]?.int, let layer = shared[number] { return layer }
        let layer: (any AnyLayer)?? = within(given.map { "\($0) (\(kind))" } ?? kind) {
            do {
                return try self.layer(object, kind, flags)
            } catch let misfit as KerasMisfit {
                problem(misfit.problem)
            } catch let error as CognitronError {
                problem(error.description)
            } catch DecodingError.keyNotFound(let key, _) {
                problem("\(KerasArgument.snakeCase(key.stringValue)) is missing")
            } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
                DecodingError.dataCorrupted(let context)
            {
                let argument = context.codingPath.last.map { KerasArgument.snakeCase($0.stringValue) }
                problem("\(argument ?? "its arguments"): a value of another kind")
            } catch {
                problem("\(error)")
            }
            return nil
        }
        guard let layer = layer ?? nil else { return nil }
        if let number = object["shared_object_id"]?.int { shared[number] = layer }
        return layer
    }

    private func layer(
        _ object: JSONValue, _ kind: String, _ flags: [JSONValue.Member]
    ) throws -> (any AnyLayer)? {
        let name = try KerasObject.className(object)
        if ["Sequential", "Functional", "Model"].contains(name) { return try model(of: object, name) }
        // Operations of keras.ops share names with layers.
        let module = object["module"]?.string ?? "keras.layers"
        guard let form = KerasLayer.named(name), module.hasPrefix("keras"), !module.contains(".ops") else {
            throw KerasMisfit(
                module.contains(".ops")
                    ? "an operation of \(module), not a layer" : "there is no such layer here"
            )
        }
        let own = try form.configuration(object["config"] ?? [:], flags, self)
        guard let own else { return nil }
        let saved: SavedLayer = try JSONValue.object([
            .init("type", .text(form.type)), .init("configuration", own),
        ]).decode()
        return saved.layer
    }
}

extension KerasLayer {
    /// Arguments of every layer, and such as do not matter here.
    private static let ignored: Set<String> = [
        "name", "trainable", "dtype", "seed", "batch_input_shape", "batch_shape", "autocast", "input_length",
        "implementation", "time_major", "unroll", "use_cudnn", "sparse", "ragged", "activity_regularizer",
        "sequence_length", "fill_mode", "flash_attention", "synchronized",
    ]

    /// Our configuration from Keras's; nil where something is wrong, which is then a problem.
    fileprivate func configuration(
        _ config: JSONValue, _ flags: [JSONValue.Member], _ scope: KerasScope
    ) throws -> JSONValue? {
        let before = scope.problems.count
        var own = standardConfiguration
        own["name"] = config["name"]
        if name == "Discretization" { own["numBins"] = nil }
        for argument in arguments {
            do {
                try argument.read(config[argument.name], into: &own)
            } catch let misfit as KerasMisfit {
                scope.problem("\(argument.name): \(misfit.problem)")
            }
        }
        for member in flags {
            guard let argument = callArguments.first(where: { $0.name == member.key }) else { continue }
            own[argument.own] = member.value
        }
        for inner in inner { own[inner.own] = try read(inner, config, scope) }
        checkRest(config, scope)
        return scope.problems.count == before ? own : nil
    }

    private func read(_ inner: Inner, _ config: JSONValue, _ scope: KerasScope) throws -> JSONValue? {
        func saved(_ object: JSONValue) throws -> JSONValue {
            guard let layer = scope.layer(of: object) else { return .null }
            return try JSONValue(encoding: SavedLayer(layer))
        }
        guard let object = config[inner.name], object != .null else {
            if !inner.isOptional { scope.problem("\(inner.name) is missing") }
            return nil
        }
        return try object.list.map { .list(try $0.map(saved)) } ?? saved(object)
    }

    /// Reports arguments that we do not have.
    private func checkRest(_ config: JSONValue, _ scope: KerasScope) {
        if let policy = config["dtype"], let type = Self.dtype(policy), type != "float32" {
            scope.note("dtype \(type): computed in float32")
        }
        let known = Set(arguments.map(\.name) + inner.map(\.name))
        for member in config.members ?? [] where !known.contains(member.key) {
            if let fixed = fixed.first(where: { $0.name == member.key }) {
                guard member.value != .null, member.value != fixed.value else { continue }
                scope.problem(
                    "\(member.key) \(member.value.brief): only \(fixed.value.brief) can be read")
            } else if member.key == "activity_regularizer", !member.value.isNothing {
                scope.note("activity_regularizer: left out")
            } else if !Self.ignored.contains(member.key), !member.value.isNothing {
                guard member.key != "data_format" || member.value != "channels_last" else { continue }
                scope.problem("\(member.key) \(member.value.brief): there is no such argument here")
            }
        }
    }

    /// The type of numbers that a policy computes with.
    private static func dtype(_ policy: JSONValue) -> String? {
        policy.string ?? policy[["config", "name"]]?.string
    }
}

extension KerasArgument {
    fileprivate func read(_ value: JSONValue?, into own: inout JSONValue) throws {
        guard let value, value != .null else {
            if isRequired { throw KerasMisfit("is missing") }
            if value == .null { own[self.own] = form.null ?? (form.absent == .null ? nil : own[self.own]) }
            return
        }
        let converted = try form.read(value)
        guard !self.own.isEmpty else {
            for member in converted.members ?? [] { own[member.key] = member.value }
            return
        }
        own[self.own] = converted
    }
}
