import Foundation
import Testing

@testable import Cognitron

@Suite("Adversarial losses")
struct AdversarialLossTests {
    private static let all: [AdversarialLoss] = [
        .minimax, .nonSaturating, .hinge, .leastSquares, .wasserstein, .minimax(labelSmoothing: 0.1),
        .nonSaturating(labelSmoothing: 0.1), .leastSquares(labelSmoothing: 0.1),
    ]

    @Test("Where D is ½ everywhere, the game is worth −log 4, and −log D costs log 2")
    func equilibrium() {
        let half = Tensor.zeros([5, 1])
        let loss = AdversarialLoss.nonSaturating
        #expect(abs((loss.value(real: half, fake: half) ?? 0) + 1.386294) < 1e-6)
        #expect(abs(loss.real(half).loss + loss.fake(half).loss - log(4)) < 1e-6)
        #expect(abs(loss.generator(half).loss - log(2)) < 1e-6)
        #expect(loss.meanOutput(half) == 0.5)
        #expect(AdversarialLoss.wasserstein.value(real: half, fake: half) == nil)
    }

    @Test("At D = 0.01 log(1 − D) is nearly flat by the logit, and −log D is steep")
    func slopes() {
        let (output, logit) = (Float(0.01), log(Float(0.01 / 0.99)))
        for (loss, byLogit, byOutput) in [
            (AdversarialLoss.minimax, Float(-0.01), Float(-1.0101)), (.nonSaturating, -0.99, -100),
        ] {
            let slope = loss.generator(Tensor([logit], shape: [1, 1])).gradient.scalars[0]
            #expect(abs(slope - byLogit) < 1e-6)
            // dD/dl = D · (1 − D)
            #expect(abs(slope / (output * (1 - output)) / byOutput - 1) < 1e-4)
        }
    }

    @Test("Of logits −1 and 3, by hand")
    func byHand() {
        let logits: Tensor = [[-1], [3]]
        // log(1 + e⁻¹) = 0.313262, log(1 + e) = 1.313262, log(1 + e⁻³) = 0.048587, log(1 + e³) = 3.048587
        let rows: [(AdversarialLoss, real: Float, fake: Float, generator: Float)] = [
            (.minimax, (1.313262 + 0.048587) / 2, (0.313262 + 3.048587) / 2, -(0.313262 + 3.048587) / 2),
            (.nonSaturating, 0.6809245, 1.6809245, 0.6809245),
            // 0.9 · −log D + 0.1 · −log(1 − D)
            (.nonSaturating(labelSmoothing: 0.1), 0.7809245, 1.6809245, 0.6809245),
            (.leastSquares, 2, 2.5, 2), (.leastSquares(labelSmoothing: 0.5), 2.125, 2.5, 2),
            (.hinge, 1, 2, -1), (.wasserstein, -1, 1, -1),
        ]
        for (loss, real, fake, generator) in rows {
            #expect(abs(loss.real(logits).loss - real) < 1e-5, "\(loss.name)")
            #expect(abs(loss.fake(logits).loss - fake) < 1e-5, "\(loss.name)")
            #expect(abs(loss.generator(logits).loss - generator) < 1e-5, "\(loss.name)")
        }
    }

    @Test("Gradients are those of finite differences, of one logit a sample or a map", arguments: all.indices)
    func gradients(_ number: Int) {
        let loss = Self.all[number]
        for shape in [[4, 1], [2, 3, 2, 1]] as [Shape] {
            let logits = Tensor.randomNormal(shape, seed: 3) * 2
            for part in [loss.real, loss.fake, loss.generator] {
                let gradient = part(logits).gradient.scalars
                for index in gradient.indices {
                    var (low, high) = (logits.scalars, logits.scalars)
                    low[index] -= 1e-2
                    high[index] += 1e-2
                    let estimate =
                        (part(Tensor(high, shape: shape)).loss - part(Tensor(low, shape: shape)).loss) / 2e-2
                    #expect(abs(gradient[index] - estimate) < 1e-3, "\(loss.name)")
                }
            }
        }
    }

    @Test("Logits so large that D is 0 or 1 give finite losses and gradients", arguments: all.indices)
    func saturated(_ number: Int) {
        let logits: Tensor = [[-200], [200]]
        for part in [Self.all[number].real, Self.all[number].fake, Self.all[number].generator] {
            let (loss, gradient) = part(logits)
            #expect(loss.isFinite && gradient.isFinite && loss.magnitude >= 0)
        }
    }
}
