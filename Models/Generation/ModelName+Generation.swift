import Cognitron
import CognitronData

// Networks that make pictures of noise, each a generator with its discriminator.

extension ModelName {
    static let generators: [ModelName] = [.gan, .dcgan, .dcgan64, .cgan]

    public static let gan = generator(
        "gan", "pictures of noise, by dense layers", inputShape: [28, 28, 1], paper: "Goodfellow et al. 2014"
    ) { shape, _ in try CognitronModels.gan(inputShape: shape) }

    public static let dcgan = generator(
        "dcgan", "pictures of noise, by transposed convolutions", inputShape: [28, 28, 1],
        paper: "Radford et al. 2016"
    ) { shape, _ in try CognitronModels.dcgan(inputShape: shape) }

    public static let dcgan64 = generator(
        "dcgan-64", "pictures of noise, 64×64", inputShape: [64, 64, 3], paper: "Radford et al. 2016"
    ) { shape, _ in try CognitronModels.dcgan64(inputShape: shape) }

    public static let cgan = generator(
        "cgan", "pictures of noise and the class that they are to show", form: .labelled,
        inputShape: [28, 28, 1], paper: "Mirza and Osindero 2014"
    ) { try conditionalGAN(inputShape: $0, classCount: $1.classNames.count) }

    /// A network that learns on −log D. One that is told no classes does not use those of the data.
    private static func generator(
        _ name: String, _ summary: String, form: AdversarialStep.Form = .samples, inputShape: Shape,
        paper: String, make: @escaping Maker
    ) -> ModelName {
        adversarial(
            name, summary, tasks: [.classification] + (form == .labelled ? [] : [.unlabelled]),
            inputShape: inputShape, paper: paper,
            step: { AdversarialStep(loss: .nonSaturating(labelSmoothing: $0), form: form) }, make: make)
    }

    /// A generator with its discriminator, which learn by a step instead of a recipe's losses.
    static func adversarial(
        _ name: String, _ summary: String, tasks: [DataTask.Kind], inputShape: Shape, paper: String,
        batchSize: Int? = nil, step: @escaping @Sendable (_ labelSmoothing: Float) -> AdversarialStep,
        make: @escaping Maker
    ) -> ModelName {
        ModelName(
            name, summary, tasks: tasks, inputShape: inputShape, paper: paper,
            recipe: { _, _, _ in TaskRecipe(losses: []) },
            training: TrainingDefaults(optimizer: "adversarial", batchSize: batchSize),
            trainer: { model, _, settings in
                try .adversarial(model, settings, step: step(settings.labelSmoothing))
            }, make: make)
    }
}
