import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronImages

@Suite("Picture files")
struct PictureFileTests {
    @Test(
        "Files hold the pixels that Pillow reads",
        arguments: [
            "rgb.png", "grey.png", "grey1.png", "rgba.png", "grey-alpha.png", "palette.png",
            "palette-transparent.png", "grey16.png", "rgb.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg",
            "lossy.webp", "lossless.webp", "rgb.bmp", "palette.bmp", "bits.bmp", "interlaced.png",
            "gamma.png", "rgb16.png", "rgba16.png", "grey-alpha16.png", "grey-transparent.png",
            "palette1.png", "palette2.png", "palette4.png", "stored-rgb.jpg", "restarts.jpg", "grey.bmp",
            "rgba.bmp", "masks.bmp", "grey.webp", "lossy-alpha.webp", "palette.webp",
        ])
    func pillow(_ name: String) throws {
        let picture = try PictureFile.read(Fixtures.path(name))
        let expected = try Fixtures.pixels(name)
        #expect(picture.shape == expected.shape)
        let largest = zip(picture.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max()
        // Pillow multiplies inks with another rounding.
        #expect(try #require(largest) <= (name == "cmyk.jpg" ? 1 : 0))
    }

    @Test("JPEGs are turned as their EXIF orientation says", arguments: 1...8)
    func orientation(_ number: Int) throws {
        let name = "orientation\(number).jpg"
        let picture = try PictureFile.read(Fixtures.path(name))
        #expect(picture == (try Fixtures.pixels(name)))
        #expect(try PictureFile.header(Fixtures.path(name)).height == picture.height)
    }

    @Test("EXIF of either byte order is read; what is damaged leaves the picture upright")
    func exif() throws {
        let jpeg = try Fixtures.bytes("orientation6.jpg")
        #expect(PictureOrientation(exif: jpeg) == .turnedLeft)
        func file(_ tiff: [UInt8]) -> [UInt8] {
            [0xFF, 0xD8, 0xFF, 0xE1, 0, UInt8(tiff.count + 8), 0x45, 0x78, 0x69, 0x66, 0, 0] + tiff
        }
        let little: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0]
        let big: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0]
        #expect(PictureOrientation(exif: file(little)) == .turnedRight)
        #expect(PictureOrientation(exif: file(big)) == .turnedRight)
        for end in 0..<little.count - 2 {
            #expect(PictureOrientation(exif: file(Array(little[..<end]))) == .upright)
        }
        var unknown = big
        unknown[19] = 9
        #expect(PictureOrientation(exif: file(unknown)) == .upright)
    }

    @Test("A JPEG is read at the fraction of its size that is large enough")
    func leastSize() throws {
        let path = Fixtures.path("rgb.jpg")
        #expect(try PictureFile.read(path, leastSize: [21, 20]).shape == [40, 56, 3])
        #expect(try PictureFile.read(path, leastSize: [20, 28]) == Fixtures.pixels("rgb.jpg/half"))
        #expect(try PictureFile.read(path, leastSize: [5, 7]).shape == [5, 7, 3])
        #expect(try PictureFile.read(path, leastSize: [1, 1]).shape == [5, 7, 3])
        #expect(try PictureFile.read(Fixtures.path("rgb.png"), leastSize: [1, 1]).shape == [20, 24, 3])
    }

    @Test("Channels are as wanted: opacity is laid over white, grey is repeated, colours are weighted")
    func channels() throws {
        let rgba = Picture(
            height: 1, width: 3, channels: 4, pixels: [9, 8, 7, 0, 9, 8, 7, 255, 100, 0, 200, 51])
        #expect(rgba.converted(to: .rgb).pixels == [255, 255, 255, 9, 8, 7, 224, 204, 244])
        let bytes = try PictureFile.encode(rgba, as: .png)
        #expect(try PictureFile.read(bytes) == rgba)
        #expect(try PictureFile.read(bytes, channels: .rgb) == rgba.converted(to: .rgb))
        let grey = Picture(height: 1, width: 2, channels: 1, pixels: [0, 77])
        #expect(grey.converted(to: .rgb).pixels == [0, 0, 0, 77, 77, 77])
        #expect(grey.converted(to: .rgba).pixels == [0, 0, 0, 255, 77, 77, 77, 255])
        #expect(grey.converted(to: .rgb).converted(to: .grey) == grey)
        #expect(
            try PictureFile.read(Fixtures.path("rgb.png"), channels: .grey) == Fixtures.pixels("rgb.png/grey")
        )
        #expect(
            try PictureFile.read(Fixtures.path("grey.jpg"), channels: .rgb)
                == Fixtures.pixels("grey.jpg").converted(to: .rgb))
        // JPEG stores brightness itself: the same but for rounding.
        let jpeg = try PictureFile.read(Fixtures.path("rgb.jpg"), channels: .grey)
        let weighted = try Fixtures.pixels("rgb.jpg").converted(to: .grey)
        #expect(jpeg.shape == [40, 56, 1])
        let far = zip(jpeg.pixels, weighted.pixels).filter { abs(Int($0) - Int($1)) > 3 }.count
        #expect(far < jpeg.pixels.count / 50)
    }

    @Test("What is written is read again", arguments: [1, 3, 4])
    func writing(_ channels: Int) throws {
        let pixels = (0..<5 * 7 * channels).map { UInt8(truncatingIfNeeded: $0 * 37) }
        let picture = Picture(height: 5, width: 7, channels: channels, pixels: pixels)
        let folder = try TemporaryFolder()
        try PictureFile.write(picture, to: folder.file("a.PNG"))
        #expect(try PictureFile.read(folder.file("a.PNG")) == picture)
        try PictureFile.write(picture, to: folder.file("a.webp"), quality: 100)
        #expect(
            try PictureFile.read(folder.file("a.webp")) == picture.converted(to: channels == 4 ? .rgba : .rgb)
        )
        let even = Picture(
            height: 16, width: 16, channels: channels, pixels: .init(repeating: 200, count: 256 * channels))
        try PictureFile.write(even, to: folder.file("a.jpg"))
        let read = try PictureFile.read(folder.file("a.jpg"), channels: .grey)
        let shown = even.converted(to: .grey)
        #expect(zip(read.pixels, shown.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
        #expect(folder.names == ["a.PNG", "a.jpg", "a.webp"])
    }

    @Test("Masks keep their numbers: palettes, grey, colours of equal parts")
    func masks() throws {
        #expect(
            try PictureFile.readMask(Fixtures.path("palette.png")) == Fixtures.pixels("palette.png/indices"))
        #expect(
            try PictureFile.readMask(Fixtures.path("palette-transparent.png"))
                == Fixtures.pixels("palette.png/indices"))
        #expect(try PictureFile.readMask(Fixtures.path("grey.png")) == Fixtures.pixels("grey.png"))
        #expect(try Set(PictureFile.readMask(Fixtures.path("grey1.png")).pixels) == [0, 1])
        let mask = Picture(height: 2, width: 2, channels: 1, pixels: [0, 1, 20, 255])
        let bytes = try PictureFile.encodeMask(mask)
        #expect(try PictureFile.readMask(bytes) == mask)
        #expect(try PictureFile.read(bytes).pixels == [0, 0, 0, 128, 0, 0, 0, 64, 128, 224, 224, 192])
        #expect(try PictureFile.readMask(PictureFile.encode(mask.converted(to: .rgb), as: .png)) == mask)
        #expect(
            error { try PictureFile.readMask(Fixtures.path("rgb.png")) }?.expected
                == "PNG with a palette or in grey")
        #expect(error { try PictureFile.readMask(Fixtures.path("rgb.jpg")) }?.problem == "is no mask")
        #expect(
            error { try PictureFile.readMask(Fixtures.path("grey16.png")) }?.problem == "has 16 bits a pixel")
        #expect(
            error { try PictureFile.encodeMask(mask, palette: [.zero, .one]) }?.expected
                == "256 to 256 colours")
    }

    @Test("Errors name the file and say what to do")
    func errors() throws {
        let folder = try TemporaryFolder()
        let missing = try #require(error { try PictureFile.read(folder.path + "/no.png") })
        #expect(missing.description == "\(folder.path)/no.png: there is no such file; check the path")
        #expect(error { try PictureFile.read(folder.path) }?.problem == "is a folder")
        let empty = try folder.write([], "empty.png")
        #expect(error { try PictureFile.read(empty) }?.received == "an empty file")
        let gif = try #require(error { try PictureFile.read(Fixtures.path("frames.gif")) })
        #expect(gif.problem == "GIF is not read" && gif.advice == "convert it to PNG or JPEG")
        #expect(gif.received == "the first bytes 47 49 46 38 37 61 04 00")
        let heic = try folder.write([0, 0, 0, 24] + Array("ftypheic0000".utf8), "IMG_0001.HEIC")
        #expect(
            error { try PictureFile.read(heic) }?.problem == "HEIC (HEIF), as phones write it, is not read")
        #expect(error { try PictureFile.read(Fixtures.path("animation.webp")) }?.problem == "is an animation")
        #expect(error { try PictureFile.write(Fixtures.pixels("rgb.png"), to: "picture.gif") } != nil)
        #expect(error { try PictureFile.encode(Fixtures.pixels("rgb.png"), as: .png, quality: 0) } != nil)
    }

    @Test("Forms of BMP that are not read are named: 16 bits, run lengths, masks in another order, OS/2")
    func otherBitmaps() throws {
        let (rgb, masks) = (try Fixtures.bytes("rgb.bmp"), try Fixtures.bytes("masks.bmp"))
        func changed(_ bytes: [UInt8], _ place: Int, _ value: UInt8) -> [UInt8] {
            var bytes = bytes
            bytes[place] = value
            return bytes
        }
        for (bytes, got) in [
            (changed(rgb, 28, 16), "16 bits, compression 0"), (changed(rgb, 30, 1), "24 bits, compression 1"),
            (changed(masks, 54, 0xFF), "32 bits, other masks"),
        ] {
            let problem = try #require(error { try PictureFile.read(bytes) })
            #expect(problem.received == got && problem.advice == "convert it to PNG")
        }
        #expect(
            error { try PictureFile.read(changed(rgb, 14, 12)) }?.problem.contains("of an old version")
                == true)
    }

    @Test(
        "Files that end early are refused",
        arguments: ["rgb.png", "rgb.jpg", "progressive.jpg", "lossy.webp", "rgb.bmp"])
    func truncated(_ name: String) throws {
        let bytes = try Fixtures.bytes(name)
        for end in [20, bytes.count / 2, bytes.count * 9 / 10] {
            let problem = try #require(error { try PictureFile.read(Array(bytes[..<end]), name: name) })
            #expect(problem.place == name && problem.kind == .file)
        }
    }

    @Test("Pictures that declare too many pixels are refused before memory is asked for")
    func limits() throws {
        var bomb = try Fixtures.bytes("rgb.bmp")
        bomb.replaceSubrange(18..<26, with: [0, 0, 1, 0, 0, 0, 1, 0])
        let refused = try #require(error { try PictureFile.read(bomb) })
        #expect(refused.problem == "declares 65536 × 65536 pixels")
        #expect(refused.expected == "at most \(PictureFile.freePixels) for a file of \(bomb.count) bytes")
        #expect(
            error { try PictureFile.read(Fixtures.path("rgb.png"), pixelLimit: 479) }?.advice
                == "make it smaller, or raise the limit")
        #expect(try PictureFile.read(Fixtures.path("rgb.png"), pixelLimit: 480).shape == [20, 24, 3])
    }
}
