import Cognitron
import CognitronData

/// The class of the training sample with the smallest Euclidean distance: the floor under every classifier.
struct NearestNeighbour {
    /// (N, features)
    let samples: Tensor
    let labels: [Int]

    init(_ samples: Tensor, labels: [Int]) {
        (self.samples, self.labels) = (
            samples.reshaped([labels.count, samples.count / labels.count]), labels
        )
    }

    /// - Parameter x: (N, …)
    func classes(of x: Tensor) -> [Int] {
        let rows = x.reshaped([x.shape[0], x.count / x.shape[0]])
        return rows.relativeDistances(to: samples).argmin(axis: 1).scalars.map { labels[Int($0)] }
    }
}

extension Tensor {
    /// ‖x − s‖² of rows x (N, D) and s (M, D) less ‖x‖², which does not change what is nearest: (N, M).
    func relativeDistances(to samples: Tensor) -> Tensor {
        samples.squared.sum(axis: 1) - 2 * matmul(samples, transposingOther: true)
    }
}
