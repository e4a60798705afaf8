import Cognitron
import CognitronModels
import CognitronKernels
let clock = ContinuousClock()
for (name, model, shape) in [("lenet", leNet() as Model, [28,28,1] as Shape), ("vgg", vggLite(), [32,32,3]), ("resnet", try resNet18(), [32,32,3])] {
  try model.compile(optimizer: SGD(learningRate: 0.05, momentum: 0.9), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
  if name != "resnet" { model.summary() }
  let n = 128
  let x = Tensor.randomUniform(shape.batched(n), seed: 1), y = Tensor((0..<n).map { Float($0 % 10) })
  for i in 0..<(name == "lenet" ? 30 : 4) {
    let t = clock.now
    let s = try model.trainOnBatch(x, y)
    let d = clock.now - t
    let sec = Double(d.components.attoseconds)*1e-18 + Double(d.components.seconds)
    if i % 10 < 4 { print(name, i, s, sec, Double(n)/sec, BufferPool.shared.systemAllocations, BufferPool.shared.usage) }
  }
  let t = clock.now
  _ = try model.predict(x)
  let d = clock.now - t
  print("predict", Double(n) / (Double(d.components.attoseconds)*1e-18 + Double(d.components.seconds)))
}
