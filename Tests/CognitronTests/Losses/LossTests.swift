import Testing

@testable import Cognitron

@Suite("Losses by hand")
struct LossTests {
    private func isClose(_ a: Float, _ b: Float) -> Bool { abs(a - b) < 1e-5 * max(1, abs(b)) }

    @Test("Of numbers")
    func numbers() {
        let (p, t): (Tensor, Tensor) = ([[1, 2], [3, 5]], [[1, 0], [0, 5]])
        #expect(Loss.meanSquaredError(p, t).loss == 3.25)
        #expect(Loss.meanSquaredError(p, t).gradient == [[0, 1], [1.5, 0]])
        #expect(Loss.meanAbsoluteError(p, t).loss == 1.25)
        #expect(Loss.huber(p, t).loss == 1)
        #expect(Loss.meanAbsolutePercentageError([[1.5, 3]], [[1, 4]]).loss == 37.5)
        #expect(isClose(Loss.logCosh([[1]], [[0]]).loss, 0.433781))
        #expect(isClose(Loss.meanSquaredLogarithmicError([[0]], [[1.718_281_8]]).loss, 1))
        #expect(isClose(Loss.poisson([[1, 2]], [[3, 2]]).loss, 0.806853))  // (1 + 2 − 2·ln 2) / 2
        #expect(isClose(Loss.cosineSimilarity([[3, 4]], [[4, 3]]).loss, -0.96))
    }

    @Test("Of probabilities")
    func probabilities() {
        let half: Tensor = [[0.5, 0.25, 0.25]]
        #expect(isClose(Loss.sparseCategoricalCrossentropy(half, [1]).loss, 1.386294))
        #expect(isClose(Loss.categoricalCrossentropy(half, [[0, 1, 0]]).loss, 1.386294))
        #expect(isClose(Loss.binaryCrossentropy([[0.5]], [[1]]).loss, 0.693147))
        // (1 − ½)²·ln 2, and a quarter of (1 − ¼)²·ln 4.
        #expect(isClose(Loss.binaryFocalCrossentropy([[0.5]], [[1]]).loss, 0.173287))
        #expect(isClose(Loss.categoricalFocalCrossentropy(half, [[0, 1, 0]]).loss, 0.194948))
        #expect(Loss.categoricalGeneralizedCrossEntropy(half, [1]).loss == 1)
        #expect(isClose(Loss.klDivergence([[0.5, 0.5]], [[0.75, 0.25]]).loss, 0.130812))
    }

    @Test("Of margins: right beyond the margin costs nothing")
    func margins() {
        #expect(Loss.hinge([[2, 0.5]], [[1, 1]]).loss == 0.25)
        #expect(Loss.hinge([[2, 0.5]], [[0, 1]]).loss == 1.75)
        #expect(Loss.squaredHinge([[2, 0.5]], [[1, 1]]).loss == 0.125)
        #expect(Loss.categoricalHinge([[1, 3, 2]], [[1, 0, 0]]).loss == 3)
        #expect(Loss.contrastive([[0.5], [0.5]], [[1], [0]]).loss == 0.25)
    }

    @Test("Of overlaps: the smooth one counts an empty region as found")
    func overlaps() {
        let (p, t): (Tensor, Tensor) = ([[1, 1, 0, 0]], [[1, 0, 1, 0]])
        #expect(isClose(Loss.dice(p, t).loss, 0.5))
        #expect(isClose(Loss.dice(smooth: 1)(p, t).loss, 0.4))
        #expect(isClose(Loss.dice(smooth: 1)([[0, 0]], [[0, 0]]).loss, 0))
        #expect(isClose(Loss.tversky(alpha: 0.25, beta: 0.5)(p, t).loss, 1 - 1 / 1.75))
    }

