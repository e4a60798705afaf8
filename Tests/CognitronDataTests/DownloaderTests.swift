import Cognitron
import Foundation
import Testing

@testable import CognitronData

@Suite("Downloads")
struct DownloaderTests {
    private static let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    private let folder: TemporaryFolder
    private let downloader = Downloader(retryDelays: [0.01, 0.01], timeout: 5)

    init() throws { folder = try TemporaryFolder() }

    private func file(_ server: HTTPServer, sha256: String? = nil) throws -> RemoteFile {
        let reference = try TemporaryFolder()
        let digest = try SHA256.digest(ofFileAt: reference.write(Self.bytes, "reference"))
        return RemoteFile(server.address("data.bin"), byteCount: Self.bytes.count, sha256: sha256 ?? digest)
    }

    private func downloadError(_ server: HTTPServer, sha256: String? = nil) throws -> CognitronError? {
        let file = try file(server, sha256: sha256)
        let error = #expect(throws: CognitronError.self) { try downloader.fetch(file, into: folder.path) }
        #expect(error?.kind == .download)
        #expect(!folder.names.contains("data.bin"))
        return error
    }

    private func expectWhole() throws {
        #expect(folder.names == ["data.bin"])
        #expect(try read(folder.path + "/data.bin") == Self.bytes)
    }

