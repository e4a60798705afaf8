/// The arguments of a batch normalisation, as files keep them; what a file leaves out has its default.
public struct BatchNormalizationArguments: Codable, Sendable {
    public var axis: Int { savedAxis ?? -1 }
    public var momentum: Float
    public var epsilon: Float
    public var center: Bool
    public var scale: Bool
    public var betaInitializer: Initializer { savedBetaInitializer ?? .zeros }
    public var gammaInitializer: Initializer { savedGammaInitializer ?? .ones }
    public var movingMeanInitializer: Initializer { savedMovingMeanInitializer ?? .zeros }
    public var movingVarianceInitializer: Initializer { savedMovingVarianceInitializer ?? .ones }
    public var betaRegularizer: Regularizer?
    public var gammaRegularizer: Regularizer?
    public var betaConstraint: Constraint?
    public var gammaConstraint: Constraint?
    public var renorm: Bool { savedRenorm ?? false }
    public var renormClipping: RenormClipping?
    public var renormMomentum: Float { savedRenormMomentum ?? 0.99 }
    public var synchronized: Bool { savedSynchronized ?? false }
    public var name: String?
    /// In files: nil, and so left out, for the defaults.
    private var savedAxis: Int?
    private var savedBetaInitializer: Initializer?
    private var savedGammaInitializer: Initializer?
    private var savedMovingMeanInitializer: Initializer?
    private var savedMovingVarianceInitializer: Initializer?
    private var savedRenorm: Bool?
    private var savedRenormMomentum: Float?
    private var savedSynchronized: Bool?

    private enum CodingKeys: String, CodingKey {
        case momentum, epsilon, center, scale
        case betaRegularizer, gammaRegularizer, betaConstraint, gammaConstraint, renormClipping, name
        case savedAxis = "axis"
        case savedBetaInitializer = "betaInitializer"
        case savedGammaInitializer = "gammaInitializer"
        case savedMovingMeanInitializer = "movingMeanInitializer"
        case savedMovingVarianceInitializer = "movingVarianceInitializer"
        case savedRenorm = "renorm"
        case savedRenormMomentum = "renormMomentum"
        case savedSynchronized = "synchronized"
    }

    init(
        axis: Int, momentum: Float, epsilon: Float, center: Bool, scale: Bool, betaInitializer: Initializer,
        gammaInitializer: Initializer, movingMeanInitializer: Initializer,
        movingVarianceInitializer: Initializer, betaRegularizer: Regularizer?,
        gammaRegularizer: Regularizer?, betaConstraint: Constraint?, gammaConstraint: Constraint?,
        renorm: Bool, renormClipping: RenormClipping?, renormMomentum: Float,
        synchronized: Bool, name: String?
    ) {
        savedAxis = axis == -1 ? nil : axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        savedBetaInitializer = betaInitializer == .zeros ? nil : betaInitializer
        savedGammaInitializer = gammaInitializer == .ones ? nil : gammaInitializer
        savedMovingMeanInitializer = movingMeanInitializer == .zeros ? nil : movingMeanInitializer
        savedMovingVarianceInitializer = movingVarianceInitializer == .ones ? nil : movingVarianceInitializer
        self.betaRegularizer = betaRegularizer
        self.gammaRegularizer = gammaRegularizer
        self.betaConstraint = betaConstraint
        self.gammaConstraint = gammaConstraint
        savedRenorm = renorm ? true : nil
        self.renormClipping = renormClipping
        savedRenormMomentum = renormMomentum == 0.99 ? nil : renormMomentum
        savedSynchronized = synchronized ? true : nil
        self.name = name
    }

    /// Throws unless the arguments make sense.
    func check(_ context: BuildContext) throws {
        for (argument, value) in [("momentum", momentum), ("renormMomentum", renormMomentum)] {
            guard (0...1).contains(value) else {
                throw context.error(
                    .argument, "invalid \(argument)", expected: "a number from 0 to 1", got: value.text)
            }
        }
        try context.requireEpsilon(epsilon)
        try renormClipping?.check(context)
    }
}
