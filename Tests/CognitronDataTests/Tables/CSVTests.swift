import Cognitron
import Testing

@testable import CognitronData

@Suite("CSV files")
struct CSVTests {
    private func table(_ text: String, _ options: TableOptions = TableOptions()) throws -> Table {
        try Table(csv: Array(text.utf8), path: "t.csv", options)
    }

    private func error(_ text: String, _ options: TableOptions = TableOptions()) -> String? {
        fileError { try table(text, options) }?.description
    }

    @Test("Names, numbers and texts; missing values of both")
    func plain() throws {
        let homes = try table("rooms,kind,price\n3,flat,100.5\n,house,1e3\n5,NA,-2\n")
        #expect(homes.columnNames == ["rooms", "kind", "price"] && homes.rowCount == 3)
        #expect(try homes["rooms"].numbers?.map(\.description) == ["3.0", "nan", "5.0"])
        #expect(try homes["kind"].texts == ["flat", "house", nil])
        #expect(try homes["price"].numbers == [100.5, 1000, -2])
    }

    @Test(
        "As spreadsheets write it: byte order mark, semicolons, decimal commas, any line breaks",
        arguments: ["\r\n", "\n", "\r"])
    func spreadsheet(_ lineBreak: String) throws {
        let lines = ["\u{FEFF}Größe;Preis", "1,5;1.234,50", "2;-7,25", "", "0,5;12.345.678"]
        let sizes = try table(lines.joined(separator: lineBreak) + lineBreak)
        #expect(sizes.columnNames == ["Größe", "Preis"])
        #expect(try sizes["Größe"].numbers == [1.5, 2, 0.5])
        #expect(try sizes["Preis"].numbers == [1234.5, -7.25, 12_345_678])
    }

    @Test("A decimal comma is one where the column cannot be read with points")
    func commasByColumn() throws {
        let mixed = try table("a;b\n1.500;1,5\n2.25;2\n")
        #expect(try mixed["a"].numbers == [1.5, 2.25] && mixed["b"].numbers == [1.5, 2])
    }

    @Test("Where one column needs decimal commas, a point separates thousands in the others")
    func thousands() throws {
        let homes = try table("m²;year;price\n78,7;2019;251.840\n56;1958;47.420\n")
        #expect(try homes["price"].numbers == [251_840, 47_420])
        #expect(try homes["m²"].numbers == [78.7, 56] && homes["year"].numbers == [2019, 1958])
        #expect(try table("a;price\n1;251.840\n")["price"].numbers == [251.84])
    }

    @Test("Quoted fields hold separators, line breaks and quotes")
    func quotes() throws {
        let quoted = try table("name,x\n\"a, \"\"b\"\"\nc\" ,1\n 5\" pipe , 2 \n\"\",3\n")
        #expect(try quoted["name"].texts == ["a, \"b\"\nc", "5\" pipe", nil])
        #expect(try quoted["x"].numbers == [1, 2, 3])
    }

    @Test(
        "The separator is found", arguments: ["a\tb\n1,5\t2", "a;b\n1;2", "a|b\n1|2", "a,b\n1,2"])
    func separators(_ text: String) throws {
        #expect(try table(text).columnNames == ["a", "b"])
    }

    @Test("Excel's first line names the separator")
    func announced() throws {
        #expect(try table("sep=;\r\na,b;c\r\n1;2\r\n").columnNames == ["a,b", "c"])
    }

    @Test("The first line is a row if one of its fields is a number, unless told otherwise")
    func headers() throws {
        #expect(try table("1,a\n2,b\n").columnNames == ["column1", "column2"])
        #expect(try table("1,a\n2,b\n", TableOptions(header: .present)).columnNames == ["1", "a"])
        #expect(try table("a,b\n", TableOptions(header: .absent)).rowCount == 1)
        #expect(try table(",x,x,x.1\n0,1,2,3\n").columnNames == ["column1", "x", "x.1", "x.1.1"])
    }

    @Test("Errors name the line, what was expected and what came")
    func errors() {
        #expect(
            error("a,b\n1,2\n\n3\n")
                == "t.csv, line 4: the number of fields differs from the first line's; expected 2, got 1; "
                + "put texts that contain a comma in quotes, or leave out such lines (--skip-damaged)")
        #expect(
            error("a,b\n1,\"x\ny\n")?.hasPrefix("t.csv, line 2: opens a quote that nothing closes") == true)
        #expect(
            error("a,b\n1,\"x\"y\n")?.hasPrefix("t.csv, line 2: field 2 goes on after its closing") == true)
        #expect(error("")?.hasPrefix("t.csv: the table is empty") == true)
        #expect(
            fileError { try Table(csv: [97, 10, 0xE4, 10], path: "t.csv") }?.problem
                == "field 1 is not UTF-8 text")
        #expect(fileError { try Table(csv: [0xFF, 0xFE, 97, 0], path: "t.csv") }?.expected == "UTF-8")
    }

    @Test("One field that is no number in a column of numbers is named, not made a category")
    func typo() {
        let rows = (1...40).map { $0 == 17 ? "12a" : "\($0)" }
        #expect(
            error("x\n" + rows.joined(separator: "\n"))
                == "t.csv, line 18: the field of column x is no number; expected a number, as in 39 of 40 "
                + "rows, got \"12a\"; correct it, or name it as a mark of missing values")
    }

    @Test("Lines with another number of fields are skipped and listed, where wished")
    func skipped() throws {
        let rest = try Table(csv: Array("a,b\n1,2\n3\n4,5\n".utf8), path: "t.csv", skipsDamaged: true)
        #expect(try rest["a"].numbers == [1, 4])
        #expect(rest.skippedLines == [3])
    }

    @Test(
        "Numbers are the nearest Double, as Swift reads them",
        arguments: [
            "0", "-0", "+1", "1.", ".5", "123456789012345678901234567890", "0.1", "1e-7", "3.4028234e38",
            "9007199254740993", "0.000000000000000000000000000001", "179769313486231570000000000000000000e3",
            "2.5e+3", "1234567890123456.7",
        ])
    func numbers(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(CSVNumber.value(bytes, bytes.indices, .point) == Double(text))
    }

    @Test(
        "What is no number, or too large for Float, is none",
        arguments: [
            "", "-", ".", "1e", "e5", "1e99", "1e9999999", "0x10", "inf", "1 2", "1,5", "1.2.3", "--1",
        ])
    func noNumbers(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(CSVNumber.value(bytes, bytes.indices, .point) == nil)
    }

    @Test("Damaged files are refused or read, and never crash")
    func fuzz() {
        let files = [
            "rooms,kind,price\n3,flat,100.5\n,\"ho\"\"u\nse\",1e3\n5,NA,-2\n",
            "\u{FEFF}a;b;c\r\n1,5;x;1.234,5\r\n2;y;7\r\n;z;?\r\n", "sep=|\n1|2|3\n4|5|6\n",
        ].map { Array($0.utf8) }
        expectSurvival(of: files) { bytes in
            let table = try Table(csv: bytes, path: "t.csv")
            #expect(table.columns.allSatisfy { $0.count == table.rowCount })
            let part = try Dataset("t", "t", table).part(.train)
            let batch = try part.source.batch(Array(0..<part.count), nil)
            #expect(batch?.inputs[0].shape == [part.count, part.inputShape[0]])
        }
    }
}
