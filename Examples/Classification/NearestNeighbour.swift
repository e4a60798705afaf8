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
        // ‖x − s‖² without ‖x‖², which is the same for all samples.
        let energy = (samples * samples).sum(axis: 1)
        let distances = energy - 2 * rows.matmul(samples, transposingOther: true)
        return distances.argmin(axis: 1).scalars.map { labels[Int($0)] }
    }
}
