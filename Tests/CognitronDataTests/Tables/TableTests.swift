import Cognitron
import Foundation
import Testing

@testable import CognitronData

@Suite("Tables")
struct TableTests {
    private let homes: Table

    init() throws {
        homes = try Table(
            "homes",
            [
                TableColumn("rooms", [3, 5, .nan, 4]), TableColumn("kind", ["flat", "house", nil, "flat"]),
                TableColumn("price", [100, 200, 300, 400]),
            ])
    }

    private func dataError(_ body: () throws -> some Any) -> CognitronError? {
        let error = #expect(throws: CognitronError.self) { _ = try body() }
        #expect(error?.kind == .data)
        return error
    }

    @Test("Columns differ in name and have the same length; unknown names are answered with the known")
    func columns() {
        #expect(dataError { try Table("t", [TableColumn("a", [1]), TableColumn("a", [2])]) } != nil)
        #expect(
            dataError { try Table("t", [TableColumn("a", [1]), TableColumn("b", [] as [Double])]) } != nil)
        #expect(dataError { try homes["Rooms"] }?.advice == "did you mean rooms?")
    }

    @Test("Statistics leave missing values out")
    func statistics() throws {
        let rooms = try homes["rooms"].statistics
        #expect(rooms.count == 3 && rooms.missing == 1 && rooms.distinct == 3)
        #expect(rooms.mean == 4 && rooms.minimum == 3 && rooms.maximum == 5)
        #expect(abs(rooms.variance - 2 / 3.0) < 1e-15)
        let kind = try homes["kind"].statistics
        #expect(kind.mode == "flat" && kind.distinct == 2 && kind.missing == 1 && kind.mean.isNaN)
    }

    @Test("Texts become one-hot, missing values mean and mode")
    func filled() throws {
        let encoding = try TableEncoding(of: homes, ["rooms", "kind"], filling: true)
        #expect(encoding.featureNames == ["rooms", "kind=flat", "kind=house"])
        #expect(
            try encoding.inputs(homes)
                == Tensor([3, 1, 0, 5, 0, 1, 4, 1, 0, 4, 1, 0] as [Float], shape: [4, 3]))
        let coded = try JSONDecoder().decode(TableEncoding.self, from: JSONEncoder().encode(encoding))
        #expect(coded == encoding)
    }

    @Test("Another table is encoded with the first one's categories and means")
    func otherTable() throws {
        let encoding = try TableEncoding(of: homes, ["rooms", "kind"], filling: true)
        let other = try Table("o", [TableColumn("kind", ["house"]), TableColumn("rooms", [.nan])])
        #expect(try encoding.inputs(other) == Tensor([4, 0, 1] as [Float], shape: [1, 3]))
        let castle = try Table("o", [TableColumn("kind", ["castle"]), TableColumn("rooms", [1])])
        #expect(dataError { try encoding.inputs(castle) }?.received == "\"castle\"")
        let numbers = try Table("o", [TableColumn("kind", [1]), TableColumn("rooms", [1])])
        #expect(dataError { try encoding.inputs(numbers) }?.expected == "texts")
    }

    @Test("A missing value is refused with its line, or its row is left out")
    func missing() throws {
        let table = try Table(csv: Array("a,b\n1,2\n,4\n5,6\n".utf8), path: "t.csv")
        #expect(
            dataError { try table.inputs() }?.description
                == "t.csv, line 3: the value of column a is missing; fill missing values, drop their rows, "
                + "or leave the column out")
        #expect(try table.droppingMissing().inputs() == Tensor([1, 2, 5, 6] as [Float], shape: [2, 2]))
        let empty = try Table("t", [TableColumn("a", [.nan, 1]), TableColumn("b", [1, .nan])])
        #expect(dataError { try empty.droppingMissing() } != nil)
    }

    @Test("Texts and few whole numbers are classes, other numbers are numbers")
    func tasks() throws {
        let repeated = (0..<40).map { Double($0 % 4) }
        let table = try Table(
            "t",
            [
                TableColumn("few", repeated), TableColumn("many", (0..<40).map { Double($0) }),
                TableColumn("broken", repeated.map { $0 + 0.5 }),
                TableColumn("text", repeated.map { "c\($0)" as String? }),
            ])
        #expect(
            try TableTargets(of: table, ["few"]).task == .classification(classNames: ["0", "1", "2", "3"]))
        #expect(try TableTargets(of: table).classNames?.first == "c0.0")
        for name in ["many", "broken"] {
            #expect(try TableTargets(of: table, [name]).task == .regression(targetNames: [name]))
        }
        #expect(try TableTargets(of: table, ["few"], task: .regression).task.name == "regression")
        #expect(try table.targets(["few", "many"]).shape == [40, 2])
        #expect(try table.targets(["text"]).scalars == repeated.map { Float($0) })
        #expect(dataError { try table.targets(["few", "text"]) } != nil)
        #expect(dataError { try table.targets(["text"], task: .regression) } != nil)
        #expect(dataError { try table.targets(["few", "many"], task: .classification) } != nil)
    }

    @Test("Names, dates and sentences are refused as one-hot inputs")
    func tooManyTexts() throws {
        let table = try Table("t", [TableColumn("id", (0...1_000).map { "n\($0)" as String? })])
        #expect(dataError { try table.inputs() }?.received == "1001, such as \"n0\"")
    }
}

