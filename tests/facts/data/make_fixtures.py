"""Makes the pictures in this folder (Pillow, the font DejaVu Sans). Run here; the outputs are committed."""
from PIL import Image, ImageDraw, ImageFont


def font(size):
    return ImageFont.truetype("DejaVuSans.ttf", size)


# A table with four things on it under a sign.
scene = Image.new("RGB", (800, 600), (225, 225, 220))
draw = ImageDraw.Draw(scene)
draw.rectangle((0, 420, 800, 600), fill=(110, 85, 60))
draw.ellipse((100, 250, 260, 410), fill=(200, 30, 40))
draw.rectangle((340, 180, 560, 400), fill=(40, 85, 190))
draw.rectangle((410, 250, 490, 330), fill=(240, 218, 50))
draw.polygon([(640, 400), (700, 230), (760, 400)], fill=(45, 150, 60))
draw.text((220, 60), "EXIT THROUGH GATE 12", font=font(36), fill=(20, 20, 20))
scene.save("scene.png", optimize=True)

# One printed line, dark on light and light on dark.
for name, paper, ink in [("line.png", (255, 255, 255), (0, 0, 0)), ("line_inverted.png", (20, 30, 60), (250, 250, 250))]:
    line = Image.new("RGB", (640, 80), paper)
    ImageDraw.Draw(line).text((20, 24), "Total for 3 tickets: 48.50 EUR", font=font(28), fill=ink)
    line.save(name, optimize=True)
