/// Stores an optimizer's arrays for each parameter, by name, and counts the parameter's updates.
///
///     slots[parameter, "velocity"] *= 0.9           // in place
///
/// An array is created, filled with zeros, at its first access. Parameters are referenced weakly: an
/// optimizer does not retain the models it has trained, and frees the slots of parameters that were freed.
public final class Slots {
    private var entries: [ObjectIdentifier: Entry] = [:]
    /// Entry count at which entries of freed parameters are removed.
    private var sweepCount = 16
    private var entriesMade = 0
    /// Restored slots whose parameters have not been accessed yet.
    private var waiting: [SavedSlots] = []

    init() {}

    /// The array `name` of `parameter`.
    ///
    /// - Parameters:
    ///   - shape: by default the parameter's.
    ///   - initial: initial value of every element.
    public subscript(_ parameter: Parameter, _ name: String, shape shape: Shape? = nil,
        initial initial: Float = 0
    )
        -> Tensor
    {
        get { self[parameter].slot(name, shape: shape, initial: initial).value }
        _modify { yield &self[parameter].slot(name, shape: shape, initial: initial).value }
    }

    /// Whether `parameter` has an array `name`.
    public func contains(_ parameter: Parameter, _ name: String) -> Bool {
        entry(of: parameter).arrays.contains { $0.name == name }
    }

    /// All slots of `parameter`.
    subscript(parameter: Parameter) -> ParameterSlots {
        ParameterSlots(entry: entry(of: parameter), shape: parameter.shape)
    }

    /// Accumulates the gradients of one network.
    ///
    /// - Returns: true at every call number `steps`: the gradients then are the means over these calls.
    func accumulate(_ parameters: [Parameter], steps: Int) -> Bool {
        guard let first = parameters.first else { return true }
        // One optimizer may train several networks: the sums are stored with a network's first parameter.
        let entry = entry(of: first)
        entry.accumulation.steps = steps
        return entry.accumulation.apply(to: parameters)
    }

    /// Number of updates of `parameter`, including the one in progress.
    ///
    /// Keras has one count for all parameters. A count for each keeps the bias correction right for layers
    /// that are unfrozen later and for a second model.
    public func steps(of parameter: Parameter) -> Int { entry(of: parameter).steps }

    /// Number of entries, including those of freed parameters that have not been removed yet.
    var entryCount: Int { entries.count }

    func countStep(of parameter: Parameter) { entry(of: parameter).steps += 1 }

    private func entry(of parameter: Parameter) -> Entry {
        let key = parameter.identity
        // An identity can be reused after its parameter is freed.
        if let found = entries[key], found.isAlive { return found }
        if entries.count >= sweepCount { removeDeadEntries() }
        entriesMade += 1
        let entry = Entry(parameter, number: entriesMade)
        if let index = waiting.firstIndex(where: { $0.fits(parameter) }) {
            entry.take(waiting.remove(at: index))
        }
        entries[key] = entry
        return entry
    }

    private func removeDeadEntries() {
        entries = entries.filter { $0.value.isAlive }
        sweepCount = max(16, 2 * entries.count)
    }
}

/// The slots of one parameter, found once for all that a step needs of them.
struct ParameterSlots {
    fileprivate let entry: Entry
    fileprivate let shape: Shape

    /// Number of updates, including the one in progress.
    var steps: Int { entry.steps }

    /// The array `name` by reference, for an operation that writes several arrays.
    subscript(name: String) -> Slot { slot(name) }

    func slot(_ name: String, shape: Shape? = nil, initial: Float = 0) -> Slot {
        let shape = shape ?? self.shape
        return entry.slot(name, shape) { Slot(Tensor(repeating: initial, shape: shape)) }
    }

    /// The array `name`, initialised with `value`.
    func slot(_ name: String, copying value: Tensor) -> Slot {
        entry.slot(name, value.shape) { Slot(copying: value) }
    }
}

