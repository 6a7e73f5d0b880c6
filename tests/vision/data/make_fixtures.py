"""Makes the pictures in this folder (Pillow, numpy). Run here; the outputs are committed."""
import struct
import zlib

import numpy as np
from PIL import Image

rng = np.random.default_rng(5)


def png16(name, array):  # Pillow cannot write 16-bit RGB
    h, w, c = array.shape
    raw = b"".join(b"\0" + array[y].astype(">u2").tobytes() for y in range(h))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", w, h, 16, {1: 0, 3: 2, 4: 6}[c], 0, 0, 0)
    open(name, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


base = np.array([[[200, 10, 20], [30, 210, 40]], [[50, 60, 220], [240, 240, 10]], [[7, 8, 9], [90, 91, 92]]], np.uint8)
Image.fromarray(base).save("rgb.png")
Image.fromarray(base).save("rgb.bmp")
Image.fromarray(base).save("lossless.webp", lossless=True)
Image.fromarray(base[:, :, 0]).save("grey.png")
Image.fromarray(np.dstack([base, np.array([[0, 128], [255, 1], [2, 3]], np.uint8)])).save("rgba.png")
Image.fromarray(base).quantize(6).save("palette.png", transparency=0)
Image.fromarray(base[:1, :1]).save("one.png")
png16("rgb16.png", base.astype(np.uint16) * 257)
png16("grey16.png", base[:, :, :1].astype(np.uint16) * 257)

# Left half one CMYK ink mix, right half another; large patches survive JPEG.
cmyk = np.zeros((16, 32, 4), np.uint8)
cmyk[:, :16] = (0, 255, 255, 0)
cmyk[:, 16:] = (255, 0, 0, 0)
Image.fromarray(cmyk, "CMYK").save("cmyk.jpg", quality=95, subsampling=0)

# EXIF: the upright picture is 32 x 16 with quarters red, green (top), blue, white (bottom).
upright = np.zeros((16, 32, 3), np.uint8)
upright[:8, :16], upright[:8, 16:], upright[8:, :16], upright[8:, 16:] = (220, 20, 20), (20, 200, 20), (20, 20, 220), (240, 240, 240)
picture = Image.fromarray(upright)
undo = {1: None, 2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE,
        6: Image.ROTATE_90, 7: Image.TRANSVERSE, 8: Image.ROTATE_270}
for tag, operation in undo.items():
    stored = picture if operation is None else picture.transpose(operation)
    exif = Image.Exif()
    exif[0x0112] = tag
    stored.save(f"exif{tag}.jpg", quality=95, subsampling=0, exif=exif)

photo = rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)
Image.fromarray(photo).save("whole.jpg", quality=70)
jpeg = open("whole.jpg", "rb").read()
open("truncated.jpg", "wb").write(jpeg[: len(jpeg) * 2 // 3])
Image.fromarray(photo).save("noise.png")
png = open("noise.png", "rb").read()
open("truncated.png", "wb").write(png[: len(png) // 2])
bad = bytearray(png)
bad[len(bad) // 2] ^= 0xFF
open("damaged.png", "wb").write(bytes(bad))
Image.fromarray(photo).save("lossy.webp", quality=60)
webp = open("lossy.webp", "rb").read()
open("truncated.webp", "wb").write(webp[: len(webp) // 2])
Image.fromarray(photo).save("whole.bmp")
open("truncated.bmp", "wb").write(open("whole.bmp", "rb").read()[:900])
open("empty.png", "wb").write(b"")
open("text.png", "wb").write(b"<html>not found</html>")
open("lfs.png", "wb").write(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
Image.fromarray(base).save("foreign.gif")

# Headers that promise enormous pictures in a few hundred bytes.
one = open("one.png", "rb").read()
header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
open("bomb.png", "wb").write(one[:8] + struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + one[33:])
at = jpeg.index(b"\xff\xc0")
open("bomb.jpg", "wb").write(jpeg[: at + 5] + struct.pack(">HH", 65500, 65500) + jpeg[at + 9 :])
bmp = bytearray(open("rgb.bmp", "rb").read())
bmp[18:26] = struct.pack("<ii", 2**31 - 1, -(2**31))
open("bomb.bmp", "wb").write(bytes(bmp))

# Pillow's own resizing, byte for byte.
source = rng.integers(0, 256, (37, 53, 3), dtype=np.uint8)
Image.fromarray(source).save("resize_53x37.png")
for w, h in [(20, 11), (70, 80), (53, 90), (17, 37), (1, 1)]:
    Image.fromarray(source).resize((w, h), Image.BILINEAR).save(f"resize_{w}x{h}.png")
# A map of ids, and one that is no map.
ids = np.zeros((4, 6), np.uint8)
ids[1:3, 1:4] = 1
ids[3, 5] = 2
ids[0, 0] = 255
Image.fromarray(ids).save("map.png")

# What Pillow's convert("RGB") makes of other kinds of pictures stands beside them as *_expected.png.
gentle = np.clip(np.add.outer(np.linspace(20, 200, 24), np.linspace(0, 50, 40))[:, :, None] + np.array([0, 15, -10]), 0, 255).astype(np.uint8)


def with_expected(name):
    Image.open(name).convert("RGB").save(name.split(".")[0] + "_expected.png")


def without_segment(jpeg, marker):  # drops the first segment of this kind
    at = jpeg.index(marker)
    return jpeg[:at] + jpeg[at + 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0] :]


Image.fromarray(gentle).convert("L").save("grey.jpg", quality=90)
Image.fromarray(gentle).save("progressive.jpg", quality=90, subsampling=2, progressive=True)
open("cmyk_plain.jpg", "wb").write(without_segment(open("cmyk.jpg", "rb").read(), b"\xff\xee"))
Image.fromarray(gentle).convert("L").point(lambda v: 255 * (v > 120)).convert("1").save("one_bit.png")
Image.merge("LA", [Image.fromarray(gentle[:, :, 0]), Image.fromarray(gentle[:, :, 1])]).save("grey_alpha.png")
Image.fromarray(gentle).quantize(12).save("palette_4_bit.png", bits=4, transparency=bytes([0, 128, 255]))
for name in ["grey.jpg", "progressive.jpg", "cmyk_plain.jpg", "one_bit.png", "grey_alpha.png", "palette_4_bit.png"]:
    with_expected(name)
