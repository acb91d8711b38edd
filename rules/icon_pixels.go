package rules

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"github.com/precert/precert/connector"
)

// maxIconPixels is the largest picture that is decoded: a PNG of a few bytes can claim gigabytes.
const maxIconPixels = 2048 * 2048

// icon is what is known of icon.png.
type icon struct {
	name          string
	bytes         int
	width, height int
	// fault says why the file is no readable PNG, "" when it is one.
	fault string
	// measured says that the fields below are known.
	measured bool
	// clear counts the pixels that can be seen through; corners the corners that do.
	clear, corners int
	// background is the commonest colour of the outermost pixels, share of them how many have it, from 0 to 1.
	background color.NRGBA
	share      float64
	// logo is the smallest box around everything that is not background.
	logo image.Rectangle
}

// icon returns what is known of the connector's icon, nil when it has none.
func (p *Pass) icon() *icon {
	return Shared(p, "icon", func() *icon {
		file := p.Package.File(connector.RoleIcon)
		if file == nil {
			return nil
		}
		return readIcon(file.Name, file.Content)
	})
}

func readIcon(name string, content []byte) *icon {
	i := &icon{name: name, bytes: len(content)}
	config, err := png.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		i.fault = notPNG(content)
		return i
	}
	i.width, i.height = config.Width, config.Height
	if config.Width > maxIconPixels/config.Height {
		return i
	}
	decoded, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		i.fault = "The icon is a damaged PNG: it cannot be decoded."
		return i
	}
	i.measure(pixels(decoded))
	return i
}

// notPNG says what a file is instead.
func notPNG(content []byte) string {
	for kind, magic := range map[string]string{
		"JPEG": "\xff\xd8\xff", "GIF": "GIF8", "WebP": "RIFF", "BMP": "BM", "SVG": "<svg", "XML": "<?xml", "ICO": "\x00\x00\x01\x00",
	} {
		if bytes.HasPrefix(content, []byte(magic)) {
			return fmt.Sprintf("The icon is %s, not PNG.", kind)
		}
	}
	if len(content) == 0 {
		return "The icon is an empty file."
	}
	return "The icon is not a PNG."
}

// pixels converts a picture to one layout, so that measuring it is plain indexing.
func pixels(source image.Image) *image.NRGBA {
	if same, ok := source.(*image.NRGBA); ok {
		return same
	}
	out := image.NewNRGBA(image.Rect(0, 0, source.Bounds().Dx(), source.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), source, source.Bounds().Min, draw.Src)
	return out
}

// measure looks at every pixel once.
func (i *icon) measure(m *image.NRGBA) {
	i.measured = true
	i.border(m)
	width, height := i.width, i.height
	i.logo = image.Rectangle{Min: image.Pt(width, height)} // turned inside out, until a pixel is met
	for y := range height {
		row := m.Pix[y*m.Stride : y*m.Stride+4*width]
		for x := range width {
			c := color.NRGBA{R: row[4*x], G: row[4*x+1], B: row[4*x+2], A: row[4*x+3]}
			if c.A < opaque {
				i.clear++
			}
			if !alike(c, i.background) {
				i.logo.Min.X, i.logo.Min.Y = min(i.logo.Min.X, x), min(i.logo.Min.Y, y)
				i.logo.Max.X, i.logo.Max.Y = max(i.logo.Max.X, x+1), max(i.logo.Max.Y, y+1)
			}
		}
	}
	for _, corner := range []color.NRGBA{m.NRGBAAt(0, 0), m.NRGBAAt(width-1, 0), m.NRGBAAt(0, height-1), m.NRGBAAt(width-1, height-1)} {
		if corner.A < opaque {
			i.corners++
		}
	}
}

// opaque is the least alpha that counts as opaque: encoders round.
const opaque = 250

// border takes the commonest colour along the four sides for the background.
func (i *icon) border(m *image.NRGBA) {
	counts := map[color.NRGBA]int{}
	total := 0
	count := func(x, y int) {
		counts[m.NRGBAAt(x, y)]++
		total++
	}
	for x := range i.width {
		count(x, 0)
		count(x, i.height-1)
	}
	for y := range i.height {
		count(0, y)
		count(i.width-1, y)
	}
	most := 0
	for c, n := range counts {
		if n > most || n == most && before(c, i.background) {
			i.background, most = c, n
		}
	}
	near := 0
	for c, n := range counts {
		if alike(c, i.background) {
			near += n
		}
	}
	i.share = float64(near) / float64(max(1, total))
}

// before orders colours, so that a tie always ends alike.
func before(a, b color.NRGBA) bool {
	return uint32(a.R)<<24|uint32(a.G)<<16|uint32(a.B)<<8|uint32(a.A) < uint32(b.R)<<24|uint32(b.G)<<16|uint32(b.B)<<8|uint32(b.A)
}

// alike reports whether two colours look the same to the eye.
func alike(a, b color.NRGBA) bool {
	const tolerance = 12
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) <= tolerance }
	return a.A < opaque == (b.A < opaque) && (a.A < opaque || near(a.R, b.R) && near(a.G, b.G) && near(a.B, b.B))
}

// hex writes a colour as apiProperties.json does.
func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