@Suite("Tables as data sets")
struct TableSchemeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String) throws -> String { try folder.write(Array(text.utf8), "t.csv") }

    @Test("csv:FILE gives both parts, stratified by class")
    func classification() throws {
        let rows = (0..<50).map { "\($0);\($0 % 2 == 0 ? "x" : "y");\($0 % 5 == 0 ? "rare" : "often")" }
        let path = try write("a;b;class\n" + rows.joined(separator: "\n"))
        let dataset = try Dataset(named: "csv:\(path)")
        #expect(dataset.task == .classification(classNames: ["often", "rare"]) && dataset.shape == [3])
        let (train, test) = (try dataset.part(.train), try dataset.part(.test))
        #expect(train.count == 40 && test.count == 10)
        let labels = try #require(try test.source.batch(Array(0..<10), nil)?.targets[0].scalars)
        #expect(labels.reduce(0, +) == 2)
        let first = try #require(try train.source.batch([0], nil))
        #expect(first.inputs[0].shape == [1, 3] && first.targets[0].shape == [1])
    }

    @Test("Targets, columns left out, and gaps filled by the means of the training part")
    func regression() throws {
        let rows = (0..<20).map { "\($0),\($0 == 7 ? "" : "\($0 * 2)"),\($0)0.5,n\($0)" }
        let path = try write("a,b,price,name\n" + rows.joined(separator: "\n"))
        let options = DatasetOptions(
            targets: ["price"], testShare: 0.25, table: TableOptions(missing: .fill, leftOut: ["name"]))
        let dataset = try DatasetScheme.csv.open(path, options)
        #expect(dataset.task == .regression(targetNames: ["price"]) && dataset.shape == [2])
        let train = try dataset.part(.train)
        let batch = try #require(try train.source.batch(Array(0..<train.count), nil))
        #expect(batch.targets[0].shape == [15, 1])
        let known = (0..<15).filter { batch.inputs[0][$0][0].scalar != 7 }
            .map { batch.inputs[0][$0][1].scalar }
        let row = (0..<15).first { batch.inputs[0][$0][0].scalar == 7 }
        if let row {
            #expect(abs(batch.inputs[0][row][1].scalar - known.reduce(0, +) / Float(known.count)) < 1e-4)
        }
        #expect(throws: CognitronError.self) {
            let refusing = DatasetOptions(targets: ["price"], table: TableOptions(leftOut: ["name"]))
            let dataset = try DatasetScheme.csv.open(path, refusing)
            _ = (try dataset.part(.train), try dataset.part(.test))
        }
    }
}
