import CognitronKernels
import Synchronization

/// One array that a layer owns: a weight that training changes, or a statistic.
///
/// The layer creates it, `build` declares its shape and initializer, and its value is drawn at its first use,
/// with the seed of `compile`.
///
/// `@unchecked Sendable`: only the training thread writes, and no thread during prediction. The value, which
/// several threads may draw at once, is behind a lock.
public final class Parameter: @unchecked Sendable {
    /// Shared by tied parameters.
    private var storage = Storage()

    public init() {}

    /// The path, as first declared: `conv2d_3/kernel`.
    public var name: String { storage.name }
    public var shape: Shape { storage.shape }

    /// The name within its layer: `kernel`.
    var ownName: String { Self.last(name) }

    /// The name within one of the layers that share it, each of which may have another name for it.
    ///
    /// - Parameter path: the layer's own with a slash; in a model that was built as part of another, it may
    ///   lack the outer model's prefix.
    func ownName(in path: String) -> String {
        let names = storage.names
        let fitting = names.count < 2 ? nil : names.first { "/\($0)".hasSuffix("/\(path)\(Self.last($0))") }
        return Self.last(fitting ?? name)
    }

    private static func last(_ name: String) -> String {
        name.split(separator: "/").last.map(String.init) ?? name
    }

    /// Whether optimizers change the parameter; false freezes it. Statistics are never trainable; the layer
    /// does not update frozen ones.
    public var isTrainable: Bool {
        get { !isFrozen && !isStatistic }
        set { storage.isFrozen = !newValue }
    }

    /// Whether `isTrainable` was set to false.
    var isFrozen: Bool { storage.isFrozen }

    /// Whether it is a statistic, such as a moving mean, rather than a weight.
    public var isStatistic: Bool { storage.isStatistic }

    /// Whether a layer's forward pass in training changes the value, though the optimizer does too.
    var isWrittenByLayer: Bool {
        get { storage.isWrittenByLayer }
        set { storage.isWrittenByLayer = newValue }
    }

    /// The penalty on the value that is added to the loss, and the constraint applied to it after every step.
    public var regularizer: Regularizer? { storage.regularizer }
    public var constraint: Constraint? { storage.constraint }

    /// Whether `build` has given it a shape.
    public var isDeclared: Bool { storage.isDeclared }

    /// Equal for parameters that are tied, and for no others.
    package var identity: ObjectIdentifier { ObjectIdentifier(storage) }

    /// The object with that identity, alive as long as one of the tied parameters.
    var identityObject: AnyObject { storage }

    /// Makes this parameter the same as another: one value, one gradient, one name. Layers that share a
    /// weight have one `Parameter`; a model read from a file has one for each and ties them.
    func tie(to other: Parameter) { storage = other.storage }

    /// The value. A new one must have the parameter's shape.
    public var value: Tensor {
        get { storage.value() }
        set {
            require(isDeclared, "a parameter has no value before its model is built: compile it first")
            require(
                newValue.shape == shape, "\(name): a value of shape \(newValue.shape), expected \(shape)")
            storage.setValue(newValue)
        }
    }

    /// The gradient accumulated since the last optimizer step; zeros without one.
    public var gradient: Tensor {
        get { gathered ?? Tensor.zeros(shape) }
        set {
            require(
                newValue.shape == shape, "\(name): a gradient of shape \(newValue.shape), expected \(shape)")
            storage.gradient = newValue
            storage.hasGradient = true
        }
    }

    /// Whether a gradient was accumulated since the last optimizer step.
    public var hasGradient: Bool { storage.hasGradient }

    /// The gradient, if one was accumulated.
    private var gathered: Tensor? { storage.hasGradient ? storage.gradient : nil }

    /// Adds to the gradient. Does nothing for a parameter that is not trainable.
    public func accumulate(_ gradient: Tensor) {
        require(
            gradient.shape == shape, "\(name): a gradient of shape \(gradient.shape), expected \(shape)")
        guard isTrainable else { return }
        if storage.hasGradient { storage.gradient? += gradient } else { self.gradient = gradient }
    }

    /// Whether the accumulated gradient, if any, is finite.
    var hasFiniteGradient: Bool { gathered?.isFinite != false }

    /// Discards the gradient.
    public func clearGradient() { storage.hasGradient = false }
}

// Updates in place.
extension Parameter {
    /// Adds to the gradient in place.
    ///
    ///     bias.accumulate { dy.addSumOfRows(into: &$0, beta: $1) }
    ///
    /// - Parameter add: computes `gradient ← beta · gradient + new`; with a beta of 0 the gradient starts
    ///   undefined.
    /// - Returns: the result of `add`; nil for a parameter that is not trainable.
    @discardableResult
    func accumulate<Result>(_ add: (_ gradient: inout Tensor, _ beta: Float) -> Result) -> Result? {
        guard isTrainable else { return nil }
        var gradient = storage.gradient.take() ?? Tensor(uninitialized: shape)
        let result = add(&gradient, storage.hasGradient ? 1 : 0)
        storage.gradient = gradient
        storage.hasGradient = true
        return result
    }