    @Test("Of regions of classes: the mean over the classes, without the rows of the ignored one")
    func classOverlaps() {
        let p: Tensor = [[0.5, 0.5], [0.25, 0.75], [1, 0]]
        let oneHot: Tensor = [[1, 0], [0, 1], [1, 0]]
        let both = Loss.dice(smooth: 1, axis: [0])
        #expect(isClose(Loss.sparseDice(p, [0, 1, 0]).loss, both(p, oneHot).loss))
        let tversky = Loss.tversky(alpha: 0.3, beta: 0.9, smooth: 1, axis: [0])
        #expect(
            isClose(Loss.sparseTversky(alpha: 0.3, beta: 0.9)(p, [0, 1, 0]).loss, tversky(p, oneHot).loss))
        let ignoring = Loss.sparseDice(ignoreClass: 255)
        let (loss, gradient) = ignoring(p, [0, 1, 255])
        #expect(isClose(loss, Loss.sparseDice(p[0..<2], [0, 1]).loss))
        #expect(gradient[2] == [0, 0] && gradient[0] != [0, 0])
        // Pictures: (N, H, W, C) and (N, H, W).
        let picture = Loss.sparseDice(p.reshaped([1, 3, 1, 2]), Tensor([0, 1, 0], shape: [1, 3, 1]))
        #expect(isClose(picture.loss, Loss.sparseDice(p, [0, 1, 0]).loss))
    }

    @Test("Weights of classes multiply the losses of their rows, also from logits and of soft targets")
    func classWeights() {
        let logits: Tensor = [[1, 2, 0], [0, -1, 1]]
        for (fromLogits, smoothing) in [(true, Float(0)), (false, 0), (true, 0.1)] {
            let prediction = fromLogits ? logits : ActivationFunction.softmax(logits)
            func loss(_ weights: [Float]?) -> Loss {
                .sparseCategoricalCrossentropy(
                    fromLogits: fromLogits, labelSmoothing: smoothing, classWeights: weights)
            }
            let (plain, weighted) = (loss(nil), loss([3, 0.5, 2]))
            let factors: Tensor = [2, 0.5]
            let losses = plain.losses(prediction, [2, 1]) * factors
            #expect(weighted.losses(prediction, [2, 1]).isClose(to: losses, absolute: 1e-6))
            let expected = plain(prediction, [2, 1]).gradient * factors.reshaped([2, 1])
            #expect(weighted(prediction, [2, 1]).gradient.isClose(to: expected, absolute: 1e-6))
        }
        #expect(throws: CognitronError.self) {
            try Loss.sparseCategoricalCrossentropy(classWeights: [1, -1]).validate()
        }
    }

    @Test("Of sequences: two steps spell one label in three ways")
    func sequences() {
        // blank label, label blank, label label, each step with probabilities ½ and ½.
        #expect(isClose(Loss.ctc([[[0, 0], [0, 0]]], [[1]]).loss, 0.287682))
        // Two equal labels need a blank between them.
        let (losses, gradient) = Tensor.zeros([1, 2, 2]).ctcLosses([[1, 1]])
        #expect(losses.scalars == [.infinity] && gradient == .zeros([1, 2, 2]))
        // Steps past a sample's length do not count.
        let logits = Tensor.randomNormal([2, 4, 3], seed: 1)
        let short = logits.ctcLosses([[1, 2], [2, 0]], logitLengths: [4, 2])
        let alone = logits[1..<2].slice(axis: 1, 0..<2).ctcLosses([[2, 0]])
        #expect(short.losses.scalars[1] == alone.losses.scalars[0])
        #expect(short.gradient[1].slice(axis: 0, 2..<4) == .zeros([2, 3]))
        let mask: Tensor = [[1, 1, 1, 1], [1, 1, 0, 0]]
        #expect(Loss.ctc(logits, [[1, 2], [2, 0]], mask: mask).loss == short.losses.mean())
    }

    @Test("Of embeddings")
    func embeddings() {
        // Distances: 3 to the sample of the same kind, 4 and 5 to the other.
        let (x, kinds): (Tensor, Tensor) = ([[0, 0], [3, 0], [0, 4]], [1, 1, 2])
        #expect(Loss.tripletHard(margin: 2)(x, kinds).loss == Float(1) / 3)
        #expect(Loss.tripletSemiHard(margin: 2)(x, kinds).loss == 0.5)
        let joint = JointLoss.tripletMargin(margin: 2).function([[[0, 0]], [[3, 0]], [[0, 4]]], [])
        #expect(isClose(joint.loss, 1))
        #expect(joint.gradients[1].isClose(to: [[1, 0]]) && joint.gradients[2].isClose(to: [[0, -1]]))
        #expect(joint.gradients[0].isClose(to: [[-1, 1]]))
    }

    @Test("Of episodes: the mean of each class's examples, at ln 2 for a query between two of them")
    func prototypes() {
        // Classes 7 and 3 have means (0, 1) and (4, 1); the queries are as far from both, and on the first.
        let x: Tensor = [[0, 0], [4, 1], [0, 2], [4, 1], [2, 5], [0, 1]]
        let labels: Tensor = [7, 3, 7, 3, 3, 7]
        let losses = Loss.prototypical(shots: 2).losses(x, labels)
        #expect(losses.isClose(to: [0, 0, 0, 0, 0.6931472, 1.1e-7], absolute: 2e-6))
        let (loss, gradient) = Loss.prototypical(shots: 2)(x, labels)
        #expect(isClose(loss, losses.sum() / 2))
        // The first query moves from the other mean to its own, with a quarter of 2 · (other − own).
        #expect(gradient[4].isClose(to: [-2, 0], absolute: 1e-5))
    }

    @Test("Of pairs in two outputs: each should be nearest to its partner")
    func contrastivePairs() {
        let (a, b): (Tensor, Tensor) = ([[1, 0], [0, 1]], [[1, 0], [0, 1]])
        let loss = JointLoss.contrastivePairs(temperature: 0.5)
        // ln(1 + e⁻²) for each row and column.
        #expect(isClose(loss.function([a, b], []).loss, 0.126928))
        let outputs = [3, 4].map { Tensor.randomNormal([3, 4], seed: $0) }
        let gradients = loss.function(outputs, []).gradients
        for output in 0..<2 {
            for index in 0..<outputs[0].count {
                func moved(_ step: Float) -> Double {
                    var moved = outputs
                    moved[output].withUnsafeMutableScalars { $0[index] += step }
                    return Double(loss.function(moved, []).loss)
                }
                let estimate = (moved(0.004) - moved(-0.004)) / 0.008
                #expect(abs(Double(gradients[output].scalars[index]) - estimate) < 2e-3)
            }
        }
    }

    @Test("A sample's weight multiplies its part; the mean is over the count")
    func weights() {
        let (p, t): (Tensor, Tensor) = ([[1], [3]], [[0], [0]])
        #expect(Loss.meanSquaredError(p, t, sampleWeight: [2, 0]).loss == 1)
        #expect(Loss.meanSquaredError(p, t, sampleWeight: [2, 0]).gradient == [[2], [0]])
        let nothing = Tensor([1, .nan], shape: [2, 1])
        #expect(Loss.meanSquaredError(nothing, t, sampleWeight: [2, 0]).gradient == [[2], [0]])
    }

    @Test("Reductions: the sum, the mean over the count, the mean over the weights; or none")
    func reductions() {
        let (p, t, w): (Tensor, Tensor, Tensor) = ([[1], [3], [2]], [[0], [0], [0]], [1, 2, 0])
        #expect(Loss.meanSquaredError.losses(p, t) == [1, 9, 4])
        #expect(Loss.meanSquaredError(reduction: .sum)(p, t).loss == 14)
        #expect(Loss.meanSquaredError(reduction: .sum)(p, t, sampleWeight: w).loss == 19)
        let mean = Loss.meanSquaredError(reduction: .meanWithSampleWeight)
        #expect(mean(p, t).loss == 14.0 / 3)
        #expect(isClose(mean(p, t, sampleWeight: w).loss, 19.0 / 3))
        #expect(mean(p, t, sampleWeight: w).gradient.isClose(to: [[0.666_666_7], [4], [0]]))
        #expect(mean(p, t, sampleWeight: [0, 0, 0]).loss == 0)
        #expect(Loss.Reduction.mean == .sumOverBatchSize)
    }

    @Test("A mean is over the rows that a mask and an ignored class leave; a sum is not scaled")
    func masks() {
        let logits = Tensor.randomNormal([2, 3, 4], seed: 1)
        let (labels, mask): (Tensor, Tensor) = ([[1, 9, 3], [0, 2, 9]], [[1, 1, 0], [1, 1, 1]])
        let loss = Loss.sparseCategoricalCrossentropy(fromLogits: true, ignoreClass: 9)
        let each = loss.losses(logits, labels)
        #expect(each.scalars[1] == 0 && each.scalars[5] == 0)
        let counted = each.scalars[0] + each.scalars[3] + each.scalars[4]
        #expect(isClose(loss(logits, labels, mask: mask).loss, counted / 3))
        #expect(isClose(loss(logits, labels).loss, (counted + each.scalars[2]) / 4))
        let sum = Loss.sparseCategoricalCrossentropy(fromLogits: true, ignoreClass: 9, reduction: .sum)
        #expect(isClose(sum(logits, labels, mask: mask).loss, counted))
        #expect(sum(logits, labels, mask: mask).gradient[0].slice(axis: 0, 1..<3) == .zeros([2, 4]))
    }
}

