import Cognitron

/// Sequences whose numbers, padding excepted, are a little different in every epoch.
struct Jittered: Samples {
    let clean: Tensor
    var size: Float = 0.05

    var shape: Shape { clean.shape }

    func batch(_ indices: some Collection<Int>) -> Tensor { clean.batch(indices) }

    func trainingBatch(_ indices: some Collection<Int>, epoch: Int, _ key: RandomKey) -> Tensor {
        let key = key.folding(epoch)
        let noise = indices.map {
            Tensor.randomNormal(sampleShape, standardDeviation: size, key: key.folding($0))
        }
        let batch = clean.batch(indices)
        return batch + Tensor.stacked(noise) * (batch .!= 0)
    }
}