    /// Changes the value in place, given the gradient; then applies the constraint and discards the gradient.
    /// Does nothing without a gradient or for a frozen parameter.
    ///
    ///     parameter.update { value, gradient in value -= gradient * learningRate }
    ///
    /// The parameter is locked meanwhile: `rule` must not read its value.
    public func update(_ rule: (_ value: inout Tensor, _ gradient: Tensor) -> Void) {
        defer { storage.hasGradient = false }
        guard isTrainable, let gathered else { return }
        storage.mutate { value in
            rule(&value, gathered)
            require(value.shape == shape, "\(name): a value of shape \(value.shape), expected \(shape)")
            if let constraint { value = constraint.apply(to: value) }
        }
    }

    /// A number that changes whenever the value of any parameter does.
    static var globalVersion: Int { Storage.changesOfAll.load(ordering: .relaxed) }

    /// A number that changes whenever the value does.
    var version: Int { storage.changes.load(ordering: .relaxed) }
}

// Declaration while a model is built.
extension Parameter {
    /// The arguments of `build`.
    struct Declaration {
        var name: String
        var shape: Shape
        var initializer: Initializer
        var isStatistic: Bool
        var regularizer: Regularizer?
        var constraint: Constraint?
    }

    /// Called by `build`. A parameter declared before (a layer used twice) keeps its value.
    ///
    /// - Returns: false if it was declared before with another shape.
    func declare(_ declaration: Declaration) -> Bool {
        guard !isDeclared else {
            storage.note(declaration.name)
            return declaration.shape == shape
        }
        storage.declare(declaration)
        return true
    }

    /// Called if building fails after this parameter was declared.
    func undeclare() { storage.undeclare() }

    /// Called by compile: sets the key for drawing the value, unless it was drawn or set before.
    func assign(_ key: RandomKey) { storage.assign(key) }
}

extension Parameter {
    /// The value, gradient and declaration.
    ///
    /// `@unchecked Sendable` as `Parameter` is.
    private final class Storage: @unchecked Sendable {
        private enum State {
            case undeclared
            case declared(RandomKey?)  // with compile's key, if it ran
            case ready(Tensor)
        }

        private let state = Locked(State.undeclared)
        /// All names that it was declared with, in order.
        private let allNames = Locked<[String]>([])
        private var declaration = Declaration(
            name: "undeclared", shape: [0], initializer: .zeros, isStatistic: false)
        /// The number of changes of the value.
        let changes = Atomic<Int>(0)
        /// The number of changes of all parameters.
        static let changesOfAll = Atomic<Int>(0)

        var gradient: Tensor?
        var hasGradient = false
        var isFrozen = false
        var isWrittenByLayer = false

        var name: String { declaration.name }
        var shape: Shape { declaration.shape }
        var isStatistic: Bool { declaration.isStatistic }
        var regularizer: Regularizer? { declaration.regularizer }
        var constraint: Constraint? { declaration.constraint }
        var isDeclared: Bool { state.withLock { if case .undeclared = $0 { false } else { true } } }

        var names: [String] { allNames.withLock { $0 } }

        func note(_ name: String) {
            allNames.withLock { if !$0.contains(name) { $0.append(name) } }
        }

        func declare(_ new: Declaration) {
            declaration = new
            allNames.withLock { $0 = [new.name] }
            state.withLock { $0 = .declared(nil) }
        }

        func undeclare() { state.withLock { $0 = .undeclared } }

        func assign(_ key: RandomKey) {
            state.withLock { if case .declared = $0 { $0 = .declared(key) } }
        }

        func value() -> Tensor { state.withLock { drawn(&$0) } }

        func setValue(_ value: Tensor) {
            state.withLock { $0 = .ready(value) }
            noteChange()
        }

        func mutate(_ body: (inout Tensor) -> Void) {
            state.withLock { state in
                var tensor = drawn(&state)
                state = .undeclared  // releases the storage, so that it is written in place
                body(&tensor)
                state = .ready(tensor)
            }
            noteChange()
        }

        private func noteChange() {
            changes.add(1, ordering: .relaxed)
            Self.changesOfAll.add(1, ordering: .relaxed)
        }

        /// The value; the state becomes `ready`.
        private func drawn(_ state: inout State) -> Tensor {
            switch state {
            case .ready(let tensor): return tensor
            case .undeclared:
                fail("a parameter has no value before its model is built: compile it first")
            case .declared(let key):
                let tensor = declaration.initializer.make(shape, key: key ?? RandomKey.system())
                state = .ready(tensor)
                return tensor
            }
        }
    }
}