    @Test("A file arrives whole, with progress up to its size")
    func whole() throws {
        let server = try HTTPServer { .part(of: Self.bytes, $1) }
        var steps: [DownloadProgress] = []
        let path = try downloader.fetch(file(server), into: folder.path) { steps.append($0) }
        #expect(path == folder.path + "/data.bin")
        try expectWhole()
        #expect(steps.last == DownloadProgress(file: "data.bin", received: 200_000, total: 200_000))
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.received < $1.received })
        #expect(server.requests.map(\.rangeStart) == [nil])
    }

    @Test("A file that is there is not downloaded again")
    func present() throws {
        let server = try HTTPServer { .part(of: Self.bytes, $1) }
        try folder.write([1, 2, 3], "data.bin")
        try downloader.fetch(file(server), into: folder.path)
        #expect(server.requests.isEmpty)
        #expect(try read(folder.path + "/data.bin") == [1, 2, 3])
    }

    @Test("What an earlier run left is gone on with")
    func resume() throws {
        let server = try HTTPServer { .part(of: Self.bytes, $1) }
        try folder.write(Array(Self.bytes[..<123_456]), "data.bin.part")
        try downloader.fetch(file(server), into: folder.path)
        try expectWhole()
        #expect(server.requests.map(\.rangeStart) == [123_456])
    }

    @Test("A finished .part needs no request")
    func finishedPart() throws {
        let server = try HTTPServer { .part(of: Self.bytes, $1) }
        try folder.write(Self.bytes, "data.bin.part")
        try downloader.fetch(file(server), into: folder.path)
        try expectWhole()
        #expect(server.requests.isEmpty)
    }

    @Test("A .part longer than the file is thrown away")
    func longPart() throws {
        let server = try HTTPServer { .part(of: Self.bytes, $1) }
        try folder.write(Self.bytes + [0], "data.bin.part")
        try downloader.fetch(file(server), into: folder.path)
        try expectWhole()
        #expect(server.requests.map(\.rangeStart) == [nil])
    }

    @Test("A download that is cut off goes on where it stopped")
    func cutOff() throws {
        let server = try HTTPServer { number, request in
            let response = HTTPServer.Response.part(of: Self.bytes, request)
            return number < 2 ? response.cut(after: 50_000) : response
        }
        try downloader.fetch(file(server), into: folder.path)
        try expectWhole()
        #expect(server.requests.map(\.rangeStart) == [nil, 50_000, 100_000])
    }

    @Test("After the last attempt the .part stays for the next run")
    func cutOffForGood() throws {
        let server = try HTTPServer { .part(of: Self.bytes, $1).cut(after: 10_000) }
        let error = try downloadError(server)
        #expect(error?.received == "30000" && error?.expected == "200000 bytes")
        #expect(server.requests.count == 3)
        #expect(try read(folder.path + "/data.bin.part") == Array(Self.bytes[..<30_000]))
    }

    @Test("A server without ranges sends all again, and the file is right")
    func noRanges() throws {
        let server = try HTTPServer { number, _ in
            let response = HTTPServer.Response(body: Self.bytes)
            return number == 0 ? response.cut(after: 70_000) : response
        }
        try downloader.fetch(file(server), into: folder.path)
        try expectWhole()
        #expect(server.requests.map(\.rangeStart) == [nil, 70_000])
    }

    @Test("Another range than the one asked for is not appended")
    func wrongRange() throws {
        let server = try HTTPServer { number, request in
            var response = HTTPServer.Response.part(of: Self.bytes, request)
            if number == 0 { response.headers["Content-Range"] = "bytes 7-199999/200000" }
            return response
        }
        try folder.write(Array(Self.bytes[..<1_000]), "data.bin.part")
        try downloader.fetch(file(server), into: folder.path)
        try expectWhole()
        #expect(server.requests.map(\.rangeStart) == [1_000, nil])
    }

    @Test("A refused range starts anew")
    func refusedRange() throws {
        let server = try HTTPServer { number, request in
            number == 0 ? HTTPServer.Response(status: 416) : .part(of: Self.bytes, request)
        }
        try folder.write(Array(Self.bytes[..<1_000]), "data.bin.part")
        try downloader.fetch(file(server), into: folder.path)
        try expectWhole()
        #expect(server.requests.map(\.rangeStart) == [1_000, nil])
    }

    @Test("A busy server is asked again")
    func busy() throws {
        let server = try HTTPServer { number, request in
            number < 2 ? HTTPServer.Response(status: 503, body: [1, 2, 3]) : .part(of: Self.bytes, request)
        }
        try downloader.fetch(file(server), into: folder.path)
        try expectWhole()
    }

    @Test("A file with another hash is removed, and the next run starts clean")
    func wrongHash() throws {
        let server = try HTTPServer { number, request in
            .part(of: number == 0 ? [UInt8](repeating: 7, count: Self.bytes.count) : Self.bytes, request)
        }
        let error = try downloadError(server)
        #expect(error?.problem == "the file that came is not the one that was published")
        #expect(folder.names.isEmpty)
        try downloader.fetch(file(server), into: folder.path)
        try expectWhole()
        #expect(server.requests.map(\.rangeStart) == [nil, nil])
    }

    @Test("More bytes than the file has are refused")
    func tooMuch() throws {
        let server = try HTTPServer { _, _ in HTTPServer.Response(body: Self.bytes + Self.bytes) }
        #expect(try downloadError(server)?.problem == "the server sends more than the file")
        #expect(server.requests.count == 1)
    }

    @Test("A file that the server does not have is an error at once", arguments: [404, 403, 410])
    func missing(_ status: Int) throws {
        let server = try HTTPServer { _, _ in HTTPServer.Response(status: status, body: [1, 2, 3]) }
        #expect(try downloadError(server)?.received == "\(status)")
        #expect(server.requests.count == 1)
        #expect(folder.names.isEmpty)
    }

    @Test("A refused connection is an error at once that says what to put where, and leaves nothing behind")
    func refused() throws {
        let server = try HTTPServer { _, _ in HTTPServer.Response() }
        server.stop()
        let target = folder.path + "/new/folder"
        let error = try #require(throws: CognitronError.self) {
            try downloader.fetch(file(server), into: target)
        }
        #expect(error.problem.hasPrefix("the server cannot be reached"))
        #expect(error.advice?.hasSuffix("get data.bin by other means and put it into \(target)") == true)
        #expect(folder.names.isEmpty)
    }

    @Test("What an earlier run received stays when the server cannot be reached")
    func refusedLater() throws {
        let server = try HTTPServer { _, _ in HTTPServer.Response() }
        server.stop()
        try folder.write([1, 2, 3], "data.bin.part")
        _ = try downloadError(server)
        #expect(folder.names == ["data.bin.part"])
    }

    @Test("A folder that cannot be made is named")
    func noFolder() throws {
        let server = try HTTPServer { .part(of: Self.bytes, $1) }
        let blocked = try folder.write([1], "file") + "/sub"
        let error = #expect(throws: CognitronError.self) { try downloader.fetch(file(server), into: blocked) }
        #expect(error?.kind == .download && error?.place == blocked)
    }

    @Test(
        "What is no web address is refused",
        arguments: ["", "ftp://127.0.0.1/a", "file:///etc/passwd", "data.bin"])
    func wrongAddress(_ address: String) throws {
        let file = RemoteFile(address, byteCount: 1, sha256: "")
        #expect(throws: CognitronError.self) { try downloader.fetch(file, into: folder.path) }
    }

    @Test("Whether a server has a file is found out without downloading it")
    func reach() throws {
        let server = try HTTPServer { _, request in
            request.path == "/data.bin"
                ? HTTPServer.Response(body: Self.bytes) : HTTPServer.Response(status: 404)
        }
        #expect(try downloader.canReach(file(server)))
        #expect(!downloader.canReach(RemoteFile(server.address("other"), byteCount: 1, sha256: "")))
        #expect(server.requests.map(\.method) == ["HEAD", "HEAD"])
        server.stop()
        #expect(try !downloader.canReach(file(server)))
    }

    @Test("SHA-256 agrees with the standard's examples")
    func sha256() throws {
        let empty = try SHA256.digest(ofFileAt: folder.write([], "empty"))
        #expect(empty == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let abc = try SHA256.digest(ofFileAt: folder.write(Array("abc".utf8), "abc"))
        #expect(abc == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    /// A data set of one file of images and one of labels, and the server that has them.
    private func sampleDataset() throws -> (files: DatasetFiles, server: HTTPServer) {
        let images = try read(folder.writeGzip(SampleFiles.idxImages, "made/images.gz"))
        let labels = try read(folder.writeGzip(SampleFiles.idxLabels, "made/labels.gz"))
        let server = try HTTPServer { _, request in
            HTTPServer.Response(body: request.path.contains("images") ? images : labels)
        }
        let members = try [
            ("t10k-images-idx3-ubyte", "images", images), ("t10k-labels-idx1-ubyte", "labels", labels),
        ]
        .map { name, made, bytes in
            let digest = try SHA256.digest(ofFileAt: folder.path + "/made/\(made).gz")
            return DatasetFiles.Member.idx(name, server.address(""), bytes.count, digest)
        }
        return (DatasetFiles(name: "sample", folders: [], train: [], test: members), server)
    }

    private var places: DatasetFolders {
        DatasetFolders(environment: ["XDG_CACHE_HOME": folder.path + "/cache"])
    }

    @Test("A data set that is nowhere is downloaded and read")
    func dataset() throws {
        let (files, server) = try sampleDataset()
        for _ in 0..<2 {
            let read = try files.read(.test, in: places, downloader: downloader, progress: nil)
            #expect(read.map(\.bytes) == [SampleFiles.idxImages, SampleFiles.idxLabels])
        }
        #expect(server.requests.count == 2)
    }

    @Test("A download that stopped between two files goes on with the next", arguments: [0, 1])
    func stoppedBetweenFiles(_ present: Int) throws {
        let (files, server) = try sampleDataset()
        let remotes = files.downloads(.test)
        try downloader.fetch(remotes[present], into: files.downloadFolder(places))
        #expect(files.missingDownloads(.test, in: places) == [remotes[1 - present]])
        let read = try files.read(.test, in: places, downloader: downloader, progress: nil)
        #expect(read.map(\.bytes) == [SampleFiles.idxImages, SampleFiles.idxLabels])
        #expect(server.requests.count == 2)
    }

    @Test(
        "Files of the user's own are not mixed with downloaded ones",
        arguments: ["t10k-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte"])
    func ownFiles(_ name: String) throws {
        let (files, server) = try sampleDataset()
        try folder.write([1, 2, 3], "cache/cognitron/datasets/sample/\(name)")
        let error = #expect(throws: CognitronError.self) {
            try files.read(.test, in: places, downloader: downloader, progress: nil)
        }
        #expect(error?.problem == "t10k-labels-idx1-ubyte is missing")
        #expect(server.requests.isEmpty)
    }
}