@Suite("What all losses have in common")
struct EveryLossTests {
    @Test("The gradient equals finite differences", arguments: LossCase.all)
    func gradient(_ item: LossCase) {
        let weight: Tensor = [0.5, 2, 1, 0.25]
        let loss = item.loss
        let gradient = loss(item.prediction, item.target, sampleWeight: weight).gradient
        for index in 0..<item.prediction.count {
            func moved(_ step: Float) -> Double {
                var p = item.prediction
                p.withUnsafeMutableScalars { $0[index] += step }
                return Double(loss(p, item.target, sampleWeight: weight).loss)
            }
            let estimate = (moved(0.004) - moved(-0.004)) / 0.008
            #expect(
                abs(Double(gradient.scalars[index]) - estimate) < 4e-3 * max(1, abs(estimate)),
                "\(loss.name): \(gradient.scalars[index]), not \(estimate)")
        }
    }

    @Test("The loss is the mean of the losses, and half the weight half of it", arguments: LossCase.all)
    func reduction(_ item: LossCase) {
        let (loss, p, t) = (item.loss, item.prediction, item.target)
        let each = loss.losses(p, t)
        let (whole, gradient) = loss(p, t)
        // An ignored class and a loss of 0 leave fewer.
        if each.scalars.allSatisfy({ $0 != 0 }) {
            #expect(abs(whole - each.mean()) < 1e-5 * max(1, abs(whole)))
        }
        let half = loss(p, t, sampleWeight: Tensor(repeating: 0.5, shape: [4]))
        #expect(abs(half.loss - whole / 2) < 1e-5 * max(1, abs(whole)))
        #expect(half.gradient.isClose(to: gradient / 2, absolute: 1e-6))
    }

    @Test("What is not a number stays so", arguments: LossCase.all)
    func notANumber(_ item: LossCase) {
        var p = item.prediction
        p.withUnsafeMutableScalars { $0[0] = .nan }
        #expect(item.loss(p, item.target).loss.isNaN)
    }

    @Test("The same bits for any number of threads", arguments: LossCase.all)
    func threads(_ item: LossCase) {
        let before = Threads.count
        defer { Threads.count = before }
        // As many rows as make several tiles; losses of pairs and sequences stay small.
        let copies = item.loss.targets == .values || item.loss.targets == .classes ? 4000 : 10
        func many(_ x: Tensor) -> Tensor { x.tiled([copies] + Array(repeating: 1, count: x.rank - 1)) }
        let results = [1, 3].map {
            Threads.count = $0
            return item.loss(many(item.prediction), many(item.target))
        }
        #expect(results[0].loss == results[1].loss && results[0].gradient == results[1].gradient)
    }

    @Test("Logits of ±1000 give finite losses and gradients", arguments: [Float(1000), -1000])
    func extremeLogits(_ logit: Float) {
        let logits = Tensor([logit, 0, 0, 0, -logit, 0], shape: [2, 3])
        let oneHot: Tensor = [[0, 1, 0], [0, 1, 0]]
        for loss in [
            Loss.binaryCrossentropy(fromLogits: true), .categoricalCrossentropy(fromLogits: true),
            .binaryFocalCrossentropy(gamma: 0.5, fromLogits: true),
            .categoricalFocalCrossentropy(gamma: 0.5, fromLogits: true), .logCosh, .huber, .squaredHinge,
        ] {
            let (value, gradient) = loss(logits, oneHot)
            #expect(value.isFinite && value > 0 && gradient.isFinite, "\(loss.name)")
        }
        let sparse = Loss.categoricalGeneralizedCrossEntropy.evaluate(
            logits, [1, 1], nil, fusedWithActivation: true)
        #expect(sparse.loss > 0 && sparse.loss <= 2 && sparse.gradient.isFinite)
    }

    @Test("Softmax and cross-entropy together bear logits of ±1000", arguments: [Float(1000), -1000])
    func extremeModel(_ logit: Float) throws {
        let model = Sequential {
            Input(3)
            Dense(3, activation: .softmax)
        }
        try model.compile(optimizer: SGD(learningRate: 0), loss: .sparseCategoricalCrossentropy, seed: 1)
        model.parameters[0].value = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        let scores = try model.trainOnBatch(Tensor([logit, 0, 0], shape: [1, 3]), [1])
        // −1000, 0, 0 leave the second class one half.
        #expect(scores.loss == (logit > 0 ? logit : 0.6931472))
    }

    @Test("A loss fused with the activation is the loss of what the activation gives")
    func fused() throws {
        let logits = Tensor.randomNormal([4, 5], seed: 1)
        let targets = Tensor.randomUniform([4, 5], seed: 2)
        for loss in [
            Loss.binaryCrossentropy, .categoricalCrossentropy, .sparseCategoricalCrossentropy,
            .binaryFocalCrossentropy(applyClassBalancing: true, labelSmoothing: 0.1),
            .categoricalFocalCrossentropy(labelSmoothing: 0.1), .categoricalGeneralizedCrossEntropy,
        ] {
            let activation = try #require(loss.fused).activation
            let target = loss.targets == .classes ? [1, 0, 4, 2] : targets
            let (p, pullback) = activation.forward(logits)
            let (value, gradient) = loss(p, target)
            let fused = loss.evaluate(logits, target, nil, fusedWithActivation: true)
            #expect(abs(value - fused.loss) < 1e-5, "\(loss.name)")
            #expect(fused.gradient.isClose(to: pullback(gradient), absolute: 1e-6), "\(loss.name)")
        }
    }
}