/// The slots of one parameter, or of several tied ones.
private final class Entry {
    private weak var owner: AnyObject?
    let path: String
    let shape: Shape
    /// Creation order, which is the order in files.
    let number: Int
    var steps = 0
    var arrays: [(name: String, slot: Slot)] = []
    /// Accumulated gradients of the network whose first parameter this is.
    var accumulation = Accumulate(steps: 1)

    init(_ parameter: Parameter, number: Int) {
        owner = parameter.identityObject
        (path, shape) = (parameter.name, parameter.shape)
        self.number = number
    }

    var isAlive: Bool { owner != nil }

    /// Finds an array, or creates it if it is missing or was restored with another shape: kernels rely on the
    /// shape.
    func slot(_ name: String, _ shape: Shape, _ make: () -> Slot) -> Slot {
        let index = arrays.firstIndex { $0.name == name }
        if let index, arrays[index].slot.value.shape == shape { return arrays[index].slot }
        let slot = make()
        if let index { arrays[index].slot = slot } else { arrays.append((name, slot)) }
        return slot
    }

    func take(_ saved: SavedSlots) {
        steps = saved.steps
        arrays = saved.arrays.sorted { $0.key < $1.key }.map { ($0.key, Slot($0.value)) }
        accumulation = saved.accumulation
    }
}

// MARK: - State

/// The saved slots of one parameter.
private struct SavedSlots {
    let path: String
    let shape: Shape
    let steps: Int
    let arrays: [String: Tensor]
    let accumulation: Accumulate

    func fits(_ parameter: Parameter) -> Bool { path == parameter.name && shape == parameter.shape }

    var stateTree: StateTree {
        var record: [String: StateTree] = [
            "path": StateTree(path), "shape": StateTree(Array(shape)), "steps": StateTree(steps),
            "arrays": StateTree(arrays),
        ]
        if accumulation.taken > 0 { record["accumulation"] = accumulation.state }
        return .record(record)
    }
}

extension SavedSlots {
    init(_ tree: StateTree) throws {
        path = try tree.get("path")
        shape = Shape(try tree.get("shape", as: [Int].self))
        steps = try tree.get("steps")
        arrays = try tree.get("arrays")
        var gathered = Accumulate(steps: 1)
        if let saved: StateTree = try tree.getIfPresent("accumulation") { try gathered.restore(saved) }
        accumulation = gathered
        guard steps >= 0 else {
            throw CognitronError(
                .file, "state", "impossible steps of \(path)", expected: "at least 0", got: "\(steps)")
        }
    }
}

extension Slots {
    /// The slots of all existing parameters, then restored slots that no parameter has taken yet.
    var saved: StateTree {
        let seen = entries.values.filter(\.isAlive).sorted { $0.number < $1.number }.map { entry in
            SavedSlots(
                path: entry.path, shape: entry.shape, steps: entry.steps,
                arrays: Dictionary(uniqueKeysWithValues: entry.arrays.map { ($0.name, $0.slot.value) }),
                accumulation: entry.accumulation)
        }
        return .list((seen + waiting).map(\.stateTree))
    }

    /// Replaces all slots. A parameter takes the saved slots of its path and shape at its first access; of
    /// several parameters with one path, the first accessed takes the first.
    ///
    /// - Throws: `CognitronError` if the state is damaged or has another shape for one of `parameters`. The
    ///   slots then are unchanged.
    func restore(_ state: StateTree, for parameters: [Parameter]) throws {
        let saved = try [StateTree](state)?.map { try SavedSlots($0) }
        guard let saved else {
            throw CognitronError(.file, "state", "slots are of another type", expected: "a list")
        }
        for parameter in parameters {
            let ofPath = saved.filter { $0.path == parameter.name }
            guard let other = ofPath.first, !ofPath.contains(where: { $0.fits(parameter) }) else { continue }
            throw CognitronError(
                .shape, parameter.name, "the optimizer's state is of another shape",
                expected: "\(parameter.shape)", got: "\(other.shape)",
                advice: "restore it for the model that it was saved with")
        }
        (entries, waiting) = ([:], saved)
        for parameter in parameters where saved.contains(where: { $0.fits(parameter) }) {
            _ = entry(of: parameter)
        }
    }
}
