# Golden pixels of Pillow 9.4 (Debian's python3-pil), whose bilinear filter `resizePicture` is near:
# python3 tests/golden/preprocess/make.py > tests/golden/preprocess/pillow.json
import base64
import json
import math

from PIL import Image

def smooth(x, y, c):
    return round(127 + 90 * math.sin(0.31 * x + c) * math.cos(0.23 * y - c) + (x * 7 + y * 3) % 30)

def noisy(x, y, c):
    return (x * x * 7 + y * 13 * (c + 1) + x * y * 3 + c * 50) % 256

cases = []
for name, pixel in (('smooth', smooth), ('noisy', noisy)):
    for width, height in ((40, 30), (37, 53)):
        for side in (8, 16):
            picture = Image.new('RGB', (width, height))
            picture.putdata([
                tuple(pixel(x, y, c) for c in range(3)) for y in range(height) for x in range(width)
            ])
            resized = picture.resize((side, side), Image.Resampling.BILINEAR)
            cases.append({
                'name': name, 'width': width, 'height': height, 'side': side,
                'base64': base64.b64encode(resized.tobytes()).decode(),
            })
print(json.dumps(cases, indent=2))
