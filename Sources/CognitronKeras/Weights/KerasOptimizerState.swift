import Cognitron

/// The variables of an optimizer in Keras's files: the number of steps, the rate where it is no schedule, and
/// the arrays beside the parameters.
struct KerasOptimizerState {
    private static let path = "optimizer/vars"
    private static let mostSteps = 1 << 30

    /// An array beside a parameter, with its number in the file.
    private struct Place {
        let number: Int
        let parameter: Parameter
        let slot: KerasOptimizer.Slot
    }

    private static func places(
        _ form: KerasOptimizer, _ config: KerasOptimizer.Config, _ parameters: [Parameter]
    ) -> [Place] {
        var number = config.hasSchedule ? 1 : 2
        var places: [Place] = []
        func add(_ slot: KerasOptimizer.Slot, _ parameter: Parameter) {
            places.append(Place(number: number, parameter: parameter, slot: slot))
            number += 1
        }
        if config.options.useEma {
            for parameter in parameters { add(.init("average", parameter.shape), parameter) }
        }
        if config.options.gradientAccumulationSteps != nil {
            for parameter in parameters { add(.init(nil, parameter.shape), parameter) }
        }
        let groups = parameters.map { form.slots(config, $0.shape) }
        for group in 0..<(groups.map(\.count).max() ?? 0) {
            for (parameter, own) in zip(parameters, groups) where group < own.count {
                for slot in own[group] { add(slot, parameter) }
            }
        }
        return places
    }

    /// The saved arrays of each parameter by its path.
    private static func saved(_ optimizer: any Optimizer) throws -> [String: [String: Tensor]] {
        let state: StateTree = try optimizer.saveState().get("state")
        var arrays: [String: [String: Tensor]] = [:]
        for slots: StateTree in try state.get("parameters", as: [StateTree].self) {
            arrays[try slots.get("path")] = try slots.get("arrays", as: [String: Tensor].self)
        }
        return arrays
    }

    /// The variables for a file; none before the first step.
    static func variables(
        _ optimizer: any SlotOptimizer, _ form: KerasOptimizer, _ parameters: [Parameter]
    ) throws -> [HDF5Content.Member] {
        guard optimizer.state.iterations > 0 else { return [] }
        let config = KerasOptimizer.Config(json: form.object(of: optimizer)["config"] ?? [:])
        let arrays = try saved(optimizer)
        var members: [HDF5Content.Member] = [
            .init("\(path)/0", .integer(optimizer.state.iterations)),
            .init("\(path)/1", .tensor(Tensor(optimizer.state.learningRate))),
        ]
        for place in places(form, config, parameters) {
            let slot = place.slot
            let standard =
                slot.name == "iterate"
                ? place.parameter.value : Tensor(repeating: slot.initial, shape: slot.shape)
            let value = slot.name.flatMap { arrays[place.parameter.name]?[$0] } ?? standard
            members.append(.init("\(path)/\(place.number)", .tensor(value)))
        }
        if let nadam = optimizer as? Nadam {
            let product = product(nadam.beta1, optimizer.state.iterations)
            members.append(.init("\(path)/\(members.count)", .tensor(Tensor(product))))
        }
        return members
    }

    /// Puts the variables of a file into an optimizer.
    ///
    /// - Throws: `CognitronError` where they do not fit the parameters.
    static func restore(
        _ optimizer: any SlotOptimizer, _ form: KerasOptimizer, _ config: KerasOptimizer.Config,
        from file: HDF5File,
        _ parameters: [Parameter]
    ) throws {
        guard let group = file.root.group(path), !group.members.isEmpty else { return }
        let places = places(form, config, parameters)
        // The last of Nadam's is the product of its momenta, which follows from the number of steps.
        let others = (config.hasSchedule ? 1 : 2) + (optimizer is Nadam ? 1 : 0)
        guard group.members.count == others + places.count, case .dataset(let steps)? = group["0"] else {
            throw CognitronError(
                .model, file.bytes.path, "the optimizer's state does not fit the model",
                expected: "\(others + places.count) arrays at \(path)", got: "\(group.members.count)",
                advice: "build and freeze the model as it was when the file was saved")
        }
        let count = try steps.tensor().scalars.first ?? 0
        guard let iterations = Int(exactly: count), (0...mostSteps).contains(iterations),
            (config.options.gradientAccumulationSteps ?? 1) <= mostSteps
        else {
            throw CognitronError.damaged(
                file.bytes.path, "the optimizer has taken an impossible number of steps", got: "\(count)")
        }
        var arrays: [String: [String: Tensor]] = [:]
        for place in places {
            guard let name = place.slot.name else { continue }
            guard case .dataset(let dataset)? = group["\(place.number)"],
                dataset.shape == Array(place.slot.shape)
            else {
                throw CognitronError(
                    .shape, "\(file.bytes.path), \(path)/\(place.number)",
                    "does not fit \(place.parameter.name)",
                    expected: "\(place.slot.shape)",
                    advice: "build the model as it was when the file was saved")
            }
            arrays[place.parameter.name, default: [:]][name] = try dataset.tensor()
        }
        try optimizer.restore(
            try tree(optimizer, iterations, config, arrays, parameters), for: parameters)
    }

    private static func tree(
        _ optimizer: any SlotOptimizer, _ iterations: Int, _ config: KerasOptimizer.Config,
        _ arrays: [String: [String: Tensor]], _ parameters: [Parameter]
    ) throws -> StateTree {
        guard case .record(var whole) = optimizer.saveState(), case .record(var state)? = whole["state"]
        else {
            return optimizer.saveState()
        }
        state["iterations"] = StateTree(iterations * (config.options.gradientAccumulationSteps ?? 1))
        state["parameters"] = .list(
            parameters.map { parameter in
                var own = arrays[parameter.name] ?? [:]
                if let nadam = optimizer as? Nadam {
                    own["product"] = Tensor([product(nadam.beta1, iterations)])
                }
                return [
                    "path": StateTree(parameter.name), "shape": StateTree(Array(parameter.shape)),
                    "steps": StateTree(iterations), "arrays": StateTree(own),
                ]
            })
        whole["state"] = .record(state)
        return .record(whole)
    }

    /// Nadam's product of momenta after so many steps.
    private static func product(_ beta1: Float, _ steps: Int) -> Float {
        var (product, power): (Float, Float) = (1, 1)
        // The factors come near beta1, whose powers soon vanish.
        for _ in 0..<min(steps, 1 << 14) {
            power *= 0.96
            product *= beta1 * (1 - 0.5 * power)
        }
        return product
    }
}

extension KerasWeights {
    /// The parameters that an optimizer changes, in Keras's order.
    var trained: [Parameter] {
        var seen: Set<ObjectIdentifier> = []
        return places.compactMap(\.parameter).filter { $0.isTrainable && seen.insert($0.identity).inserted }
    }
}
