import CognitronKernels
import Synchronization

/// One array that a layer owns: a weight that training changes, or a statistic that it gathers.
///
/// The layer makes it, `build` declares its shape and initializer, and its numbers are drawn when they are first needed,
/// with the seed that the model was compiled with.
///
/// `@unchecked Sendable`: while a model trains, only the thread that trains it writes; while it predicts, nobody
/// does. Numbers that are drawn late may be asked for by several threads at once: they are behind a lock.
public final class Parameter: @unchecked Sendable {
    private enum State {
        case undeclared
        case declared(RandomKey?)  // with the key that compile chose, if it ran
        case ready(Tensor)
    }

    private let state = Mutex(State.undeclared)
    /// How often the value has changed.
    private let changes = Atomic<Int>(0)
    /// The same of all parameters together: while it stands still, so do all of them.
    private static let changesOfAll = Atomic<Int>(0)
    private var initializer = Initializer.zeros
    private var gradientStorage: Tensor?
    private var hasGradient = false

    /// The layer's name and the parameter's own: `conv2d_3/kernel`.
    public private(set) var name = "undeclared"
    public private(set) var shape: Shape = [0]

    /// The name within its layer: `kernel`.
    var ownName: String { name.split(separator: "/").last.map(String.init) ?? name }

    /// Whether optimizers change the parameter. Set it to false to freeze the parameter. Statistics never are trainable;
    /// freezing them says that the layer is not to gather them.
    public var isTrainable: Bool {
        get { !isFrozen && !isStatistic }
        set { isFrozen = !newValue }
    }

    /// Whether `isTrainable` was set to false.
    private(set) var isFrozen = false

    /// Whether it is a statistic, such as a moving mean, rather than a weight.
    public private(set) var isStatistic = false

    public init() {}

    /// Whether `build` has given it a shape.
    public var isDeclared: Bool { state.withLock { if case .undeclared = $0 { false } else { true } } }

    /// The numbers. The shape of a new value must be the parameter's.
    public var value: Tensor {
        get { state.withLock { drawn(&$0) } }
        set {
            precondition(isDeclared, "a parameter has no value before its model is built: compile it first")
            precondition(
                newValue.shape == shape, "\(name): a value of shape \(newValue.shape), expected \(shape)")
            state.withLock { $0 = .ready(newValue) }
            noteChange()
        }
    }

    /// The gradient gathered since the last optimizer step; zeros where none was.
    public var gradient: Tensor {
        get {
            if hasGradient, let gradientStorage { return gradientStorage }
            return Tensor.zeros(shape)
        }
        set {
            precondition(
                newValue.shape == shape, "\(name): a gradient of shape \(newValue.shape), expected \(shape)")
            gradientStorage = newValue
            hasGradient = true
        }
    }

    /// Adds to the gradient. Does nothing for a parameter that is not trainable.
    public func accumulate(_ gradient: Tensor) {
        precondition(
            gradient.shape == shape, "\(name): a gradient of shape \(gradient.shape), expected \(shape)")
        guard isTrainable else { return }
        if hasGradient { gradientStorage? += gradient } else { self.gradient = gradient }
    }

    /// Whether the gradient gathered so far, if any, holds finite numbers only.
    var hasFiniteGradient: Bool { !hasGradient || gradientStorage?.isFinite != false }

    /// Forgets the gradient.
    public func clearGradient() { hasGradient = false }
}

extension Parameter {
    /// Lets a kernel add to the gradient in place: it is to compute `gradient ← beta · gradient + new`, where a beta
    /// of 0 means that the memory holds nothing yet.
    package func accumulate(_ kernel: (_ gradient: UnsafeMutablePointer<Float>, _ beta: Float) -> Void) {
        guard isTrainable else { return }
        var storage = gradientStorage.take() ?? Tensor(uninitialized: shape)
        kernel(storage.mutablePointer, hasGradient ? 1 : 0)
        gradientStorage = storage
        hasGradient = true
    }

    /// Lets an optimizer change the value in place, given the gradient. Does nothing where no gradient was gathered or
    /// the parameter is frozen. Afterwards the gradient is forgotten.
    package func update(
        _ rule: (_ value: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>) -> Void
    ) {
        defer { hasGradient = false }
        guard isTrainable, hasGradient, let gradientStorage else { return }
        mutateValue { rule($0, gradientStorage.pointer) }
        withExtendedLifetime(gradientStorage) {}
    }

    /// Lets the owner change the value in place.
    package func mutateValue(_ body: (UnsafeMutablePointer<Float>) -> Void) {
        state.withLock { state in
            var tensor = drawn(&state)
            state = .undeclared  // lets go of the storage, so that it is written in place
            body(tensor.mutablePointer)
            state = .ready(tensor)
        }
        noteChange()
    }

    private func noteChange() {
        changes.add(1, ordering: .relaxed)
        Self.changesOfAll.add(1, ordering: .relaxed)
    }

    /// A number that changes whenever the value of any parameter does.
    static var globalVersion: Int { changesOfAll.load(ordering: .relaxed) }

    /// A number that changes whenever the value does.
    var version: Int { changes.load(ordering: .relaxed) }

    /// Called by `build`. A parameter declared before (a layer used twice) keeps its value and must keep its shape;
    /// returns false where it would not.
    func declare(name: String, shape: Shape, initializer: Initializer, isStatistic: Bool) -> Bool {
        guard !isDeclared else { return shape == self.shape }
        self.name = name
        self.shape = shape
        self.initializer = initializer
        self.isStatistic = isStatistic
        state.withLock { $0 = .declared(nil) }
        return true
    }

    /// Called where building failed after this parameter was declared.
    func undeclare() { state.withLock { $0 = .undeclared } }

    /// Called by compile: the key that the numbers will be drawn with, unless they have been drawn or set already.
    func assign(_ key: RandomKey) {
        state.withLock { if case .declared = $0 { $0 = .declared(key) } }
    }

    /// The numbers of a parameter in this state, which afterwards is `ready`.
    private func drawn(_ state: inout State) -> Tensor {
        switch state {
        case .ready(let tensor): return tensor
        case .undeclared:
            preconditionFailure("a parameter has no value before its model is built: compile it first")
        case .declared(let key):
            let tensor = initializer.make(shape, key: key ?? RandomKey.system())
            state = .ready(tensor)
            return tensor
        }
    }
}

/// A layer's own source of random numbers: a key from the model's seed and a count of the draws so far.
public final class RandomStream: Sendable {
    struct State {
        var key: RandomKey?
        var round = 0
    }

    private let state = Mutex(State())

    public init() {}

    func assign(_ key: RandomKey) { current = State(key: key) }

    /// The same where nobody has drawn from the stream or told it a key.
    func assignIfUnused(_ key: RandomKey) {
        state.withLock { if $0.key == nil { $0.key = key } }
    }

    /// How far the stream has come, for whoever wants to take it back there.
    var current: State {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// The key for the next draw. Each call gives another one.
    public func next() -> RandomKey {
        state.withLock {
            let base = $0.key ?? RandomKey.system()
            $0.key = base
            $0.round += 1
            return base.folding($0.round)
        }
    }
}

extension RandomKey {
    /// A key nobody can repeat.
    static func system() -> RandomKey { RandomKey(seed: .random(in: .min ... .max)) }
}