@Suite("Losses refuse what they cannot take")
struct BadLossTests {
    static let arguments: [(loss: Loss, message: String)] = [
        (.huber(delta: 0), "huber_loss: invalid delta; expected a number above 0, got 0.0"),
        (.binaryFocalCrossentropy(alpha: 2), "invalid alpha; expected a number from 0 to 1, got 2.0"),
        (.categoricalFocalCrossentropy(gamma: -1), "invalid gamma; expected a number of at least 0"),
        (.binaryFocalCrossentropy(labelSmoothing: 2), "invalid labelSmoothing"),
        (.categoricalGeneralizedCrossEntropy(q: 1), "invalid q; expected a number between 0 and 1, got 1.0"),
        (.dice(smooth: -1), "dice: invalid smooth"), (.tversky(beta: .nan), "tversky: invalid beta"),
        (.circle(gamma: 0), "circle: invalid gamma"), (.ctc(blankIndex: -1), "ctc: invalid blankIndex"),
        (.prototypical(shots: 0), "prototypical: invalid shots; expected a whole number of at least 1"),
    ]

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "no error"
    }

    @Test("Arguments, when the model is compiled", arguments: arguments.indices)
    func badArguments(_ number: Int) {
        let (loss, expected) = Self.arguments[number]
        let model = Sequential([Input(3), Dense(2)])
        let text = message { try model.compile(optimizer: SGD(), loss: loss) }
        #expect(text.contains(expected), "\(text)")
    }

    static let targets: [(loss: Loss, output: Shape, target: Tensor, message: String)] = [
        (.ctc, [2, 5], [[1], [1]], "ctc: the model's output is not a sequence"),
        (.ctc, [2, 5, 3], [1, 2], "ctc: targets do not fit the model's output; expected shape 2 × labels"),
        (.ctc, [1, 3, 3], [[1, 1, 2]], "target of sample 0: is too long for the output"),
        (.ctc, [1, 3, 3], [[3]], "is not one of the model's classes"),
        (.circle, [2, 4], [[1, 0], [0, 1]], "give one whole number a sample"),
        (.tripletHard, [2, 4], [0.5, 1], "is not a label; expected a whole number, got 0.5"),
        (
            .cosineSimilarity(axis: 3), [2, 4], .ones([2, 4]),
            "has no such axis; expected one of 2, got axis 3"
        ),
        (.dice(axis: [1, 2]), [2, 4], .ones([2, 4]), "dice: the model's output has no such axis"),
        (.sparseCategoricalCrossentropy(ignoreClass: 255), [2, 4], [4, 255], "target of sample 0"),
    ]

    @Test("Targets, before a batch is run", arguments: targets.indices)
    func badTargets(_ number: Int) {
        let (loss, output, target, expected) = Self.targets[number]
        let text = message {
            if let error = loss.mismatch(output, target.shape) { throw error }
            try loss.validate(target, output: output)
        }
        #expect(text.contains(expected), "\(text)")
    }
}
