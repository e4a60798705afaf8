import Cognitron
import CognitronModels
import Testing

@Suite("The models are their papers' tables")
struct TableTests {
    @Test("LeNet on 28×28×1 has 61,706 parameters")
    func leNetCount() throws {
        let model = leNet()
        try model.build([28, 28, 1])
        #expect(model.parameterCount == 61_706)
        #expect(model.outputShape == [10])
    }

    @Test("A model for pictures too small for it is refused where it is made")
    func tooSmall() throws {
        for name in [ModelName.lenet, .vggLite] {
            let error = #expect(throws: CognitronError.self) { _ = try name.make(inputShape: [7, 7, 1]) }
            #expect(try #require(error).description.hasPrefix("\(name): the pictures are too small"))
        }
        #expect(try ModelName.lenet.make(inputShape: [12, 12, 1]).outputShape == [10])
        #expect(throws: CognitronError.self) { _ = try ModelName.resnet18.make(classCount: 0) }
    }

    @Test("A network of one's own is made by its name, with the shape it was designed for")
    func ownNetwork() throws {
        let tiny = ModelName("tiny", "one layer", inputShape: [4, 4, 1]) { shape, classCount in
            let model = Sequential {
                Input(shape: shape); Flatten(); Dense(classCount, activation: .softmax)
            }
            try model.build(shape)
            return model
        }
        ModelName.register(tiny)
        let model = try ModelName(named: "tiny").make(classCount: 3)
        #expect(model.inputShape == [4, 4, 1] && model.outputShape == [3])
        let error = #expect(throws: CognitronError.self) { try ModelName(named: "lenot") }
        #expect(error?.advice == "did you mean lenet?")
    }

    @Test("VGG-lite costs 155 million multiply-adds, ResNet18 555 million")
    func multiplyAdds() throws {
        let vgg = vggLite()
        try vgg.build([32, 32, 3])
        #expect(vgg.multiplyAdds == 154_866_688)
        #expect(vggLite().multiplyAdds == nil)
        let resnet = try resNet18()
        #expect(resnet.multiplyAdds(inputs: [[32, 32, 3]], outputs: []) == 555_422_720)
        #expect(resnet.outputShape == [10])
    }
}
